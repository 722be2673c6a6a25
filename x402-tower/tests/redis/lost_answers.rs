//! A step whose answer was lost is repeated, and counts once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use x402_tower::store::{
    Claim, ClaimKey, Claims, Ledger, Put, RedisOptions, RedisStore, RequestKey, Reserved,
    SignedPayments, StoreError,
};
use x402_tower::testing::RedisServer;

use crate::ground::{DAY, amount, id, open, reserve, start, used};

/// Between a store and its server: breaks the connection in place of passing an answer on, as often as it was told to.
struct Breaking {
    port: u16,
    answers: Arc<AtomicUsize>,
}

impl Breaking {
    async fn before(server: &RedisServer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers = Arc::new(AtomicUsize::new(0));
        let (to, left) = (server.port(), Arc::clone(&answers));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass_on(client, to, Arc::clone(&left)));
            }
        });
        Self { port, answers }
    }

    async fn open(&self) -> RedisStore {
        let url = format!("redis://127.0.0.1:{}", self.port);
        RedisStore::connect(&url, RedisOptions::new("a test"))
            .await
            .unwrap()
    }

    fn lose(&self, answers: usize) {
        self.answers.store(answers, Ordering::SeqCst);
    }
}

async fn pass_on(client: TcpStream, to: u16, lose: Arc<AtomicUsize>) {
    let server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
    let ((mut asking, mut asked), (mut answers, mut requests)) =
        (client.into_split(), server.into_split());
    let back = async {
        let mut bytes = vec![0; 65_536];
        while let Ok(read @ 1..) = answers.read(&mut bytes).await {
            let once = |left: usize| left.checked_sub(1);
            let lost = lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, once);
            if lost.is_ok() || asked.write_all(&bytes[..read]).await.is_err() {
                break;
            }
        }
    };
    // Whichever ends first ends both directions.
    tokio::select! {
        _ = tokio::io::copy(&mut asking, &mut requests) => {}
        () = back => {}
    }
}

#[tokio::test]
async fn a_reservation_is_counted_once() {
    let server = RedisServer::start();
    let between = Breaking::before(&server).await;
    let store = between.open().await;
    // The server is told the script first, so that each request has one answer.
    reserve(&store, id(0), &[amount(50)]).await.unwrap();
    for n in 1..5 {
        between.lose(1);
        let answer = reserve(&store, id(n), &[amount(50)]).await;
        assert_eq!(answer, Ok(Reserved::Granted));
    }
    assert_eq!(used(&store).await.count, 5);
    // Another call with the same id is none of these.
    let again = reserve(&store, id(4), &[amount(500)]).await;
    assert_eq!(again, Err(StoreError::UnknownPayment));
}

#[tokio::test]
async fn a_claim_is_taken_by_the_call_that_took_it() {
    let server = RedisServer::start();
    let between = Breaking::before(&server).await;
    let store = between.open().await;
    let until = start().saturating_add(DAY);
    let claim = |n| store.claim(ClaimKey::from_bytes([n; 32]), id(1), b"v", start(), until);
    assert_eq!(claim(0).await, Ok(Claim::Taken));
    between.lose(1);
    assert_eq!(claim(1).await, Ok(Claim::Taken));
    assert!(matches!(claim(1).await, Ok(Claim::Held { .. })));
}

#[tokio::test]
async fn a_signed_payment_is_put_by_the_call_that_put_it() {
    let server = RedisServer::start();
    let between = Breaking::before(&server).await;
    let store = between.open().await;
    let until = start().saturating_add(DAY);
    let key = RequestKey::from_bytes([1; 32]);
    let put = async |expected, value: &[u8]| match store
        .put(key, expected, value, start(), until)
        .await
    {
        Ok(Put::Done(revision)) => revision,
        other => panic!("{other:?}"),
    };
    let mut revision = put(None, b"0").await;
    for value in [b"1", b"2", b"3"] {
        between.lose(1);
        revision = put(Some(revision), value).await;
        let kept = store.load(key, start()).await.unwrap().unwrap();
        assert_eq!((kept.revision, kept.value), (revision, value.to_vec()));
    }
}

#[tokio::test]
async fn a_payment_goes_through_its_states_once() {
    let server = RedisServer::start();
    let between = Breaking::before(&server).await;
    let store = between.open().await;
    let direct = open(&server).await;
    for n in 0..3 {
        reserve(&direct, id(n), &[amount(50)]).await.unwrap();
    }
    store.mark_sent(id(0), None).await.unwrap();
    between.lose(1);
    store.mark_sent(id(1), None).await.unwrap();
    store.settle(id(0), None).await.unwrap();
    between.lose(1);
    let cents = x402_tower::Usd::from_micros(1);
    store.settle(id(1), Some(cents)).await.unwrap();
    store.release(id(9)).await.unwrap();
    between.lose(1);
    store.release(id(2)).await.unwrap();
    let used = used(&store).await;
    assert_eq!((used.amount.micros(), used.count), (100_001, 2));
}

#[tokio::test]
async fn what_may_not_run_twice_is_not_repeated() {
    let server = RedisServer::start();
    let between = Breaking::before(&server).await;
    let store = between.open().await;
    let until = start().saturating_add(DAY);
    let key = ClaimKey::from_bytes([1; 32]);
    store.give_back(key, id(1)).await.unwrap();
    store.claim(key, id(1), b"", start(), until).await.unwrap();
    between.lose(1);
    let answer = store.give_back(key, id(1)).await;
    assert_eq!(answer, Err(StoreError::Unavailable));
    // It was done: the answer is what was lost.
    while store.read(key, start()).await.unwrap().is_some() {}
}

#[tokio::test]
async fn a_connection_that_breaks_again_and_again_denies_before_the_deadline() {
    let server = RedisServer::start();
    let between = Breaking::before(&server).await;
    let store = between.open().await;
    between.lose(usize::MAX);
    let limits = [amount(50)];
    let answer = reserve(&store, id(1), &limits);
    let answer = tokio::time::timeout(Duration::from_secs(60), answer);
    assert_eq!(answer.await.unwrap(), Err(StoreError::Unavailable));
}
