//! What was told what left can be listed, for whoever finds out what became of it.

use super::super::Subject;
use super::super::engine::{
    DAY, Engine, HOUR, MINUTE, daily, digest, earlier, id, later, limit_key, present, told, usd,
};
use crate::address::Address;
use crate::clock::UnixMillis;
use crate::money::AtomicAmount;
use crate::network::ChainId;
use crate::payment::AgentId;
use crate::store::{
    Entry, EntryQuery, EntryState, Ledger, Limit, Quota, RequestKey, Resolution, SentPayment,
};
use crate::wire::AuthorizationKind;

/// What left with the nth payment: everything that can be known of it, or only what always is.
#[allow(clippy::expect_used)] // constants
pub(crate) fn what_left(n: u64, valid_before: UnixMillis, everything: bool) -> SentPayment {
    let chain = ChainId::parse("eip155:8453").expect("a chain");
    let address = |text: &str| Address::parse(&chain, text).expect("an address");
    let bytes = digest(n);
    SentPayment {
        agent: AgentId::new("agent 'one'; {x}: \"y\"").expect("an agent"),
        origin: "https://api.example.com:8443".to_owned(),
        scheme: "exact".to_owned(),
        asset: everything.then(|| address(crate::testing::USDC_BASE)),
        pay_to: address(crate::testing::SELLER),
        amount: AtomicAmount::from_be_bytes(if everything { [0xff; 32] } else { [0; 32] }),
        kind: if everything {
            AuthorizationKind::Eip3009
        } else {
            AuthorizationKind::Opaque
        },
        payer: everything.then(|| address(crate::testing::PAYER)),
        nonce: everything.then_some(bytes),
        valid_before,
        request: everything.then(|| RequestKey::from_bytes(bytes)),
        chain,
    }
}

impl<S: Subject<Store: Ledger>> Engine<'_, S> {
    /// Reserves, marks as sent and says what left, which can be settled for an hour.
    async fn told_what_left(&self, n: u64, micros: u64, limits: &[Limit]) -> SentPayment {
        let left = what_left(n, self.now().saturating_add(HOUR), true);
        self.granted(n, micros, limits).await;
        told(self.store.mark_sent(id(n), Some(left.clone())).await);
        left
    }

    /// The payments that an answer lists. An engine may forget at once what is released, or show it.
    async fn listed(&self, query: &EntryQuery) -> Vec<Entry> {
        let mut entries = told(self.store.entries(query).await);
        assert!(entries.is_sorted_by(|a, b| a.id < b.id), "{entries:?}");
        assert!(entries.len() <= query.limit);
        entries.retain(|entry| entry.state != EntryState::Released);
        entries
    }

    async fn listed_ids(&self, query: &EntryQuery) -> Vec<u64> {
        let entries = self.listed(query).await;
        let number = |entry: &Entry| {
            let bytes = u128::from_be_bytes(*entry.id.as_bytes());
            u64::try_from(bytes).unwrap_or(u64::MAX)
        };
        entries.iter().map(number).collect()
    }

    async fn state(&self, n: u64) -> Option<EntryState> {
        let entry = told(self.store.entry(id(n)).await);
        entry
            .map(|entry| entry.state)
            .filter(|state| *state != EntryState::Released)
    }
}

/// An entry shows exactly what it was told, what is counted, and when the money was set aside by the store's clock.
pub async fn an_entry_shows_what_left_and_when_it_was_set_aside<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 1 << 60)];
    for (n, everything) in [(1, true), (2, false)] {
        engine.wait(MINUTE).await;
        let before = engine.now();
        engine.granted(n, (1 << 53) + n, &limits).await;
        let after = engine.now();
        engine.wait(MINUTE).await;
        let left = what_left(n, UnixMillis::from_millis(u64::MAX), everything);
        told(engine.store.mark_sent(id(n), Some(left.clone())).await);
        let entry = present(told(engine.store.entry(id(n)).await));
        assert_eq!(entry.id, id(n));
        assert_eq!(entry.state, EntryState::Sent);
        assert_eq!(entry.counted, usd((1 << 53) + n));
        assert_eq!(entry.sent, Some(left));
        let at = entry.reserved_at;
        assert!(before <= at && at <= after, "{before:?} {at:?} {after:?}");
        assert_eq!(engine.listed(&EntryQuery::all()).await.last(), Some(&entry));
    }
}

/// What is listed is what was told what left, and nothing else.
pub async fn only_what_was_told_what_left_is_listed<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 100)];
    engine.granted(1, 1, &limits).await;
    engine.sent(2, 1, &limits).await;
    engine.told_what_left(3, 1, &limits).await;
    for n in 4..=6 {
        engine.told_what_left(n, 1, &limits).await;
    }
    told(engine.store.release(id(4)).await);
    told(engine.store.mark_unknown(id(5)).await);
    told(engine.store.settle(id(6), None).await);
    assert_eq!(engine.listed_ids(&EntryQuery::all()).await, [3, 5, 6]);
    for n in [1, 2, 4, 7] {
        assert_eq!(engine.state(n).await, None, "{n}");
    }
}

