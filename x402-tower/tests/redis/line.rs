//! Reservations that come while another is under way go together, and none depends on who else is in line.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinSet, yield_now};
use x402_tower::store::{Limit, LimitKey, Quota, RedisOptions, RedisStore, Reserved, StoreError};
use x402_tower::testing::RedisServer;

use crate::ground::{DAY, KEY, amount, connect, id, open, reserve, used};

/// Starts to reserve, and comes back when the reservation is in line or on its way.
async fn begin(
    store: &RedisStore,
    n: u64,
) -> tokio::task::JoinHandle<Result<Reserved, StoreError>> {
    let store = store.clone();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let task = tokio::spawn(async move {
        let limits = [amount(1_000)];
        let mut wish = pin!(reserve(&store, id(n), &limits));
        let first = futures_util::poll!(&mut wish);
        begun.send(()).unwrap();
        match first {
            std::task::Poll::Ready(answer) => answer,
            std::task::Poll::Pending => wish.await,
        }
    });
    has_begun.await.unwrap();
    task
}

#[tokio::test]
async fn who_has_the_turn_and_goes_away_passes_it_on() {
    let server = RedisServer::start();
    let store = open(&server).await;
    server.pause();
    let first = begin(&store, 1).await;
    let second = begin(&store, 2).await;
    let third = begin(&store, 3).await;
    first.abort();
    first.await.unwrap_err();
    // The second has the turn now, and takes the third along; then the third has it.
    yield_now().await;
    second.abort();
    second.await.unwrap_err();
    server.resume();
    assert_eq!(third.await.unwrap(), Ok(Reserved::Granted));
    assert_eq!(
        reserve(&store, id(4), &[amount(1_000)]).await,
        Ok(Reserved::Granted)
    );
}

#[tokio::test]
async fn who_goes_away_before_its_turn_reserves_nothing() {
    let server = RedisServer::start();
    let store = open(&server).await;
    server.pause();
    let mut begun = Vec::new();
    for n in 0..9 {
        begun.push(begin(&store, n).await);
    }
    for gone in begun.drain(3..6) {
        gone.abort();
        gone.await.unwrap_err();
    }
    server.resume();
    for stayed in begun {
        assert_eq!(stayed.await.unwrap(), Ok(Reserved::Granted));
    }
    assert_eq!(used(&store).await.count, 6);
}

#[tokio::test]
async fn everybody_in_line_is_denied_at_the_deadline() {
    let server = RedisServer::start();
    let options = RedisOptions::new("a test").deadline(Duration::from_millis(100));
    let store = connect(&server, options).await;
    server.pause();
    let mut begun = Vec::new();
    for n in 0..200 {
        begun.push(begin(&store, n).await);
    }
    for denied in begun {
        assert_eq!(denied.await.unwrap(), Err(StoreError::Unavailable));
    }
    server.resume();
    while reserve(&store, id(1_000), &[amount(10_000)]).await.is_err() {}
}

#[tokio::test]
async fn one_id_in_line_twice_is_reserved_once() {
    let server = RedisServer::start();
    let store = open(&server).await;
    server.pause();
    let first = begin(&store, 0).await;
    let twice = [begin(&store, 1).await, begin(&store, 1).await];
    server.resume();
    assert_eq!(first.await.unwrap(), Ok(Reserved::Granted));
    let mut answers = Vec::new();
    for task in twice {
        answers.push(task.await.unwrap());
    }
    let expected = [Ok(Reserved::Granted), Err(StoreError::UnknownPayment)];
    assert_eq!(answers, expected);
    assert_eq!(used(&store).await.count, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_that_differ_are_each_held_in_one_trip() {
    let server = RedisServer::start();
    let store = Arc::new(open(&server).await);
    let mut tasks = JoinSet::new();
    // Each of 40 keys has room for two, and all together for 60.
    for n in 0..400_u64 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let key = LimitKey::from_bytes([u8::try_from(100 + n % 40).unwrap(); 32]);
            let own = Limit::new(key, DAY, Quota::Count(2));
            let all = Limit::new(KEY, DAY, Quota::Count(60));
            let limits = if n % 2 == 0 { [own, all] } else { [all, own] };
            reserve(&store, id(n), &limits).await.unwrap() == Reserved::Granted
        });
    }
    let granted = tasks.join_all().await;
    assert_eq!(granted.iter().filter(|granted| **granted).count(), 60);
    assert_eq!(used(&store).await.count, 60);
}
