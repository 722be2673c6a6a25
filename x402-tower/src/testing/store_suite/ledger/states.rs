//! `Reserved → Sent → Settled | Unknown | Released`, and what counts on the way.

use core::task::{Context, Waker};

use super::super::Subject;
use super::super::engine::{DAY, Engine, HOUR, MINUTE, assert_fails, daily, id, told, usage, usd};
use crate::money::Usd;
use crate::store::{Ledger, Quota, Resolution, StoreError, Usage};

/// What is reserved, sent, settled or unknown counts; only what is released does not.
pub async fn everything_counts_but_what_was_released<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let (store, limits) = (&engine.store, [daily(1, 100), daily(2, 100)]);
    for n in 1..=6 {
        engine.granted(n, n, &limits).await;
    }
    for n in 2..=6 {
        told(store.mark_sent(id(n), None).await);
    }
    told(store.settle(id(3), None).await);
    told(store.mark_unknown(id(4)).await);
    assert_eq!(engine.used(1).await, usage(1 + 2 + 3 + 4 + 5 + 6, 6));
    told(store.release(id(5)).await);
    told(store.resolve(id(6), Resolution::Released).await);
    assert_eq!(engine.used(1).await, usage(1 + 2 + 3 + 4, 4));
    assert_eq!(engine.used(2).await, usage(1 + 2 + 3 + 4, 4));
}

/// A reservation that was never sent counts up to and including its end, and frees all of its limits after it.
pub async fn a_reservation_that_was_never_sent_expires<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 100), daily(2, 100)];
    let end = engine.granted_for(1, 5, &limits, MINUTE).await;
    engine
        .assert_ends(end, async || engine.used(1).await.count == 1)
        .await;
    assert_eq!(engine.used(2).await, Usage::default());
    engine.granted(2, 100, &limits).await;
}

/// What has expired counts nowhere, so it must not leave; another may have taken its room.
pub async fn a_reservation_that_has_expired_is_not_sent<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 10)];
    let end = engine.granted_for(1, 10, &limits, MINUTE).await;
    engine.wait_until(end.gone).await;
    engine.granted(2, 10, &limits).await;
    let sent = engine.store.mark_sent(id(1), None).await;
    assert_fails(sent, &StoreError::UnknownPayment);
    assert_eq!(engine.used(1).await, usage(10, 1));
}

/// What was sent in time counts on, whatever the reservation said.
pub async fn what_was_sent_does_not_expire<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 10)];
    let end = engine.granted_for(1, 10, &limits, MINUTE).await;
    engine.wait(MINUTE / 2).await;
    told(engine.store.mark_sent(id(1), None).await);
    engine.wait_until(end.gone).await;
    engine.wait(DAY / 2).await;
    assert_eq!(engine.used(1).await, usage(10, 1));
    told(engine.store.settle(id(1), None).await);
}

/// Marking as sent again is harmless, and takes nothing back that is known by then.
pub async fn marking_as_sent_again_changes_nothing<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let store = &engine.store;
    engine.sent(1, 10, &[daily(1, 100)]).await;
    told(store.mark_sent(id(1), None).await);
    assert_eq!(engine.used(1).await, usage(10, 1));
    told(store.mark_unknown(id(1)).await);
    told(store.mark_sent(id(1), None).await);
    let released = store.release(id(1)).await;
    assert_fails(released, &StoreError::UnknownPayment);
    assert_eq!(engine.used(1).await, usage(10, 1));
}

/// What nobody has reserved cannot be sent, settled, unknown or resolved.
pub async fn what_was_never_reserved_is_not_known<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let (store, unknown) = (&engine.store, StoreError::UnknownPayment);
    assert_fails(store.mark_sent(id(1), None).await, &unknown);
    assert_fails(store.settle(id(1), None).await, &unknown);
    assert_fails(store.mark_unknown(id(1)).await, &unknown);
    assert_fails(store.resolve(id(1), Resolution::Settled).await, &unknown);
    assert_fails(store.resolve(id(1), Resolution::Released).await, &unknown);
    told(store.release(id(1)).await);
    store.release_now(id(1));
}

