//! A whole guard around reqwest, on a store that outlives it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use x402_tests::interop::PAYER_KEY;
use x402_tower::evm::LocalEvmSigner;
use x402_tower::pay::SignerError;
use x402_tower::policy::{PolicyConfig, Rules};
use x402_tower::store::{EntryQuery, Ledger, Limit, StoreError, Usage};
use x402_tower::testing::ManualClock;
use x402_tower::{
    Approved, Clock, GuardConfig, PaymentRecord, Requirement, SignedPayment, Signer, Step, Terms,
    Usd,
};
use x402_tower_reqwest::GuardedClient;

use crate::engine::Engine;
use crate::place::{Signature, note_signature, open_audit};

/// When every buyer begins, in Unix seconds by its own clock.
pub(crate) const NOW: u64 = 1_767_225_600;

/// Micro-dollars of a cent, which is what everything costs.
pub(crate) const CENT: u64 = 10_000;

/// How a buyer is set up, as it is told to a process.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Setup {
    pub(crate) engine: Engine,
    pub(crate) folder: PathBuf,
    /// What it may spend a day.
    pub(crate) cents: u64,
    /// Whether its signer refuses to sign.
    pub(crate) declines: bool,
}

/// What the ledger says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Books {
    /// What counts against the day, in cents.
    pub(crate) counted: u64,
    /// The nonces of payments of which nobody knows yet where they are.
    pub(crate) open: Vec<String>,
}

pub(crate) struct Buyer {
    client: GuardedClient,
    ledger: Arc<dyn Ledger>,
    limit: Limit,
    clock: ManualClock,
}

impl Buyer {
    pub(crate) async fn open(setup: &Setup) -> Self {
        let clock = ManualClock::from_secs(NOW);
        let policy = PolicyConfig::new()
            .with_max_per_call(Usd::from_micros(CENT))
            .with_daily_limit(Usd::from_micros(setup.cents * CENT));
        let rules = Rules::compile(&policy).unwrap();
        let guard = GuardConfig::buyer()
            .policy(policy)
            .audit(open_audit(&setup.folder))
            .clock(Arc::new(clock.clone()));
        let (guard, ledger) = setup.engine.equip(guard, &setup.folder, &clock).await;
        let signer = NotingSigner {
            inner: LocalEvmSigner::from_hex(PAYER_KEY).unwrap(),
            folder: setup.folder.clone(),
            declines: setup.declines,
        };
        Self {
            client: GuardedClient::builder(reqwest::Client::builder().no_proxy())
                .guard(&guard.build().unwrap())
                .signer(signer)
                .build()
                .unwrap(),
            ledger,
            limit: rules.daily_limit_of("agent").unwrap(),
            clock,
        }
    }

    /// Moves its clock to so long after the beginning.
    pub(crate) fn move_to(&self, secs: u64) {
        let start = x402_tower::UnixMillis::from_secs(NOW);
        self.clock
            .set(start.saturating_add(Duration::from_secs(secs)));
    }

    /// Asks for `url`: `delivered`, how else the payment ended, or the code of the error.
    pub(crate) async fn get(&self, url: &str, key: Option<&str>) -> String {
        let mut request = self.client.get(url);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        match request.send().await {
            Ok(response) => match response.extensions().get::<PaymentRecord>() {
                Some(paid) if response.status() != StatusCode::OK => paid.outcome().as_str().into(),
                Some(paid) if paid.outcome().as_str() == "settled" => "delivered".into(),
                other => format!("{} with {other:?}", response.status()),
            },
            Err(error) => error.code().into(),
        }
    }

    pub(crate) async fn books(&self) -> Result<Books, StoreError> {
        let now = self.clock.now().unwrap();
        let Limit { key, window, .. } = self.limit;
        let Usage { amount, .. } = self.ledger.usage(key, window, now).await?;
        let open = self.ledger.entries(&EntryQuery::open()).await?;
        let nonces = open.iter().filter_map(|entry| entry.sent.as_ref()?.nonce);
        Ok(Books {
            counted: amount.micros() / CENT,
            open: nonces.map(const_hex::encode).collect(),
        })
    }
}

/// Signs with a key of its own, and notes each signature before it hands it out.
#[derive(Debug)]
struct NotingSigner {
    inner: LocalEvmSigner,
    folder: PathBuf,
    declines: bool,
}

impl Signer for NotingSigner {
    fn can_sign(&self, requirement: &Requirement, terms: &Terms) -> bool {
        self.inner.can_sign(requirement, terms)
    }

    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        if self.declines {
            return Step::ready(Err(SignerError::Failed("the key service is closed")));
        }
        let signature = Signature {
            url: approved.payment().exchange().url().to_string(),
            made: approved.now_secs(),
            ends: approved.valid_before(),
        };
        Step::wait(async move {
            let signed = self.inner.sign(approved).await?;
            note_signature(&self.folder, &signature);
            Ok(signed)
        })
    }
}
