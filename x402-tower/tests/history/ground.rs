//! An agent under a policy, and sellers that ask it for money.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Waker};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tokio::task::yield_now;
use tower::{Service, ServiceExt};
use x402_tower::pay::{Approved, PayService, Payer, SignedPayment, Signer, SignerError};
use x402_tower::policy::{KillSwitch, Origin, PolicyConfig, PolicyControl, RecipientPin, Rules};
use x402_tower::store::{Claims, Ledger, MemoryStore};
use x402_tower::testing::{
    ManualClock, Offer, RecordingSigner, ScriptedBody, ScriptedChallenge, ScriptedSeller,
    ScriptedStore, SellerError, StoreConduct,
};
use x402_tower::wire::Requirement;
use x402_tower::{
    AgentId, Chain, ChainId, Clock, Context, Control, Denial, GuardBody, PaymentRecord, Step,
    Terms, UnixMillis,
};

pub(crate) const URL: &str = "https://api.example.com/report?id=7";
pub(crate) const NOW: u64 = 1_767_225_600;
/// Whom the honest seller is paid at.
pub(crate) const HONEST: &str = "0x1111000000000000000000000000000000002222";
/// An address that begins and ends as the honest one does.
pub(crate) const LOOK_ALIKE: &str = "0x1111ffffffffffffffffffffffffffffffff2222";

pub(crate) type Answer = Response<GuardBody<ScriptedBody>>;

/// An agent, its guard's state, and its signer.
pub(crate) struct Ground {
    pub(crate) rules: PolicyConfig,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) claims: Arc<dyn Claims>,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) clock: ManualClock,
    pub(crate) signer: RecordingSigner,
    pub(crate) switch: KillSwitch,
    pub(crate) agent: AgentId,
    /// Controls inside the policy.
    pub(crate) inner: Vec<Arc<dyn Control>>,
}

impl Ground {
    /// Under the policy of a TOML text.
    pub(crate) fn under(policy: &str) -> Self {
        let store = Arc::new(MemoryStore::new());
        Self {
            rules: PolicyConfig::from_toml(policy, "policy.toml").unwrap(),
            claims: store.clone(),
            ledger: store.clone(),
            store,
            clock: ManualClock::from_secs(NOW),
            signer: RecordingSigner::new(),
            switch: KillSwitch::new(),
            agent: AgentId::default(),
            inner: Vec::new(),
        }
    }

    /// The same state under another policy, as after a reload or a restart with a durable store.
    pub(crate) fn reloaded(&self, policy: &str) -> Self {
        let mut other = Self::under(policy);
        other.store = Arc::clone(&self.store);
        other.claims = Arc::clone(&self.claims);
        other.ledger = Arc::clone(&self.ledger);
        other.clock = self.clock.clone();
        other.switch = self.switch.clone();
        other
    }

    pub(crate) fn control(&self) -> PolicyControl {
        let rules = Rules::compile(&self.rules).unwrap();
        PolicyControl::with_ledger(rules, Arc::clone(&self.ledger))
            .with_claims(Arc::clone(&self.claims))
            .with_kill_switch(self.switch.clone())
    }

    pub(crate) fn chain(&self) -> Chain {
        let mut controls: Vec<Arc<dyn Control>> = vec![Arc::new(self.control())];
        controls.extend(self.inner.iter().cloned());
        Chain::new(controls).unwrap()
    }

    pub(crate) fn context(&self) -> Context {
        Context::buyer()
            .with_clock(Arc::new(self.clock.clone()))
            .with_agent(self.agent.clone())
            .with_resource_match(self.rules.resource_match)
    }

    pub(crate) fn guard<S>(&self, service: S) -> PayService<S> {
        self.guard_signing_with(service, Arc::new(self.signer.clone()))
    }

    pub(crate) fn guard_signing_with<S>(
        &self,
        service: S,
        signer: Arc<dyn Signer>,
    ) -> PayService<S> {
        PayService::with_payer(service, Payer::new(self.chain(), self.context(), signer))
    }

    /// Asks `url` of a seller.
    pub(crate) async fn ask(&self, seller: &ScriptedSeller, url: &str) -> Answer {
        let guard = self.guard(seller.clone());
        guard.oneshot(get(url)).await.unwrap()
    }

    /// Buys what [`URL`] names, from a seller that makes this offer and settles.
    pub(crate) async fn buy(&self, offer: Offer) -> Bought {
        self.buy_at(URL, offer).await
    }

    pub(crate) async fn buy_at(&self, url: &str, offer: Offer) -> Bought {
        let seller = offering(url, offer).settle();
        let answer = self.ask(&seller, url).await;
        Bought::of(&answer, &seller)
    }

    /// The pin of the agent at [`URL`] on Base.
    pub(crate) async fn pin(&self) -> Option<RecipientPin> {
        let (origin, chain, now) = self.place();
        let pins = self.control().pins();
        pins.get(&self.agent, &origin, &chain, now).await.unwrap()
    }

