//! The Redis store on a server of its own, beside an empty script over the same kind of connection.
//!
//! ```text
//! cargo bench -p x402-tower --features testing,redis --bench store_redis
//! ```
//!
//! Every subject runs in turns with the others, so that what else the machine does meets all of them.

#![allow(
    missing_docs,
    clippy::disallowed_methods, // benches measure real time
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    clippy::indexing_slicing
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use x402_tower::payment::PaymentId;
use x402_tower::store::{
    Claim, ClaimKey, Claims, Ledger, Limit, LimitKey, Put, Quota, RedisOptions, RedisStore,
    RequestKey, Reservation, Reserved, SignedPayments,
};
use x402_tower::testing::RedisServer;
use x402_tower::{Clock, SystemClock, UnixMillis, Usd};

/// The system's own takes its time when a heap is littered, and every subject litters it for the next.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TURNS: usize = 15;
const TURN: Duration = Duration::from_millis(200);

#[derive(Clone, Copy)]
enum Subject {
    Empty,
    Claim,
    Reserve(usize),
    Steps,
}

const SUBJECTS: [Subject; 5] = [
    Subject::Empty,
    Subject::Claim,
    Subject::Reserve(1),
    Subject::Reserve(4),
    Subject::Steps,
];

impl Subject {
    fn name(self) -> String {
        match self {
            Self::Empty => "empty script (`return 1`)".to_owned(),
            Self::Claim => "claim".to_owned(),
            Self::Reserve(1) => "reserve, 1 limit".to_owned(),
            Self::Reserve(limits) => format!("reserve, {limits} limits"),
            Self::Steps => "a payment: claim, reserve, put, mark sent, settle".to_owned(),
        }
    }
}

struct Bench {
    store: RedisStore,
    plain: MultiplexedConnection,
    empty: String,
    next: AtomicU64,
}

fn id(number: u64) -> PaymentId {
    PaymentId::from_bytes(u128::from(number).to_be_bytes())
}

fn digest(number: u64) -> [u8; 32] {
    let mut bytes = [9; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    bytes
}

/// An hour, a day, a week, a month.
const WINDOWS: [u64; 4] = [3_600, 86_400, 604_800, 2_592_000];

fn limits(many: usize) -> Vec<Limit> {
    let limit = |secs: &u64| {
        let most = Quota::Amount(Usd::from_micros(1 << 50));
        Limit::new(
            LimitKey::from_bytes(digest(*secs)),
            Duration::from_secs(*secs),
            most,
        )
    };
    WINDOWS.iter().take(many).map(limit).collect()
}

impl Bench {
    async fn once(&self, subject: Subject, limits: &[Limit]) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let now = SystemClock::new().now().unwrap();
        match subject {
            Subject::Empty => self.empty().await,
            Subject::Claim => self.claim(number, now).await,
            Subject::Reserve(_) => self.reserve(number, now, limits).await,
            Subject::Steps => {
                self.claim(number, now).await;
                self.reserve(number, now, limits).await;
                let until = now.saturating_add(Duration::from_secs(3_600));
                let key = RequestKey::from_bytes(digest(number));
                let put = self.store.put(key, None, &[b'x'; 1024], now, until).await;
                assert!(matches!(put, Ok(Put::Done(_))));
                self.store.mark_sent(id(number), None).await.unwrap();
                self.store.settle(id(number), None).await.unwrap();
            }
        }
    }

    async fn empty(&self) {
        let mut connection = self.plain.clone();
        let mut command = redis::cmd("EVALSHA");
        let answer = command
            .arg(&self.empty)
            .arg(0)
            .query_async(&mut connection)
            .await;
        let answer: i64 = answer.unwrap();
        assert_eq!(answer, 1);
    }

    async fn claim(&self, number: u64, now: UnixMillis) {
        let until = now.saturating_add(Duration::from_secs(3_600));
        let key = ClaimKey::from_bytes(digest(number));
        let answer = self
            .store
            .claim(key, id(number), &[1; 64], now, until)
            .await;
        assert_eq!(answer, Ok(Claim::Taken));
    }

    async fn reserve(&self, number: u64, now: UnixMillis, limits: &[Limit]) {
        let soon = now.saturating_add(Duration::from_secs(3_600));
        let cent = Usd::from_micros(10_000);
        let wish = Reservation::new(id(number), cent, limits, now, soon);
        assert_eq!(self.store.reserve(&wish).await, Ok(Reserved::Granted));
    }
}

/// How many were done in a turn, a second.
async fn turn(bench: &Arc<Bench>, subject: Subject, concurrent: usize) -> f64 {
    let limits = Arc::new(match subject {
        Subject::Reserve(many) => limits(many),
        _ => limits(4),
    });
    let began = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..concurrent {
        let (bench, limits) = (Arc::clone(bench), Arc::clone(&limits));
        tasks.spawn(async move {
            let mut done = 0_u64;
            while began.elapsed() < TURN {
                bench.once(subject, &limits).await;
                done += 1;
            }
            done
        });
    }
    let done: u64 = tasks.join_all().await.into_iter().sum();
    done as f64 / began.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

async fn run() {
    let server = RedisServer::start();
    let options = RedisOptions::new("bench").capacity(1 << 20, 1 << 30);
    let store = RedisStore::connect(&server.url(), options).await.unwrap();
    let client = redis::Client::open(server.url()).unwrap();
    let config = redis::AsyncConnectionConfig::new().set_pipeline_buffer_size(1024);
    let plain = client.get_multiplexed_async_connection_with_config(&config);
    let plain = plain.await.unwrap();
    let empty = server.ask(&["SCRIPT", "LOAD", "return 1"]);
    let next = AtomicU64::new(0);
    let bench = Arc::new(Bench {
        store,
        plain,
        empty,
        next,
    });
    println!("| | concurrent | a second | of the empty script |\n|---|---|---|---|");
    for concurrent in [1, 64] {
        let mut rates = [const { Vec::new() }; SUBJECTS.len()];
        for _ in 0..TURNS {
            for (subject, rates) in SUBJECTS.into_iter().zip(&mut rates) {
                rates.push(turn(&bench, subject, concurrent).await);
                // No subject pays for what the one before left.
                server.ask(&["FLUSHALL", "SYNC"]);
            }
        }
        let ratio = |at: usize| {
            let pairs = rates[at].iter().zip(&rates[0]);
            median(pairs.map(|(rate, empty)| rate / empty).collect())
        };
        for (at, subject) in SUBJECTS.into_iter().enumerate() {
            let (rate, ratio) = (median(rates[at].clone()), ratio(at));
            println!(
                "| {} | {concurrent} | {rate:.0} | {:.0} % |",
                subject.name(),
                ratio * 100.0
            );
        }
    }
}

fn main() {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().build().unwrap().block_on(run());
}