/// Attack 21: a receipt for less lowers what an `upto` payment counts, and makes room for as much.
pub async fn attack_021_a_receipt_for_less_lowers_what_is_counted<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 100), daily(2, 100)];
    engine.sent(1, 100, &limits).await;
    told(engine.store.settle(id(1), Some(usd(30))).await);
    assert_eq!(engine.used(1).await, usage(30, 1));
    assert_eq!(engine.used(2).await, usage(30, 1));
    engine
        .refused(2, 71, &limits, 0, Quota::Amount(usd(70)))
        .await;
    engine.granted(2, 70, &limits).await;
}

/// A receipt without an amount leaves what was set aside.
pub async fn a_receipt_without_an_amount_counts_what_was_set_aside<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    engine.sent(1, 100, &[daily(1, 100)]).await;
    told(engine.store.settle(id(1), None).await);
    assert_eq!(engine.used(1).await, usage(100, 1));
}

/// A second receipt lowers nothing: it may only raise what is counted.
pub async fn a_second_receipt_may_only_raise_what_is_counted<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    engine.sent(1, 100, &[daily(1, 100)]).await;
    told(engine.store.settle(id(1), Some(usd(30))).await);
    for (receipt, counted) in [
        (Some(10), 30),
        (Some(0), 30),
        (None, 30),
        (Some(40), 40),
        (Some(30), 40),
    ] {
        told(engine.store.settle(id(1), receipt.map(usd)).await);
        assert_eq!(engine.used(1).await, usage(counted, 1), "after {receipt:?}");
    }
}

/// A receipt for more than was set aside counts in full, also where that is beyond the limit.
pub async fn a_receipt_for_more_counts_in_full<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 100)];
    engine.sent(1, 50, &limits).await;
    engine.sent(2, 1, &limits).await;
    told(engine.store.settle(id(1), Some(Usd::MAX)).await);
    assert_eq!(engine.used(1).await.amount, Usd::MAX);
    engine
        .refused(3, 1, &limits, 0, Quota::Amount(usd(0)))
        .await;
}

/// A receipt counts also where nobody said before that the payment was sent, and where nobody knew.
pub async fn a_receipt_counts_whatever_was_known_before<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let (store, limits) = (&engine.store, [daily(1, 100)]);
    engine.granted(1, 10, &limits).await;
    engine.sent(2, 10, &limits).await;
    told(store.mark_unknown(id(2)).await);
    for n in [1, 2] {
        told(store.settle(id(n), Some(usd(4))).await);
        // What is settled stays so.
        told(store.mark_unknown(id(n)).await);
        let released = store.resolve(id(n), Resolution::Released).await;
        assert_fails(released, &StoreError::UnknownPayment);
    }
    engine.wait(2 * HOUR).await;
    assert_eq!(engine.used(1).await, usage(8, 2));
}

/// What is unknown counts also where nobody said before that the payment was sent.
pub async fn what_is_unknown_does_not_expire<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    engine.granted(1, 10, &[daily(1, 100)]).await;
    told(engine.store.mark_unknown(id(1)).await);
    engine.wait(2 * HOUR).await;
    assert_eq!(engine.used(1).await, usage(10, 1));
}

/// Releasing frees all limits of a payment that did not leave, or was stopped on its way out; doing it again is harmless.
pub async fn what_did_not_leave_is_given_back_once<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 100), daily(2, 100)];
    for n in 1..=3 {
        engine.granted(n, 10, &limits).await;
    }
    told(engine.store.mark_sent(id(2), None).await);
    for n in [1, 2, 1, 2] {
        told(engine.store.release(id(n)).await);
    }
    assert_eq!(engine.used(1).await, usage(10, 1));
    assert_eq!(engine.used(2).await, usage(10, 1));
    let sent = engine.store.mark_sent(id(1), None).await;
    assert_fails(sent, &StoreError::UnknownPayment);
}