    pub(crate) fn place(&self) -> (Origin, ChainId, UnixMillis) {
        let origin = Origin::of(&URL.parse().unwrap()).unwrap();
        let chain = ChainId::parse("eip155:8453").unwrap();
        (origin, chain, self.clock.now().unwrap())
    }
}

/// What came of a purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bought {
    /// The denial's code, or the outcome.
    pub(crate) end: &'static str,
    pub(crate) warnings: Vec<&'static str>,
    /// Payments that reached the seller.
    pub(crate) paid: usize,
}

impl Bought {
    pub(crate) fn of(answer: &Answer, seller: &ScriptedSeller) -> Self {
        let extensions = answer.extensions();
        let record = extensions.get::<PaymentRecord>();
        let end = match (extensions.get::<Denial>(), record) {
            (Some(denial), _) => denial.code(),
            (None, Some(record)) => record.outcome().as_str(),
            (None, None) => "free",
        };
        Self {
            end,
            warnings: record.map_or_else(Vec::new, |record| record.warnings().to_vec()),
            paid: seller.paid_requests(),
        }
    }
}

#[track_caller]
pub(crate) fn assert_paid(bought: &Bought) {
    assert_eq!((bought.end, bought.paid), ("settled", 1));
}

#[track_caller]
pub(crate) fn assert_denied(bought: &Bought, code: &str) {
    assert_eq!((bought.end, bought.paid), (code, 0));
}

pub(crate) fn get(url: &str) -> Request<Full<Bytes>> {
    Request::get(url).body(Full::default()).unwrap()
}

/// A seller that makes one offer; say what it does next.
pub(crate) fn offering(url: &str, offer: Offer) -> ScriptedSeller {
    ScriptedSeller::new().challenge(&ScriptedChallenge::v2(url, [offer]))
}

/// Ten cents.
pub(crate) fn dime() -> Offer {
    Offer::usdc(100_000).pay_to(HONEST)
}

pub(crate) type Flow<'a> = Pin<Box<dyn Future<Output = Result<Answer, SellerError>> + Send + 'a>>;

/// Polls flows in the order that a schedule says, one poll for each entry, then all of them to their end.
pub(crate) fn interleave(flows: &mut [Flow<'_>], schedule: &[usize]) {
    let all = flows.len();
    let mut ended = vec![false; all];
    let mut cx = TaskContext::from_waker(Waker::noop());
    let mut poll = |n: usize| {
        if !ended[n] {
            ended[n] = flows[n].as_mut().poll(&mut cx).is_ready();
        }
        ended[n]
    };
    for n in schedule {
        poll(*n);
    }
    for n in 0..all {
        let done = (0..1000).any(|_| poll(n));
        assert!(done, "flow {n} never ends");
    }
}

/// A seller behind a network: everything waits before and after.
pub(crate) fn slow(
    seller: &ScriptedSeller,
) -> impl Service<
    Request<Full<Bytes>>,
    Response = Response<ScriptedBody>,
    Error = SellerError,
    Future: Send,
> + Clone
+ Send
+ 'static {
    let seller = seller.clone();
    tower::service_fn(move |request: Request<Full<Bytes>>| {
        // The seller notes a request when it is handed over.
        let answer = seller.clone().call(request);
        async move {
            yield_now().await;
            let answer = answer.await;
            yield_now().await;
            answer
        }
    })
}

/// Waits before and after a step.
pub(crate) fn around<'a, T: Send + 'a>(
    step: impl FnOnce() -> Step<'a, T> + Send + 'a,
) -> Step<'a, T> {
    Step::wait(async move {
        yield_now().await;
        let done = step().await;
        yield_now().await;
        done
    })
}

/// A signer that waits before and after it signs.
#[derive(Debug, Clone)]
pub(crate) struct SlowSigner(pub(crate) RecordingSigner);

impl Signer for SlowSigner {
    fn can_sign(&self, requirement: &Requirement, terms: &Terms) -> bool {
        self.0.can_sign(requirement, terms)
    }
    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        around(|| self.0.sign(approved))
    }
}

impl Ground {
    /// The same with stores that wait at every step.
    pub(crate) fn slowed(mut self) -> Self {
        let memory = MemoryStore::clone(&self.store);
        let store = Arc::new(ScriptedStore::new(memory, StoreConduct::Wait));
        self.claims = store.clone();
        self.ledger = store;
        self
    }

    /// A purchase at [`URL`] in which everything waits.
    pub(crate) fn slow_flow(&self, seller: &ScriptedSeller, signer: &RecordingSigner) -> Flow<'_> {
        let signer: Arc<dyn Signer> = Arc::new(SlowSigner(signer.clone()));
        let guard = self.guard_signing_with(slow(seller), signer);
        Box::pin(guard.oneshot(get(URL)))
    }
}
