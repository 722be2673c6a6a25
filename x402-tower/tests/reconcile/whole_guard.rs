//! A guard whose seller never answers, and its reconciliation.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer, ServiceExt};
use x402_tower::guard::GuardConfig;
use x402_tower::mpa::{ApprovalSecret, Approver, MpaConfig};
use x402_tower::policy::PolicyConfig;
use x402_tower::reconcile::{Reconciler, Settlement};
use x402_tower::replay::FingerprintKey;
use x402_tower::store::{EntryQuery, Ledger, MemoryStore};
use x402_tower::testing::{
    ManualClock, Offer, RecordingSigner, ScriptedBody, ScriptedChallenge, ScriptedSeller,
    SellerError,
};
use x402_tower::{Denial, GuardBody, SealingKey, Usd, X402GuardLayer};

use crate::ground::{DAY, NOW, ScriptedOracle, run};

type Answer = Result<Response<GuardBody<ScriptedBody>>, SellerError>;

const FIRST: &str = "https://api.example.com/first";
const SECOND: &str = "https://api.example.com/second";

/// An agent with a dollar a day, of which one recipient gets less than a dollar without approvals.
struct Agent {
    store: Arc<MemoryStore>,
    clock: ManualClock,
    signer: RecordingSigner,
    config: GuardConfig,
}

impl Agent {
    fn new() -> Self {
        let (store, clock) = (Arc::new(MemoryStore::new()), ManualClock::from_secs(NOW));
        let dollar = Usd::parse("1").unwrap();
        let alice = ApprovalSecret::new("the secret of alice, and of nobody else").unwrap();
        let approvals = MpaConfig::new(1)
            .with_min_amount(dollar)
            .with_cumulative(dollar, DAY)
            .with_approver(Approver::hmac("alice", alice));
        let config = GuardConfig::buyer()
            .policy(PolicyConfig::new().with_daily_limit(dollar))
            .mpa(approvals)
            .store(store.clone())
            .sealing_key(SealingKey::from_hex(&"0c0d".repeat(16)).unwrap())
            .fingerprint_key(FingerprintKey::from_hex(&"0a0b".repeat(16)).unwrap())
            .clock(Arc::new(clock.clone()))
            .build()
            .unwrap();
        Self {
            store,
            clock,
            signer: RecordingSigner::new(),
            config,
        }
    }

    /// Buys for 60 cents at `url` from a seller that breaks the connection when it has the payment.
    async fn lose(&self, url: &str) -> Answer {
        let challenge = ScriptedChallenge::v2(url, [Offer::usdc(600_000)]);
        let seller = ScriptedSeller::new().challenge(&challenge).fail();
        let guard = X402GuardLayer::new(self.config.clone());
        let guard = guard.with_signer(self.signer.clone()).unwrap();
        let request = Request::get(url).header("idempotency-key", url);
        let request = request.body(Full::<Bytes>::default()).unwrap();
        guard.layer(seller).oneshot(request).await
    }

    async fn reconcile(&self, says: Settlement) -> [u64; 5] {
        self.clock.advance(Duration::from_secs(60 + 60));
        let reconciler = Reconciler::new(self.store.clone(), Arc::new(self.clock.clone()))
            .with_signed_payments(self.store.clone())
            .with_oracle(ScriptedOracle::says(says));
        run(&reconciler).await
    }
}

fn denied(answer: &Answer) -> Option<&'static str> {
    let response = answer.as_ref().ok()?;
    response.extensions().get::<Denial>().map(Denial::code)
}

#[tokio::test]
async fn a_released_payment_frees_its_limits_and_its_part_of_the_sum_for_approvals() {
    let agent = Agent::new();
    assert!(agent.lose(FIRST).await.is_err(), "the payment is lost");
    assert!(denied(&agent.lose(SECOND).await).is_some());
    assert_eq!(agent.reconcile(Settlement::Unused).await, [1, 0, 1, 0, 0]);
    assert!(agent.lose(SECOND).await.is_err(), "it is sent");
}

#[tokio::test]
async fn attack_074_a_payment_that_was_settled_after_all_keeps_its_limits() {
    let agent = Agent::new();
    assert!(agent.lose(FIRST).await.is_err());
    assert_eq!(agent.reconcile(Settlement::Used).await, [1, 1, 0, 0, 0]);
    assert!(denied(&agent.lose(SECOND).await).is_some());
    let open = agent.store.entries(&EntryQuery::open()).await;
    assert!(open.unwrap().is_empty());
}

#[tokio::test]
async fn a_request_whose_payment_was_released_is_paid_anew() {
    let agent = Agent::new();
    assert!(agent.lose(FIRST).await.is_err());
    agent.clock.advance(Duration::from_secs(3600));
    assert_eq!(denied(&agent.lose(FIRST).await), Some("request.in_doubt"));
    assert_eq!(agent.reconcile(Settlement::Unused).await, [1, 0, 1, 0, 0]);
    assert!(agent.lose(FIRST).await.is_err(), "it is sent");
    assert_eq!(agent.signer.count(), 2);
}

#[tokio::test]
async fn attack_074_a_request_whose_payment_was_settled_after_all_is_not_paid_anew() {
    let agent = Agent::new();
    assert!(agent.lose(FIRST).await.is_err());
    agent.clock.advance(Duration::from_secs(3600));
    assert_eq!(agent.reconcile(Settlement::Used).await, [1, 1, 0, 0, 0]);
    assert!(denied(&agent.lose(FIRST).await).is_some());
    assert_eq!(agent.signer.count(), 1);
}