/// Attack 74: what may have settled is not given back, and says so.
pub async fn attack_074_what_may_have_settled_is_not_given_back<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let (store, limits) = (&engine.store, [daily(1, 100)]);
    engine.sent(1, 10, &limits).await;
    engine.sent(2, 10, &limits).await;
    told(store.mark_unknown(id(1)).await);
    told(store.settle(id(2), None).await);
    for n in [1, 2] {
        assert_fails(store.release(id(n)).await, &StoreError::UnknownPayment);
        store.release_now(id(n));
    }
    engine.wait(DAY / 2).await;
    assert_eq!(engine.used(1).await, usage(20, 2));
}

/// What is given back without waiting is free at once, or when its reservation ends.
pub async fn what_is_given_back_without_waiting_is_free_when_it_ends<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 10), daily(2, 10)];
    let end = engine.granted_for(1, 10, &limits, MINUTE).await;
    engine.store.release_now(id(1));
    engine.wait_until(end.gone).await;
    engine.granted(2, 10, &limits).await;
    assert_eq!(engine.used(1).await, usage(10, 1));
}

/// What somebody found out settles or frees what is open, and says so where it is not.
pub async fn what_is_open_is_resolved_both_ways<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let (store, limits) = (&engine.store, [daily(1, 100), daily(2, 100)]);
    for n in 1..=4 {
        engine.sent(n, 10, &limits).await;
    }
    told(store.mark_unknown(id(3)).await);
    told(store.mark_unknown(id(4)).await);
    for n in [1, 3] {
        told(store.resolve(id(n), Resolution::Settled).await);
        told(store.resolve(id(n), Resolution::Settled).await);
        let other = store.resolve(id(n), Resolution::Released).await;
        assert_fails(other, &StoreError::UnknownPayment);
    }
    for n in [2, 4] {
        told(store.resolve(id(n), Resolution::Released).await);
        let other = store.resolve(id(n), Resolution::Settled).await;
        assert_fails(other, &StoreError::UnknownPayment);
    }
    assert_eq!(engine.used(1).await, usage(20, 2));
    assert_eq!(engine.used(2).await, usage(20, 2));
}

/// What never left is not open, so there is nothing to resolve.
pub async fn what_was_never_sent_is_not_resolved<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    engine.granted(1, 10, &[daily(1, 100)]).await;
    for resolution in [Resolution::Settled, Resolution::Released] {
        let resolved = engine.store.resolve(id(1), resolution).await;
        assert_fails(resolved, &StoreError::UnknownPayment);
    }
    assert_eq!(engine.used(1).await, usage(10, 1));
    told(engine.store.mark_sent(id(1), None).await);
}

/// Attack 145: a reservation whose caller has gone away holds nothing for longer than until it expires.
pub async fn attack_145_a_dropped_reservation_is_free_when_it_ends<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    for polls in 0..4 {
        let limits = [daily(2 * polls, 10), daily(2 * polls + 1, 10)];
        let mut wish = Box::pin(engine.reserve(polls, 10, &limits));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..polls {
            if wish.as_mut().poll(&mut context).is_ready() {
                break;
            }
        }
        drop(wish);
        // An engine with a thread of its own may come to it later, and sets it aside for an hour from then on.
        let mut counted = true;
        for _ in 0..10 {
            engine.wait(2 * HOUR).await;
            let both = (
                engine.used(2 * polls).await,
                engine.used(2 * polls + 1).await,
            );
            counted = both != (Usage::default(), Usage::default());
            if !counted {
                break;
            }
        }
        assert!(!counted, "dropped after {polls} polls");
        engine.granted(100 + polls, 10, &limits).await;
    }
}
