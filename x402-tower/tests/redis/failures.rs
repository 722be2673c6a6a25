//! A server that fails denies, and is used again when it has recovered.

use std::time::Duration;

use x402_tower::store::{
    Claim, ClaimKey, Claims, Ledger, RedisOptions, RequestKey, Reserved, SignedPayments, StoreError,
};
use x402_tower::testing::RedisServer;

use crate::ground::{amount, cents, connect, id, open, reserve, start, used};

#[tokio::test]
async fn attack_080_a_server_that_is_down_denies_every_step() {
    let mut server = RedisServer::start();
    let store = open(&server).await;
    server.kill();
    let (key, request) = (
        ClaimKey::from_bytes([1; 32]),
        RequestKey::from_bytes([1; 32]),
    );
    let down = StoreError::Unavailable;
    let reserved = reserve(&store, id(1), &[amount(10)]).await;
    assert_eq!(reserved, Err(down.clone()));
    let claimed = store.claim(key, id(1), b"", start(), start()).await;
    assert_eq!(claimed, Err(down.clone()));
    assert_eq!(store.read(key, start()).await, Err(down.clone()));
    assert_eq!(store.give_back(key, id(1)).await, Err(down.clone()));
    assert_eq!(store.load(request, start()).await, Err(down.clone()));
    let put = store.put(request, None, b"", start(), start()).await;
    assert_eq!(put, Err(down.clone()));
    assert_eq!(store.mark_sent(id(1), None).await, Err(down.clone()));
    assert_eq!(store.settle(id(1), None).await, Err(down.clone()));
    assert_eq!(store.release(id(1)).await, Err(down.clone()));
    assert_eq!(store.entry(id(1)).await, Err(down));
    store.release_now(id(1));
    store.give_back_now(key, id(1));
}

#[tokio::test]
async fn a_server_that_was_restarted_goes_on_with_what_it_had() {
    let mut server = RedisServer::start_durable();
    let store = open(&server).await;
    for n in 0..4 {
        reserve(&store, id(n), &[amount(50)]).await.unwrap();
        server.restart();
    }
    assert_eq!(used(&store).await.count, 4);
    let answer = reserve(&store, id(4), &[amount(50)]).await;
    assert_eq!(answer, Ok(Reserved::Granted));
    let answer = reserve(&store, id(5), &[amount(50)]).await.unwrap();
    assert!(matches!(answer, Reserved::Refused { .. }));
}

#[tokio::test]
async fn attack_080_a_server_that_is_paused_denies_at_the_deadline_and_counts_nothing_twice() {
    let server = RedisServer::start();
    let options = RedisOptions::new("a test").deadline(Duration::from_millis(50));
    let store = connect(&server, options).await;
    reserve(&store, id(1), &[amount(50)]).await.unwrap();
    server.pause();
    for n in 2..4 {
        let answer = reserve(&store, id(n), &[amount(50)]).await;
        assert_eq!(answer, Err(StoreError::Unavailable));
    }
    server.resume();
    while reserve(&store, id(4), &[amount(50)]).await.is_err() {}
    // What was sent to it while it was paused may count, each once.
    let count = used(&store).await.count;
    assert!((2..=4).contains(&count), "{count}");
}

#[tokio::test]
async fn scripts_that_the_server_forgets_are_sent_again_within_the_step() {
    let server = RedisServer::start();
    let store = open(&server).await;
    for n in 0..3 {
        server.flush_scripts();
        reserve(&store, id(n), &[amount(50)]).await.unwrap();
        server.flush_scripts();
        store.mark_sent(id(n), None).await.unwrap();
    }
    assert_eq!(used(&store).await.count, 3);
}

#[tokio::test]
async fn attack_080_a_server_that_takes_no_writes_denies() {
    let server = RedisServer::start();
    let store = open(&server).await;
    reserve(&store, id(1), &[amount(50)]).await.unwrap();
    server.ask(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
    let answer = reserve(&store, id(2), &[amount(50)]).await;
    assert_eq!(answer, Err(StoreError::Unavailable));
    server.ask(&["CONFIG", "SET", "min-replicas-to-write", "0"]);
    assert_eq!(used(&store).await.count, 1);
    reserve(&store, id(2), &[amount(50)]).await.unwrap();
}

#[tokio::test]
async fn attack_082_a_server_without_memory_is_full_and_forgets_nothing() {
    let server = RedisServer::start();
    let store = open(&server).await;
    let claim = |n: u8| {
        let key = ClaimKey::from_bytes([n; 32]);
        store.claim(
            key,
            id(1),
            b"",
            start(),
            start().saturating_add(Duration::from_secs(60)),
        )
    };
    assert_eq!(claim(1).await, Ok(Claim::Taken));
    server.ask(&["CONFIG", "SET", "maxmemory", "1"]);
    let until = start().saturating_add(Duration::from_secs(60));
    let key = RequestKey::from_bytes([1; 32]);
    let put = store.put(key, None, b"", start(), until).await;
    assert_eq!(put, Err(StoreError::Full));
    let reserved = reserve(&store, id(1), &[amount(10)]).await;
    assert_eq!(reserved, Err(StoreError::Full));
    assert_eq!(claim(2).await, Err(StoreError::Full));
    let first = store.read(ClaimKey::from_bytes([1; 32]), start()).await;
    assert_eq!(first, Ok(Some(Vec::new())));
}

#[tokio::test]
async fn what_another_program_left_in_its_place_is_not_taken_for_a_ledger() {
    let server = RedisServer::start();
    let store = open(&server).await;
    reserve(&store, id(1), &[amount(50)]).await.unwrap();
    let book = server.ask(&["KEYS", "*:book:*"]);
    server.ask(&["HSET", &book, "m", "something else"]);
    let answer = reserve(&store, id(2), &[amount(50)]).await;
    assert_eq!(answer, Err(StoreError::Unreadable));
    server.ask(&["DEL", &book]);
    server.ask(&["SET", &book, "something else"]);
    let answer = reserve(&store, id(2), &[amount(50)]).await;
    assert_eq!(answer, Err(StoreError::Unreadable));
}

#[test]
fn a_store_outlives_the_runtime_that_it_was_opened_in() {
    let server = RedisServer::start();
    let runtime = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap()
    };
    let store = runtime().block_on(open(&server));
    for n in 0..3 {
        let answer = runtime().block_on(reserve(&store, id(n), &[amount(50)]));
        assert_eq!(answer, Ok(Reserved::Granted));
    }
    // Nobody to do it: nothing happens, and nothing breaks.
    store.release_now(id(1));
    let used = runtime().block_on(used(&store));
    assert_eq!((used.amount, used.count), (cents(30), 3));
}

#[tokio::test]
async fn what_is_given_back_without_waiting_is_free_soon() {
    let server = RedisServer::start();
    let store = open(&server).await;
    let key = ClaimKey::from_bytes([1; 32]);
    reserve(&store, id(1), &[amount(50)]).await.unwrap();
    let until = start().saturating_add(Duration::from_secs(60));
    store.claim(key, id(1), b"", start(), until).await.unwrap();
    store.release_now(id(1));
    store.give_back_now(key, id(1));
    while used(&store).await.count > 0 || store.read(key, start()).await.unwrap().is_some() {}
}
