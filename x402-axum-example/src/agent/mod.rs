//! An agent that buys for itself, behind a guard: key, policy, controls, client.

mod budget;
mod counting;
mod policy;
mod policy_file;
mod records;

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use url::Url;
use x402_tower::audit::AuditLog;
use x402_tower::evm::LocalEvmSigner;
use x402_tower::guard::ReloadStatus;
use x402_tower::mpa::MpaConfig;
use x402_tower::policy::{PolicyConfig, Rules};
use x402_tower::replay::FingerprintKey;
use x402_tower::store::SqliteStore;
use x402_tower::{Address, Denial, GuardConfig, PaymentRecord};
use x402_tower_reqwest::{GuardedClient, X402Error, payment_record};

pub(crate) use budget::{Budget, Left};
pub(crate) use policy_file::PolicyFile;
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
    pub(crate) policy: PolicyFile,
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
    /// An agent with a fresh key, which may pay the seller at `seller_url`, some of it only with `approvals`.
    pub(crate) fn new(seller_url: &Url, approvals: MpaConfig) -> Result<Self, Failure> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_| "the operating system gave no random bytes")?;
        let signer = LocalEvmSigner::from_hex(&const_hex::encode(key))?;
        let address = signer.address().clone();
        let signatures = Signatures::default();

        let records = Records::create()?;
        let path = records.folder().join("policy.toml");
        let text = policy::text(seller_url);
        std::fs::write(&path, &text)?;
        let store = Arc::new(SqliteStore::open(records.folder().join("ledger.sqlite"))?);
        let fingerprint_key = records.folder().join("fingerprint.key");
        let fingerprint_key = FingerprintKey::from_env_or_file(fingerprint_key)?;
        let rules = Rules::compile(&PolicyConfig::load(&path)?)?;
        let budget = Budget::new(rules, store.clone());
        let guard = GuardConfig::buyer()
            .policy_file(&path)
            .mpa(approvals)
            .store(store)
            .fingerprint_key(fingerprint_key)
            .audit(Arc::new(AuditLog::open(records.sink()?, records.key())?))
            .build()?;
        let policy = PolicyFile::watched(path, text, &guard.reloader())?;
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

    /// Somebody saves `text` as the agent's policy, and the guard reads it while it runs.
    pub(crate) async fn gets_policy(&mut self, text: &str) -> Result<ReloadStatus, Failure> {
        let status = self.policy.save(text).await?;
        if status.last_error.is_none() {
            self.budget.follow(self.policy.rules()?);
        }
        Ok(status)
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
