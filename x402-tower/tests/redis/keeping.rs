//! What is kept, and for how long.

use std::time::Duration;

use x402_tower::store::{Claim, ClaimKey, Claims, Ledger, Quota, Reserved, StoreError, Usage};
use x402_tower::testing::RedisServer;

use crate::ground::{DAY, amount, cents, id, open, reserve, start, timed, used};

#[tokio::test]
async fn a_limit_lets_exactly_what_fits() {
    let server = RedisServer::start();
    let store = open(&server).await;
    for n in 0..5 {
        let answer = reserve(&store, id(n), &[amount(50)]).await;
        assert_eq!(answer, Ok(Reserved::Granted), "{n}");
    }
    let left = reserve(&store, id(5), &[amount(55)]).await.unwrap();
    let Reserved::Refused { limit: 0, left } = left else {
        panic!("{left:?}")
    };
    assert_eq!(left, Quota::Amount(cents(5)));
    assert_eq!(used(&store).await, Usage::new(cents(50), 5));
}

#[tokio::test]
async fn a_payment_counts_until_its_window_has_passed() {
    let server = RedisServer::start();
    let (store, clock) = timed(&server).await;
    reserve(&store, id(1), &[amount(10)]).await.unwrap();
    store.mark_sent(id(1), None).await.unwrap();
    store.settle(id(1), Some(cents(4))).await.unwrap();
    assert_eq!(used(&store).await, Usage::new(cents(4), 1));
    clock.advance(DAY);
    assert_eq!(used(&store).await, Usage::new(cents(4), 1));
    clock.advance(DAY / 60);
    assert_eq!(used(&store).await, Usage::default());
    assert_eq!(
        reserve(&store, id(2), &[amount(10)]).await,
        Ok(Reserved::Granted)
    );
    assert_eq!(used(&store).await, Usage::new(cents(10), 1));
}

#[tokio::test]
async fn a_reservation_counts_up_to_its_end_and_no_longer() {
    let server = RedisServer::start();
    let (store, clock) = timed(&server).await;
    for n in 0..700 {
        reserve(&store, id(n), &[amount(7000)]).await.unwrap();
    }
    clock.advance(Duration::from_secs(60));
    assert_eq!(used(&store).await.count, 700);
    clock.advance(Duration::from_millis(1));
    assert_eq!(
        reserve(&store, id(1000), &[amount(10)]).await,
        Ok(Reserved::Granted)
    );
    assert_eq!(used(&store).await, Usage::new(cents(10), 1));
    assert_eq!(
        store.mark_sent(id(1), None).await,
        Err(StoreError::UnknownPayment)
    );
}

#[tokio::test]
async fn a_claim_is_held_to_the_millisecond() {
    let server = RedisServer::start();
    let (store, clock) = timed(&server).await;
    let key = ClaimKey::from_bytes([1; 32]);
    let until = start().saturating_add(Duration::from_secs(1));
    let claim = |n| store.claim(key, id(n), b"a\0}\r\nvalue", start(), until);
    assert_eq!(claim(1).await, Ok(Claim::Taken));
    clock.advance(Duration::from_secs(1));
    let held = Claim::Held {
        holder: id(1),
        value: b"a\0}\r\nvalue".to_vec(),
    };
    assert_eq!(claim(1).await, Ok(held));
    assert_eq!(
        store.read(key, start()).await,
        Ok(Some(b"a\0}\r\nvalue".to_vec()))
    );
    clock.advance(Duration::from_millis(1));
    assert_eq!(store.read(key, start()).await, Ok(None));
    assert_eq!(claim(2).await, Ok(Claim::Taken));
}
