//! All limits in one step, or none.

use super::super::Subject;
use super::super::engine::{
    DAY, Engine, HOUR, MINUTE, assert_fails, daily, daily_count, id, limit_key, look_alikes, told,
    usage, usd,
};
use crate::payment::PaymentId;
use crate::store::{Ledger, Limit, LimitKey, Quota, Reservation, Reserved, StoreError, Usage};

/// A reservation counts under each of its limits, and nowhere else.
pub async fn a_reservation_counts_under_all_of_its_limits<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let hourly = Limit::new(limit_key(1), HOUR, Quota::Amount(usd(50)));
    engine
        .granted(1, 20, &[daily(1, 100), daily(2, 100), hourly])
        .await;
    assert_eq!(engine.used(1).await, usage(20, 1));
    assert_eq!(engine.used(2).await, usage(20, 1));
    assert_eq!(engine.used_in(limit_key(1), HOUR).await, usage(20, 1));
    assert_eq!(engine.used(3).await, Usage::default());
    assert_eq!(engine.used_in(limit_key(2), HOUR).await, Usage::default());
}

/// The limit that refuses is named with what is left under it, and nothing is taken under the others.
pub async fn a_limit_that_refuses_takes_nothing_under_the_others<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 100), daily(2, 30), daily(3, 100)];
    engine.granted(1, 20, &limits).await;
    engine
        .refused(2, 20, &limits, 1, Quota::Amount(usd(10)))
        .await;
    for n in 1..=3 {
        assert_eq!(engine.used(n).await, usage(20, 1), "limit {n}");
    }
    engine.granted(2, 10, &limits).await;
}

/// Attack 17: many small payments meet the limit when their sum does, to the last micro-dollar.
pub async fn attack_017_small_payments_meet_the_limit_when_their_sum_does<
    S: Subject<Store: Ledger>,
>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 50)];
    for n in 0..5 {
        engine.granted(n, 10, &limits).await;
    }
    for n in 5..10 {
        engine
            .refused(n, 1, &limits, 0, Quota::Amount(usd(0)))
            .await;
    }
}

/// A count is a limit of its own, whatever the amounts.
pub async fn a_count_is_met_whatever_the_amounts<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits = [daily_count(1, 2)];
    engine.granted(1, 0, &limits).await;
    engine.granted(2, 1_000_000_000, &limits).await;
    engine.refused(3, 0, &limits, 0, Quota::Count(0)).await;
}

/// A payment of nothing is counted, and fits where the amounts are used up.
pub async fn a_payment_of_nothing_is_counted<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 10)];
    engine.granted(1, 10, &limits).await;
    engine.granted(2, 0, &limits).await;
    assert_eq!(engine.used(1).await, usage(10, 2));
}

/// A limit of nothing lets nothing pass.
pub async fn a_limit_of_nothing_lets_nothing_pass<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    engine
        .refused(1, 1, &[daily(1, 0)], 0, Quota::Amount(usd(0)))
        .await;
    engine
        .refused(1, 1, &[daily_count(2, 0)], 0, Quota::Count(0))
        .await;
}

/// Two quotas over one window share it, and count a payment once.
pub async fn two_quotas_over_one_window_count_a_payment_once<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 100), daily_count(1, 2), daily(1, 60)];
    engine.granted(1, 20, &limits).await;
    assert_eq!(engine.used(1).await, usage(20, 1));
    engine
        .refused(2, 50, &limits, 2, Quota::Amount(usd(40)))
        .await;
    engine.granted(2, 40, &limits).await;
    engine
        .refused(
            3,
            1,
            &[daily(1, 100), daily_count(1, 2)],
            1,
            Quota::Count(0),
        )
        .await;
}

/// An id that is on the books is not reserved again, and what it counts stays as it is.
pub async fn one_id_is_reserved_once<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 100)];
    engine.granted(1, 20, &limits).await;
    let again = engine.reserve(1, 20, &limits).await;
    assert_fails(again, &StoreError::UnknownPayment);
    told(engine.store.mark_sent(id(1), None).await);
    let again = engine.reserve(1, 20, &[daily(2, 100)]).await;
    assert_fails(again, &StoreError::UnknownPayment);
    assert_eq!(engine.used(1).await, usage(20, 1));
    assert_eq!(engine.used(2).await, Usage::default());
}

