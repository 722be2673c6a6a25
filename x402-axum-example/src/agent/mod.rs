//! An agent that buys for itself, behind a guard: key, policy, controls, client.

mod budget;
mod counting;
mod policy;
mod records;

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use url::Url;
use x402_tower::audit::AuditLog;
use x402_tower::evm::LocalEvmSigner;
use x402_tower::policy::{PolicyConfig, Rules};
use x402_tower::replay::FingerprintKey;
use x402_tower::store::MemoryStore;
use x402_tower::{Address, Denial, GuardConfig, PaymentRecord};
use x402_tower_reqwest::{GuardedClient, X402Error, payment_record};

pub(crate) use budget::{Budget, Left};
pub(crate) use records::Records;

use counting::{CountingSigner, Signatures};

use crate::{Failure, bounded};

/// How long the seller may take to answer.
const DEADLINE: Duration = Duration::from_secs(20);

/// The agent.
#[derive(Debug)]
pub(crate) struct Agent {
    /// The account that pays.
    pub(crate) address: Address,
    /// The policy, as a person would write it.
    pub(crate) policy: String,
    /// What it may still spend.
    pub(crate) budget: Budget,
    /// Where its audit log is.
    pub(crate) records: Records,
    signatures: Signatures,
    client: GuardedClient,
}

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It was paid for; how that ended is in the record.
    Paid {
        record: PaymentRecord,
        status: StatusCode,
        body: String,
    },
    /// Nothing had to be paid.
    Free(StatusCode),
    /// The guard refused, and nothing was paid.
    Stopped(Denial),
}

impl Agent {
    /// An agent with a fresh key, which may pay the seller at `seller_url`.
    pub(crate) fn new(seller_url: &Url) -> Result<Self, Failure> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_| "the operating system gave no random bytes")?;
        let signer = LocalEvmSigner::from_hex(&const_hex::encode(key))?;
        let address = signer.address().clone();
        let signatures = Signatures::default();

        let policy = policy::text(seller_url);
        let config = PolicyConfig::from_toml(&policy, "policy.toml")?;
        let store = Arc::new(MemoryStore::new());
        let budget = Budget::new(Rules::compile(&config)?, store.clone());
        let records = Records::create()?;
        let guard = GuardConfig::buyer()
            .policy(config)
            .ledger(store.clone())
            .claims(store)
            .fingerprint_key(FingerprintKey::generate()?)
            .audit(Arc::new(AuditLog::open(records.sink()?, records.key())?))
            .build()?;
        let payer = guard.payer(CountingSigner::new(signer, signatures.clone()))?;
        let client = GuardedClient::builder(reqwest::Client::builder().no_proxy())
            .payer(payer)
            .build()?;
        Ok(Self {
            address,
            policy,
            budget,
            records,
            signatures,
            client,
        })
    }

    /// Requests `url`, and pays if it is asked to and may.
    pub(crate) async fn get(&self, url: &Url) -> Result<Answer, Failure> {
        let sent = self.client.get(url.clone()).timeout(DEADLINE).send().await;
        let response = match sent {
            Ok(response) => response,
            Err(error) => return stopped(error),
        };
        let status = response.status();
        let Some(record) = payment_record(&response).cloned() else {
            return Ok(Answer::Free(status));
        };
        let body = bounded::read(response).await?;
        Ok(Answer::Paid {
            record,
            status,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }

    /// How many signatures its key has made.
    pub(crate) fn signatures(&self) -> usize {
        self.signatures.count()
    }
}

fn stopped(error: X402Error) -> Result<Answer, Failure> {
    match error.denial() {
        Some(denial) => Ok(Answer::Stopped(denial.clone())),
        None => Err(error.into()),
    }
}
