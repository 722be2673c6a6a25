//! Whose clock counts.

use std::time::Duration;

use x402_tower::store::{
    Claim, ClaimKey, Claims, Ledger, Limit, Quota, Reservation, Reserved, StoreError,
};
use x402_tower::testing::{ManualClock, RedisServer};
use x402_tower::{Clock, SystemClock, UnixMillis};

use crate::ground::{DAY, KEY, amount, cents, id, open, reserve, start, timed, used};

const TEN_MINUTES: u64 = 600_000;

fn system() -> u64 {
    SystemClock::new().now().unwrap().as_millis()
}

/// Callers whose clocks are ten minutes ahead and behind.
fn callers() -> [UnixMillis; 3] {
    let now = system();
    [now + TEN_MINUTES, now, now - TEN_MINUTES].map(UnixMillis::from_millis)
}

#[tokio::test]
async fn attack_078_callers_with_clocks_apart_share_one_window() {
    let server = RedisServer::start();
    let store = open(&server).await;
    let limits = [Limit::new(KEY, Duration::from_secs(60), Quota::Count(3))];
    for (n, now) in (0..).zip(callers()) {
        let soon = now.saturating_add(Duration::from_secs(30));
        let wish = Reservation::new(id(n), cents(1), &limits, now, soon);
        assert_eq!(store.reserve(&wish).await, Ok(Reserved::Granted));
        store.mark_sent(id(n), None).await.unwrap();
    }
    for now in callers() {
        let wish = Reservation::new(id(9), cents(1), &limits, now, now);
        let answer = store.reserve(&wish).await.unwrap();
        assert!(matches!(answer, Reserved::Refused { .. }), "{now:?}");
        let used = store.usage(KEY, Duration::from_secs(60), now).await;
        assert_eq!(used.unwrap().count, 3);
    }
}

#[tokio::test]
async fn attack_078_a_claim_is_never_cut_short_by_a_callers_clock() {
    let server = RedisServer::start();
    let store = open(&server).await;
    // The authorization can be settled for another hour, by whatever clock.
    let until = UnixMillis::from_millis(system() + 6 * TEN_MINUTES);
    for (n, now) in (0..).zip(callers()) {
        let key = ClaimKey::from_bytes([u8::try_from(n).unwrap(); 32]);
        assert_eq!(
            store.claim(key, id(n), b"", now, until).await,
            Ok(Claim::Taken)
        );
        for now in callers() {
            let answer = store.claim(key, id(9), b"", now, until).await.unwrap();
            assert!(matches!(answer, Claim::Held { .. }), "{now:?}");
        }
        let remains: u64 = server
            .ask(&[
                "EVAL",
                "return redis.call('PTTL', redis.call('KEYS', '*:claim:*')[1])",
                "0",
            ])
            .trim_start_matches(':')
            .parse()
            .unwrap();
        assert!(remains > 5 * TEN_MINUTES, "{remains}");
        server.ask(&["FLUSHALL"]);
    }
}

#[tokio::test]
async fn attack_077_a_server_clock_that_steps_back_frees_nothing() {
    let server = RedisServer::start();
    let (store, clock) = timed(&server).await;
    for n in 0..2 {
        reserve(&store, id(n), &[amount(20)]).await.unwrap();
        store.mark_sent(id(n), None).await.unwrap();
    }
    clock.set(UnixMillis::from_millis(start().as_millis() - TEN_MINUTES));
    let answer = reserve(&store, id(2), &[amount(20)]).await.unwrap();
    assert!(matches!(answer, Reserved::Refused { .. }));
    // What is reserved at the earlier time does not leave before what was there.
    reserve(&store, id(2), &[amount(30)]).await.unwrap();
    store.mark_sent(id(2), None).await.unwrap();
    let last = start().saturating_add(DAY);
    clock.set(UnixMillis::from_millis(last.as_millis() - 1));
    assert_eq!(used(&store).await.count, 3);
}

#[tokio::test]
async fn a_clock_that_cannot_tell_the_time_denies() {
    let server = RedisServer::start();
    let clock = ManualClock::missing();
    let options = x402_tower::store::RedisOptions::new("a test").test_clock(clock);
    let store = crate::ground::connect(&server, options).await;
    let answer = reserve(&store, id(1), &[amount(20)]).await;
    assert_eq!(answer, Err(StoreError::Unavailable));
}
