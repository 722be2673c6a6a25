//! When a payment leaves its windows: never early, and at most one bucket late.

use std::time::Duration;

use super::super::Subject;
use super::super::engine::{
    DAY, End, Engine, HOUR, MINUTE, daily, earlier, id, later, limit_key, told, usage, usd,
};
use crate::clock::UnixMillis;
use crate::store::{Ledger, Limit, Quota, Reach, Reservation, Reserved, Usage};

const WINDOWS: [Duration; 6] = [
    Limit::MIN_WINDOW,
    // A length that the buckets do not divide.
    Duration::from_millis(3_333),
    MINUTE,
    HOUR,
    DAY,
    Duration::from_secs(30 * 86_400),
];

/// The length of a bucket in milliseconds, rounded up.
pub(crate) fn bucket_millis(window: Duration) -> u64 {
    let millis = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
    millis.div_ceil(Limit::BUCKETS)
}

/// A payment counts for the whole of its window, wherever in a bucket it was made, and is gone at most one bucket later.
pub async fn a_payment_leaves_its_window_never_early_and_a_64th_late_at_most<
    S: Subject<Store: Ledger>,
>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    for (n, window) in (0..).zip(WINDOWS.iter().cycle()).take(3 * WINDOWS.len()) {
        let (key, bucket) = (limit_key(n), bucket_millis(*window));
        // Somewhere else in a bucket each time.
        engine
            .wait(Duration::from_millis(bucket * n / 17 + n))
            .await;
        let before = engine.now();
        engine
            .sent(n, 1, &[Limit::new(key, *window, Quota::Count(1))])
            .await;
        let after = engine.now();
        let end = End {
            last: earlier(before.saturating_add(*window), Duration::from_millis(1)),
            gone: later(after.saturating_add(*window), bucket),
        };
        engine
            .assert_ends(end, async || engine.used_in(key, *window).await.count == 1)
            .await;
        assert_eq!(engine.used_in(key, *window).await, Usage::default());
    }
}

/// Several windows of one key roll each by itself.
pub async fn several_windows_roll_each_by_itself<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let key = limit_key(1);
    let hour = Limit::new(key, HOUR, Quota::Amount(usd(20)));
    let limits = [hour, daily(1, 50)];
    for n in [1, 2] {
        engine.sent(n, 20, &limits).await;
        engine
            .refused(9, 20, &limits, 0, Quota::Amount(usd(0)))
            .await;
        engine.wait(HOUR + 2 * MINUTE).await;
        assert_eq!(engine.used_in(key, HOUR).await, Usage::default());
        assert_eq!(engine.used(1).await, usage(20 * n, n));
    }
    engine
        .refused(9, 20, &limits, 1, Quota::Amount(usd(10)))
        .await;
    engine.wait(DAY).await;
    engine.granted(9, 20, &limits).await;
}

/// What has left makes room, and only as much as has left.
pub async fn what_has_left_makes_room_for_as_much<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 50)];
    engine.sent(1, 20, &limits).await;
    engine.wait(DAY / 2).await;
    engine.sent(2, 30, &limits).await;
    engine.wait(DAY / 2 + HOUR).await;
    engine
        .refused(3, 21, &limits, 0, Quota::Amount(usd(20)))
        .await;
    engine.granted(3, 20, &limits).await;
}

/// A window below [`Limit::MIN_WINDOW`] counts as that long, and is the same window.
pub async fn a_window_below_a_second_counts_as_a_second<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let key = limit_key(1);
    let before = engine.now();
    engine
        .sent(1, 1, &[Limit::new(key, Duration::ZERO, Quota::Count(1))])
        .await;
    let after = engine.now();
    let end = End {
        last: later(before, 999),
        gone: later(after, 1_000 + bucket_millis(Limit::MIN_WINDOW)),
    };
    for length in [Duration::from_millis(1), Limit::MIN_WINDOW] {
        let used = engine.used_in(key, length).await;
        assert!(used == usage(1, 1) || engine.now() > end.last, "{length:?}");
    }
    engine
        .assert_ends(end, async || {
            engine.used_in(key, Duration::ZERO).await.count == 1
        })
        .await;
}

/// A window longer than time can be written does not let go, and overflows nowhere.
pub async fn a_window_without_end_never_lets_go<S: Subject<Store: Ledger>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let limits = [Limit::new(limit_key(1), Duration::MAX, Quota::Count(1))];
    engine.sent(1, 1, &limits).await;
    engine.wait(DAY * 3_650).await;
    engine.refused(2, 1, &limits, 0, Quota::Count(0)).await;
}

/// Attack 77: a caller whose clock steps back frees nothing.
pub async fn attack_077_a_clock_that_steps_back_frees_nothing<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let limits = [daily(1, 10)];
    engine.sent(1, 10, &limits).await;
    let now = engine.now();
    for moment in [
        earlier(now, MINUTE),
        earlier(now, 3 * DAY),
        UnixMillis::default(),
    ] {
        let expires = moment.saturating_add(HOUR);
        let wish = Reservation::new(id(2), usd(1), &limits, moment, expires);
        let answer = told(engine.store.reserve(&wish).await);
        assert!(matches!(answer, Reserved::Refused { .. }), "{moment:?}");
        let used = told(engine.store.usage(limit_key(1), DAY, moment).await);
        assert_eq!(used, usage(10, 1), "{moment:?}");
    }
    assert_eq!(engine.used(1).await, usage(10, 1));
}

/// Attack 77: nor does it cut short what is set aside by a caller whose clock is behind another's.
pub async fn attack_077_a_slow_clock_does_not_shorten_a_reservation<S: Subject<Store: Ledger>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    assert_eq!(engine.used(1).await, Usage::default());
    let slow = earlier(engine.now(), 10 * MINUTE);
    let limits = [daily(1, 10)];
    let wish = Reservation::new(id(1), usd(1), &limits, slow, slow.saturating_add(MINUTE));
    assert_eq!(told(engine.store.reserve(&wish).await), Reserved::Granted);
    assert_eq!(engine.used(1).await, usage(1, 1));
    told(engine.store.mark_sent(id(1), None).await);
}

/// Attack 78: where machines share the store its own clock counts, and callers that are ahead or behind change nothing.
pub async fn attack_078_clocks_that_differ_between_machines_change_nothing<
    S: Subject<Store: Ledger>,
>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    if engine.store.reach() != Reach::Network {
        return;
    }
    let limits = [Limit::new(limit_key(1), MINUTE, Quota::Count(1))];
    engine.sent(1, 1, &limits).await;
    let now = engine.now();
    for moment in [now.saturating_add(10 * MINUTE), earlier(now, 10 * MINUTE)] {
        let wish = Reservation::new(
            id(2),
            usd(1),
            &limits,
            moment,
            moment.saturating_add(MINUTE),
        );
        let answer = told(engine.store.reserve(&wish).await);
        assert!(matches!(answer, Reserved::Refused { .. }), "{moment:?}");
    }
}