/// An entry follows its payment from state to state.
pub async fn an_entry_follows_its_payment<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let (store, limits) = (&engine.store, [daily(1, 100)]);
    for n in 1..=4 {
        engine.told_what_left(n, 10, &limits).await;
        assert_eq!(engine.state(n).await, Some(EntryState::Sent));
        told(store.mark_unknown(id(n)).await);
        assert_eq!(engine.state(n).await, Some(EntryState::Unknown));
    }
    told(store.settle(id(1), Some(usd(4))).await);
    told(store.resolve(id(2), Resolution::Settled).await);
    told(store.resolve(id(3), Resolution::Released).await);
    assert_eq!(engine.state(1).await, Some(EntryState::Settled));
    assert_eq!(engine.state(2).await, Some(EntryState::Settled));
    assert_eq!(engine.state(3).await, None);
    assert_eq!(engine.state(4).await, Some(EntryState::Unknown));
    let counted: Vec<_> = engine.listed(&EntryQuery::all()).await;
    let counted: Vec<_> = counted.iter().map(|entry| entry.counted).collect();
    assert_eq!(counted, [usd(4), usd(10), usd(10)]);
}

/// Telling again what left changes nothing: the first is what left.
pub async fn what_left_is_told_once<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let first = engine.told_what_left(1, 10, &[daily(1, 100)]).await;
    let other = what_left(2, engine.now(), false);
    told(engine.store.mark_sent(id(1), Some(other)).await);
    let entry = told(engine.store.entry(id(1)).await);
    assert_eq!(entry.and_then(|entry| entry.sent), Some(first));
}

/// Entries come in the order of their ids, whatever the order in which they were made, page by page without a gap.
pub async fn entries_come_in_order_and_page_by_page<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let ids = [11, 3, 700, 256, 65_536, 1, 2, 255, 1 << 40, 12];
    for n in ids {
        engine.told_what_left(n, 1, &[daily(1, 100)]).await;
    }
    let mut all = Vec::new();
    let mut query = EntryQuery::all().limit(3);
    loop {
        let page = engine.listed(&query).await;
        let Some(last) = page.last() else { break };
        query = query.after(last.id);
        all.extend(page.iter().map(|entry| entry.id));
    }
    let mut sorted = ids;
    sorted.sort_unstable();
    assert_eq!(all, sorted.map(id));
    assert_eq!(engine.listed(&EntryQuery::all().limit(0)).await, []);
    let after_all = EntryQuery::all().after(id(u64::MAX));
    assert_eq!(engine.listed(&after_all).await, []);
}

/// Entries are narrowed to what is open, to what can no longer be settled at a moment, and to both.
pub async fn entries_are_narrowed_by_state_and_by_end<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let (store, limits) = (&engine.store, [daily(1, 100)]);
    let start = engine.now();
    for n in 1..=6 {
        engine.granted(n, 1, &limits).await;
        let left = what_left(n, later(start, n), true);
        told(store.mark_sent(id(n), Some(left)).await);
    }
    told(store.settle(id(1), None).await);
    told(store.settle(id(4), None).await);
    told(store.mark_unknown(id(2)).await);
    let open = EntryQuery::open();
    assert_eq!(engine.listed_ids(&open).await, [2, 3, 5, 6]);
    // What is valid before a moment is over at that moment.
    let ended = EntryQuery::all().valid_before(later(start, 5));
    assert_eq!(engine.listed_ids(&ended).await, [1, 2, 3, 4]);
    assert_eq!(
        engine.listed_ids(&open.valid_before(later(start, 5))).await,
        [2, 3]
    );
    let rest = open.valid_before(later(start, 6)).after(id(2)).limit(1);
    assert_eq!(engine.listed_ids(&rest).await, [3]);
    let none = EntryQuery::all().valid_before(earlier(start, MINUTE));
    assert_eq!(engine.listed(&none).await, []);
}

/// What is open is listed for as long as it counts.
pub async fn what_is_open_is_listed_while_it_counts<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let hour = Limit::new(limit_key(1), HOUR, Quota::Count(9));
    engine.told_what_left(1, 10, &[hour, daily(1, 100)]).await;
    engine.wait(DAY - MINUTE).await;
    assert_eq!(engine.listed_ids(&EntryQuery::open()).await, [1]);
    told(engine.store.resolve(id(1), Resolution::Released).await);
    assert_eq!(engine.used(1).await.count, 0);
}