/// What was refused took nothing, not even its id.
pub async fn what_was_refused_may_ask_again<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 10)];
    engine
        .refused(1, 20, &limits, 0, Quota::Amount(usd(10)))
        .await;
    engine.granted(1, 10, &limits).await;
}

/// A payment falls under at most [`Reservation::MAX_LIMITS`] limits; with more it is refused and counted nowhere.
pub async fn a_payment_falls_under_64_limits_at_most<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits: Vec<_> = (0..=64).map(|n| daily(n, 100)).collect();
    let refused = engine.reserve(1, 1, &limits).await;
    assert_fails(refused, &StoreError::Full);
    assert_eq!(engine.used(0).await, Usage::default());
    let (_, most) = limits.split_at(1);
    assert_eq!(most.len(), Reservation::MAX_LIMITS);
    engine.granted(1, 1, most).await;
    assert_eq!(engine.used(64).await, usage(1, 1));
}

/// Attack 66: of many that see room at the same moment only as many are granted as fit.
pub async fn attack_066_racers_share_a_budget_of_five<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let now = engine.now();
    let granted = engine
        .race(64, move |store, n| async move {
            // Two limits, named in another order by every second racer.
            let mut limits = [daily(1, 50), daily_count(2, 7)];
            if n % 2 == 0 {
                limits.reverse();
            }
            let expires = now.saturating_add(HOUR);
            let wish = Reservation::new(id(n), usd(10), &limits, now, expires);
            told(store.reserve(&wish).await) == Reserved::Granted
        })
        .await;
    assert_eq!(granted.iter().filter(|granted| **granted).count(), 5);
    assert_eq!(engine.used(1).await, usage(50, 5));
    assert_eq!(engine.used(2).await, usage(50, 5));
}

/// Attack 66: what has expired makes room for racers at once and for as many as fit, under all limits.
pub async fn attack_066_racers_share_what_has_expired<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    for round in 0..4 {
        let limits = [daily(2 * round, 32), daily(2 * round + 1, 32)];
        let ids = 1_000 * round;
        for n in 0..32 {
            let end = engine.granted_for(ids + n, 1, &limits, MINUTE).await;
            if n == 31 {
                engine.wait_until(end.gone).await;
            }
        }
        let now = engine.now();
        let granted = engine
            .race(64, move |store, n| async move {
                let expires = now.saturating_add(HOUR);
                let wish = Reservation::new(id(ids + 100 + n), usd(1), &limits, now, expires);
                told(store.reserve(&wish).await) == Reserved::Granted
            })
            .await;
        assert_eq!(granted.iter().filter(|granted| **granted).count(), 32);
        assert_eq!(engine.used(2 * round).await, usage(32, 32));
        assert_eq!(engine.used(2 * round + 1).await, usage(32, 32));
    }
}

/// Attack 81: keys that share their first or last bytes, or hold bytes that mean something elsewhere, count apart.
pub async fn attack_081_keys_that_look_alike_count_apart<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    for (n, key) in (0..).zip(look_alikes()) {
        let key = LimitKey::from_bytes(key);
        engine
            .granted(n, n, &[Limit::new(key, DAY, Quota::Count(1))])
            .await;
        assert_eq!(engine.used_in(key, DAY).await, usage(n, 1), "{key:?}");
    }
}

/// Attack 81: the same of the ids of payments.
pub async fn attack_081_ids_that_look_alike_are_apart<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 100)];
    let ids = [
        0,
        1,
        1 << 8,
        1 << 64,
        1 << 127,
        u128::MAX,
        u128::from_be_bytes(*b"{agent}:\r\n\0\\'--%"),
    ];
    let ids = ids.map(|id| PaymentId::from_bytes(id.to_be_bytes()));
    for id in ids {
        let now = engine.now();
        let wish = Reservation::new(id, usd(1), &limits, now, now.saturating_add(HOUR));
        assert_eq!(
            told(engine.store.reserve(&wish).await),
            Reserved::Granted,
            "{id}"
        );
    }
    for (released, id) in (1..).zip(ids) {
        told(engine.store.release(id).await);
        assert_eq!(engine.used(1).await.count, 7 - released, "{id}");
    }
}
