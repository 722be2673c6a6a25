//! Sums near the end of the numbers.

use super::super::Subject;
use super::super::engine::{
    Engine, HOUR, assert_fails, daily, daily_count, id, limit_key, told, usage, usd,
};
use crate::money::Usd;
use crate::store::{Ledger, Limit, Quota, Reserved, StoreError};

/// Sums are exact also where a 64-bit float would round and a signed number would turn over.
pub async fn sums_are_exact_to_the_last_micro_dollar<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    for (n, large) in (0..).zip([1 << 53, (1 << 62) - 1, i64::MAX.unsigned_abs(), 1 << 63]) {
        let (first, limits) = (10 * n, [daily(n, large + 2)]);
        engine.sent(first, large, &limits).await;
        engine
            .refused(first + 1, 3, &limits, 0, Quota::Amount(usd(2)))
            .await;
        engine.granted(first + 1, 1, &limits).await;
        assert_eq!(engine.used(n).await, usage(large + 1, 2));
        engine.granted(first + 2, 1, &limits).await;
        engine
            .refused(first + 3, 1, &limits, 0, Quota::Amount(usd(0)))
            .await;
        told(engine.store.release(id(first)).await);
        assert_eq!(engine.used(n).await, usage(2, 2));
    }
}

/// Attack 7: the largest amount is counted, and does not turn over.
pub async fn attack_007_the_largest_amount_does_not_turn_over<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let most = u64::MAX - 1;
    let limits = [daily(1, u64::MAX)];
    engine.granted(1, most, &limits).await;
    for micros in [2, most, u64::MAX] {
        engine
            .refused(2, micros, &limits, 0, Quota::Amount(usd(1)))
            .await;
    }
    assert_eq!(engine.used(1).await, usage(most, 1));
}

/// Attack 7: a sum that cannot be written is refused also where only payments are counted, and nothing is taken.
pub async fn attack_007_a_sum_that_cannot_be_written_is_refused<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let limits = [daily_count(1, 9)];
    engine.granted(1, u64::MAX, &limits).await;
    let beyond = engine
        .reserve(2, 1, &[daily(2, 10), daily_count(1, 9)])
        .await;
    assert_fails(beyond, &StoreError::Overflow);
    assert_eq!(engine.used(1).await, usage(u64::MAX, 1));
    assert_eq!(engine.used(2).await, usage(0, 0));
}

/// Attack 7: receipts that add up beyond what can be written let nothing more pass, and can be taken away again.
pub async fn attack_007_receipts_beyond_the_numbers_let_nothing_pass<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let key = limit_key(1);
    let hour = Limit::new(key, HOUR, Quota::Amount(Usd::MAX));
    for n in [1, 2] {
        engine.sent(n, 1, &[hour]).await;
        told(engine.store.mark_unknown(id(n)).await);
    }
    for n in [1, 2] {
        told(engine.store.settle(id(n), Some(Usd::MAX)).await);
    }
    assert_eq!(engine.used_in(key, HOUR).await, usage(u64::MAX, 2));
    let answer = engine.reserve(3, 1, &[hour]).await;
    assert!(!matches!(answer, Ok(Reserved::Granted)), "{answer:?}");
    engine.wait(2 * HOUR).await;
    engine.granted(3, 1, &[hour]).await;
    assert_eq!(engine.used_in(key, HOUR).await, usage(1, 1));
}
