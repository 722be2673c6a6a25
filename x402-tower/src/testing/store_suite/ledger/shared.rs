//! What one handle does is seen by the others, and by those that come after a restart.

use super::super::Subject;
use super::super::engine::{
    Engine, HOUR, MINUTE, assert_fails, daily, daily_count, id, told, usage, usd,
};
use super::entries::what_left;
use crate::store::{EntryQuery, EntryState, Ledger, Quota, Reach, StoreError};

/// Handles share their books: what one counts leaves no room to another, and one ends what another began.
pub async fn handles_share_their_books<S: Subject<Store: Ledger>>(subject: &S) {
    let (one, two) = (Engine::of(subject).await, Engine::of(subject).await);
    let limits = [daily(1, 10)];
    one.granted(1, 10, &limits).await;
    two.refused(2, 1, &limits, 0, Quota::Amount(usd(0))).await;
    told(two.store.mark_sent(id(1), None).await);
    told(one.store.settle(id(1), Some(usd(4))).await);
    assert_eq!(two.used(1).await, usage(4, 1));
    assert_fails(two.store.release(id(1)).await, &StoreError::UnknownPayment);
    assert_eq!(one.store.reach(), two.store.reach());
}

/// Attack 70: a restart forgets no payment in any state, and no reservation before its end.
pub async fn attack_070_a_restart_forgets_nothing<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let reach = engine.store.reach();
    let limits = [daily(1, 100), daily_count(1, 5)];
    for n in 1..=5 {
        engine.granted(n, n, &limits).await;
    }
    let left = what_left(3, engine.now().saturating_add(HOUR), true);
    for n in 2..=5 {
        told(engine.store.mark_sent(id(n), Some(left.clone())).await);
    }
    told(engine.store.mark_unknown(id(3)).await);
    told(engine.store.settle(id(4), None).await);
    told(engine.store.release(id(5)).await);
    let Some(engine) = engine.restarted().await else {
        assert_eq!(
            reach,
            Reach::Process,
            "what others share outlives a process"
        );
        return;
    };
    assert_eq!(engine.used(1).await, usage(1 + 2 + 3 + 4, 4));
    let entries = told(engine.store.entries(&EntryQuery::all()).await);
    let entries: Vec<_> = entries
        .into_iter()
        .filter(|entry| entry.state != EntryState::Released)
        .map(|entry| (entry.id, entry.state, entry.sent == Some(left.clone())))
        .collect();
    let states = [
        (2, EntryState::Sent),
        (3, EntryState::Unknown),
        (4, EntryState::Settled),
    ];
    assert_eq!(entries, states.map(|(n, state)| (id(n), state, true)));
    let again = engine.reserve(3, 1, &limits).await;
    assert_fails(again, &StoreError::UnknownPayment);
    engine.granted(6, 1, &limits).await;
    engine.refused(7, 1, &limits, 1, Quota::Count(0)).await;
    // The reservation lasts no longer than before.
    engine.wait(HOUR + MINUTE).await;
    assert_eq!(engine.used(1).await, usage(2 + 3 + 4, 3));
}
