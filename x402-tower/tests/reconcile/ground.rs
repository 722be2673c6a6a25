//! A ledger with open payments, and an oracle that says what it is told to.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use x402_tower::reconcile::{OracleError, Reconciler, Settlement, SettlementOracle};
use x402_tower::store::{
    Entry, EntryQuery, EntryState, Ledger, Limit, LimitKey, MemoryStore, Quota, Reach, RequestKey,
    Reservation, Reserved, Resolution, SentPayment, StoreError, Usage,
};
use x402_tower::testing::ManualClock;
use x402_tower::{Clock, PaymentId, Step, UnixMillis, Usd};

pub(crate) const NOW: u64 = 1_767_225_600;
/// When the payments of these tests cannot be settled any more.
pub(crate) const VALID_BEFORE: u64 = NOW + 60;
pub(crate) const CENT: Usd = Usd::from_micros(10_000);
pub(crate) const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn id(n: u8) -> PaymentId {
    PaymentId::from_bytes([n; 16])
}

pub(crate) fn request(n: u8) -> RequestKey {
    RequestKey::from_bytes([n; 32])
}

pub(crate) fn limit() -> Limit {
    Limit::new(
        LimitKey::from_bytes([7; 32]),
        DAY,
        Quota::Amount(Usd::from_micros(u64::MAX)),
    )
}

/// What is remembered of payment `n`, whose signed payment is kept under request `n`.
pub(crate) fn sent(n: u8) -> SentPayment {
    SentPayment::from_json(&format!(
        r#"{{
            "agent": "researcher",
            "origin": "https://api.example.com",
            "scheme": "exact",
            "chain": "eip155:8453",
            "asset": "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
            "pay_to": "0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
            "amount": "10000",
            "payer": "0x857b06519E91e3A54538791bDbb0E22373e36b66",
            "kind": "eip3009",
            "nonce": "{nonce}",
            "valid_before_ms": {valid_before},
            "request": "{request}"
        }}"#,
        nonce = format!("{n:02x}").repeat(32),
        valid_before = VALID_BEFORE * 1000,
        request = format!("{n:02x}").repeat(32),
    ))
    .unwrap()
}

#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Says(Settlement),
    Fails(OracleError),
    Hangs,
}

/// Answers for payments on one chain, and counts how often it is asked and by how many at once.
#[derive(Debug)]
pub(crate) struct ScriptedOracle {
    chain: &'static str,
    by_nonce: Mutex<HashMap<u8, Answer>>,
    otherwise: Answer,
    asked: AtomicUsize,
    busy: AtomicUsize,
    most_busy: AtomicUsize,
}

impl ScriptedOracle {
    pub(crate) fn new(otherwise: Answer) -> Arc<Self> {
        Self::on("eip155:8453", otherwise)
    }

    pub(crate) fn on(chain: &'static str, otherwise: Answer) -> Arc<Self> {
        Arc::new(Self {
            chain,
            by_nonce: Mutex::default(),
            otherwise,
            asked: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            most_busy: AtomicUsize::new(0),
        })
    }

    pub(crate) fn says(otherwise: Settlement) -> Arc<Self> {
        Self::new(Answer::Says(otherwise))
    }

    /// Says something of its own about payment `n`.
    pub(crate) fn about(self: Arc<Self>, n: u8, answer: Answer) -> Arc<Self> {
        self.by_nonce.lock().insert(n, answer);
        self
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub(crate) fn most_busy(&self) -> usize {
        self.most_busy.load(Ordering::SeqCst)
    }
}

impl SettlementOracle for ScriptedOracle {
    fn answers_for(&self, payment: &SentPayment) -> bool {
        payment.chain.as_str() == self.chain
    }

    fn settlement<'a>(
        &'a self,
        payment: &'a SentPayment,
    ) -> Step<'a, Result<Settlement, OracleError>> {
        let nonce = payment.nonce.unwrap()[0];
        let answer = self.by_nonce.lock().get(&nonce).cloned();
        let answer = answer.unwrap_or_else(|| self.otherwise.clone());
        Step::wait(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let busy = self.busy.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_busy.fetch_max(busy, Ordering::SeqCst);
            tokio::task::yield_now().await;
            self.busy.fetch_sub(1, Ordering::SeqCst);
            match answer {
                Answer::Says(settlement) => Ok(settlement),
                Answer::Fails(error) => Err(error),
                Answer::Hangs => std::future::pending().await,
            }
        })
    }
}

