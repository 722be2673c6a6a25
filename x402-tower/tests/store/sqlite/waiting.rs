//! Callers that go away, and answers that do not come.

use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use x402_tower::store::{Claim, ClaimKey, Claims, Ledger, SqliteStore, StoreError, Usage};

use super::{Place, START, at, id, reserve_a_cent, send_a_cent, used};

#[tokio::test]
async fn attack_145_a_dropped_reservation_leaves_nothing() {
    let place = Place::new();
    let store = place.open();
    for n in 0..50 {
        // Polled once, so that it waits for its turn, is being done, or is done when it is dropped.
        let answer = reserve_a_cent(&store, n, START).now_or_never();
        assert_eq!(answer, None);
        if n % 2 == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(used(&store, START).await, Usage::default());
    }
}

#[tokio::test]
async fn attack_145_a_dropped_claim_leaves_nothing() {
    let place = Place::new();
    let store = place.open();
    let key = ClaimKey::from_bytes([1; 32]);
    for n in 0..50 {
        let claim = |n| store.claim(key, id(n), b"", at(START), at(START + 9));
        assert_eq!(claim(n).now_or_never(), None);
        assert_eq!(claim(1000).await, Ok(Claim::Taken));
        store.give_back(key, id(1000)).await.unwrap();
    }
}

#[tokio::test]
async fn attack_072_a_lock_that_another_holds_too_long_denies() {
    let place = Place::new();
    let quick = SqliteStore::options().deadline(Duration::from_millis(50));
    let store = quick.open(place.path()).unwrap();
    let other = place.raw();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(
        reserve_a_cent(&store, 1, START).await,
        Err(StoreError::Unavailable)
    );
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(
        used(&store, START).await,
        Usage::default(),
        "nothing came late"
    );
    send_a_cent(&store, 2, START).await;
}

#[tokio::test]
async fn what_is_given_back_without_waiting_is_given_back() {
    let place = Place::new();
    let store = place.open();
    reserve_a_cent(&store, 1, START).await.unwrap();
    store.release_now(id(1));
    assert_eq!(used(&store, START).await, Usage::default());
    let key = ClaimKey::from_bytes([1; 32]);
    let claim = |n| store.claim(key, id(n), b"", at(START), at(START + 9));
    assert_eq!(claim(1).await, Ok(Claim::Taken));
    store.give_back_now(key, id(1));
    assert_eq!(claim(2).await, Ok(Claim::Taken));
}

#[tokio::test]
async fn a_step_that_is_refused_does_not_undo_those_that_share_its_commit() {
    let place = Place::new();
    let store = place.open();
    // While another holds the lock all of them wait for one transaction.
    let other = place.raw();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let together = async {
        let reserve = |n| reserve_a_cent(&store, n, START);
        let settle = store.settle(id(77), None);
        let unlock = async { other.execute_batch("ROLLBACK").unwrap() };
        futures_util::join!(reserve(1), settle, reserve(1), reserve(2), unlock)
    };
    let (first, unknown, again, second, ()) = together.await;
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(unknown, Err(StoreError::UnknownPayment));
    assert_eq!(again, Err(StoreError::UnknownPayment));
    assert_eq!(used(&store, START).await.count, 2);
}

#[tokio::test]
async fn attack_072_a_full_queue_denies_at_once() {
    let place = Place::new();
    let store = place.open();
    let other = place.raw();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut waiting: FuturesUnordered<_> = (0..10_000)
        .map(|n| reserve_a_cent(&store, n, START))
        .collect();
    // Nothing can be granted before the lock is free.
    assert_eq!(waiting.next().await, Some(Err(StoreError::Unavailable)));
    drop(waiting);
    other.execute_batch("ROLLBACK").unwrap();
    while store.release(id(1)).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(used(&store, START).await, Usage::default());
}
