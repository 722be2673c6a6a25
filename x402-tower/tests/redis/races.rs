//! Many that want the same money, while the server is paused, killed and told to forget its scripts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use x402_tower::store::{Ledger, RedisOptions, RedisStore, Reservation, Reserved, StoreError};
use x402_tower::testing::RedisServer;

use crate::ground::{amount, cents, connect, id, start, used};

const BUDGET: u64 = 5;

struct Race {
    stores: Vec<RedisStore>,
    /// The number of the next payment.
    next: AtomicU64,
    /// Payments that were sent.
    sent: AtomicU64,
    calm: AtomicBool,
}

impl Race {
    /// Reserves for half a second, and marks as sent what it got; again and again, until the budget is used up.
    async fn run(&self, racer: usize) {
        let store = &self.stores[racer % self.stores.len()];
        let limits = [amount(BUDGET * 10)];
        loop {
            let id = id(self.next.fetch_add(1, Ordering::SeqCst));
            let soon = start().saturating_add(Duration::from_millis(500));
            let wish = Reservation::new(id, cents(10), &limits, start(), soon);
            match store.reserve(&wish).await {
                Ok(Reserved::Granted) => {
                    if sent(store, id).await {
                        self.sent.fetch_add(1, Ordering::SeqCst);
                        return;
                    }
                }
                Ok(_)
                    if self.calm.load(Ordering::SeqCst)
                        && self.sent.load(Ordering::SeqCst) >= BUDGET =>
                {
                    return;
                }
                Ok(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                Err(error) => assert_eq!(error, StoreError::Unavailable),
            }
        }
    }
}

/// Whether it is on the books as sent; asked until there is an answer.
async fn sent(store: &RedisStore, id: x402_tower::PaymentId) -> bool {
    loop {
        match store.mark_sent(id, None).await {
            Ok(()) => return true,
            Err(StoreError::UnknownPayment) => return false,
            Err(error) => assert_eq!(error, StoreError::Unavailable),
        }
    }
}

fn disturb(server: &mut RedisServer) {
    for _ in 0..4 {
        server.flush_scripts();
        server.pause();
        std::thread::sleep(Duration::from_millis(150));
        server.resume();
        server.flush_scripts();
        server.restart();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_066_200_tasks_share_a_budget_for_five_whatever_happens_to_the_server() {
    let mut server = RedisServer::start_durable();
    let mut stores = Vec::new();
    for _ in 0..4 {
        let options = RedisOptions::new("a test").deadline(Duration::from_millis(100));
        stores.push(connect(&server, options).await);
    }
    let race = Arc::new(Race {
        stores,
        next: AtomicU64::new(0),
        sent: AtomicU64::new(0),
        calm: AtomicBool::new(false),
    });
    let mut racers = JoinSet::new();
    for racer in 0..200 {
        let race = Arc::clone(&race);
        racers.spawn(async move { race.run(racer).await });
    }
    let server = tokio::task::spawn_blocking(move || {
        disturb(&mut server);
        server
    });
    let server = server.await.unwrap();
    race.calm.store(true, Ordering::SeqCst);
    racers.join_all().await;
    assert_eq!(race.sent.load(Ordering::SeqCst), BUDGET);
    // What was reserved for a caller who was not told has ended, or ends now.
    let store = connect(&server, RedisOptions::new("a test")).await;
    loop {
        let count = used(&store).await.count;
        assert!(count <= BUDGET, "{count}");
        if count == BUDGET {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_granted_is_counted_after_every_kill() {
    let mut server = RedisServer::start_durable();
    let store = connect(&server, RedisOptions::new("a test")).await;
    let granted = Arc::new(AtomicU64::new(0));
    let asked = Arc::new(AtomicU64::new(0));
    for _ in 0..4 {
        let before = granted.load(Ordering::SeqCst);
        let mut racers = JoinSet::new();
        for _ in 0..16 {
            let (store, granted, asked) = (store.clone(), Arc::clone(&granted), Arc::clone(&asked));
            racers.spawn(async move {
                for _ in 0..25 {
                    let id = id(asked.fetch_add(1, Ordering::SeqCst));
                    let limits = [amount(1_000_000)];
                    let answer = crate::ground::reserve(&store, id, &limits).await;
                    if answer == Ok(Reserved::Granted) {
                        granted.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
        while granted.load(Ordering::SeqCst) < before + 40 {
            tokio::task::yield_now().await;
        }
        server = tokio::task::spawn_blocking(move || {
            server.restart();
            server
        })
        .await
        .unwrap();
        racers.join_all().await;
    }
    let (granted, asked) = (granted.load(Ordering::SeqCst), asked.load(Ordering::SeqCst));
    let counted = used(&store).await.count;
    assert!(
        granted <= counted && counted <= asked,
        "{granted} {counted} {asked}"
    );
}