/// A ledger whose entries can be read and that does not take a resolution.
#[derive(Debug)]
pub(crate) struct Stubborn(pub(crate) Arc<MemoryStore>);

impl Ledger for Stubborn {
    fn reserve(&self, wish: &Reservation<'_>) -> Step<'_, Result<Reserved, StoreError>> {
        self.0.reserve(wish)
    }
    fn mark_sent(
        &self,
        id: PaymentId,
        sent: Option<SentPayment>,
    ) -> Step<'_, Result<(), StoreError>> {
        self.0.mark_sent(id, sent)
    }
    fn settle(&self, id: PaymentId, actual: Option<Usd>) -> Step<'_, Result<(), StoreError>> {
        self.0.settle(id, actual)
    }
    fn mark_unknown(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>> {
        self.0.mark_unknown(id)
    }
    fn release(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>> {
        self.0.release(id)
    }
    fn release_now(&self, id: PaymentId) {
        self.0.release_now(id);
    }
    fn entries(&self, query: &EntryQuery) -> Step<'_, Result<Vec<Entry>, StoreError>> {
        self.0.entries(query)
    }
    fn entry(&self, id: PaymentId) -> Step<'_, Result<Option<Entry>, StoreError>> {
        self.0.entry(id)
    }
    fn resolve(&self, _: PaymentId, _: Resolution) -> Step<'_, Result<(), StoreError>> {
        Step::ready(Err(StoreError::Unavailable))
    }
    fn reach(&self) -> Reach {
        Reach::Process
    }
    fn usage(
        &self,
        key: LimitKey,
        window: Duration,
        now: UnixMillis,
    ) -> Step<'_, Result<Usage, StoreError>> {
        self.0.usage(key, window, now)
    }
}

/// A memory store under a clock that stands still.
pub(crate) struct Ground {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: ManualClock,
}

impl Ground {
    /// With `payments` payments of a cent of which nobody knows what became: numbers 1 and on.
    pub(crate) async fn with_unknown(payments: u8) -> Self {
        let ground = Self {
            store: Arc::new(MemoryStore::new()),
            clock: ManualClock::from_secs(NOW),
        };
        for n in 1..=payments {
            ground.send(id(n), Some(&sent(n))).await;
            ground.store.mark_unknown(id(n)).await.unwrap();
        }
        ground
    }

    pub(crate) async fn send(&self, id: PaymentId, sent: Option<&SentPayment>) {
        let (limits, now) = ([limit()], self.now());
        let wish = Reservation::new(id, CENT, &limits, now, now.saturating_add(DAY));
        assert_eq!(self.store.reserve(&wish).await, Ok(Reserved::Granted));
        self.store.mark_sent(id, sent.cloned()).await.unwrap();
    }

    pub(crate) fn now(&self) -> UnixMillis {
        self.clock.now().unwrap()
    }

    /// Time goes on until every payment is over, the default skew included.
    pub(crate) fn pass_the_end(&self) {
        self.clock.set(UnixMillis::from_secs(VALID_BEFORE + 60));
    }

    pub(crate) fn reconciler(&self, oracle: &Arc<ScriptedOracle>) -> Reconciler {
        self.without_oracle().with_oracle(oracle.clone())
    }

    pub(crate) fn without_oracle(&self) -> Reconciler {
        Reconciler::new(self.store.clone(), Arc::new(self.clock.clone()))
    }

    pub(crate) async fn state(&self, n: u8) -> Option<EntryState> {
        let entry = self.store.entry(id(n)).await.unwrap();
        entry.map(|entry| entry.state)
    }

    /// What is counted in the window of a day.
    pub(crate) async fn counted(&self) -> Usd {
        let usage = self.store.usage(limit().key, DAY, self.now()).await;
        usage.unwrap().amount
    }
}

/// What a report says: looked, settled, released, left, failed.
pub(crate) async fn run(reconciler: &Reconciler) -> [u64; 5] {
    let report = reconciler.run_once().await.unwrap();
    [
        report.looked,
        report.settled,
        report.released,
        report.left,
        report.failed,
    ]
}
