//! The memory store: what a payment and a claim cost when much is counted and held, and what a second thread adds.
//!
//! ```text
//! cargo bench -p x402-tower --bench store
//! ```

#![allow(
    missing_docs,
    clippy::disallowed_methods, // benches measure real time
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    clippy::indexing_slicing
)]

use std::collections::HashMap;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use fastrand::Rng;
use futures_util::FutureExt;
use x402_tower::store::{
    Claim, ClaimKey, Claims, Ledger, Limit, LimitKey, MemoryStore, Quota, Reservation, Reserved,
};
use x402_tower::{PaymentId, Step, UnixMillis, Usd};

/// The system's own takes its time when a heap is littered, and every subject litters it for the next.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const START: u64 = 1_700_000_000_000;
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// Payments or claims that are timed together.
const BATCH: u32 = 128;
const SAMPLES: usize = 600;

fn now<T>(step: Step<'_, T>) -> T {
    step.now_or_never().unwrap()
}

fn digest(rng: &mut Rng) -> [u8; 32] {
    let mut bytes = [0; 32];
    rng.fill(&mut bytes);
    bytes
}

/// A buyer whose payments fall under five limits: of an agent, an origin and a recipient.
struct Buyer {
    store: MemoryStore,
    rng: Rng,
    limits: [Limit; 5],
    millis: u64,
}

impl Buyer {
    fn new(store: &MemoryStore, seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let [agent, origin, recipient] = [(); 3].map(|()| LimitKey::from_bytes(digest(&mut rng)));
        let (sum, count) = (Quota::Amount(Usd::MAX), Quota::Count(u64::MAX));
        Self {
            store: store.clone(),
            rng,
            limits: [
                Limit::new(agent, DAY, sum),
                Limit::new(agent, DAY, count),
                Limit::new(agent, MINUTE, count),
                Limit::new(origin, DAY, sum),
                Limit::new(recipient, DAY, sum),
            ],
            millis: START,
        }
    }

    /// Reserve, mark as sent, settle.
    fn pay(&mut self) {
        let id = PaymentId::from_bytes(self.rng.u128(..).to_be_bytes());
        let at = UnixMillis::from_millis(self.millis);
        let expires = at.saturating_add(MINUTE);
        let wish = Reservation::new(id, Usd::from_micros(10_000), &self.limits, at, expires);
        assert_eq!(now(self.store.reserve(&wish)), Ok(Reserved::Granted));
        now(self.store.mark_sent(id, None)).unwrap();
        now(self.store.settle(id, None)).unwrap();
    }

    fn pay_batch(&mut self) -> Duration {
        let start = Instant::now();
        for _ in 0..BATCH {
            self.millis += 1;
            self.pay();
        }
        start.elapsed()
    }

    /// Waits until every window is empty, and everything of it is forgotten.
    fn empty(&mut self) {
        for _ in 0..2 {
            self.millis += 2 * 86_400_000;
            let at = UnixMillis::from_millis(self.millis);
            now(self.store.usage(self.limits[0].key, DAY, at)).unwrap();
        }
    }
}

/// A buyer whose windows hold so many payments of the last day, in a store that keeps some of them on its books.
fn counting(payments: u64, on_the_books: usize) -> Buyer {
    let store = MemoryStore::with_capacity(1_024, on_the_books, 0);
    let mut buyer = Buyer::new(&store, payments);
    for _ in 0..payments {
        buyer.millis += 86_400_000 / payments.max(1);
        buyer.pay();
    }
    buyer
}

/// Claims fresh keys while others are held.
struct Claimant {
    store: MemoryStore,
    rng: Rng,
}

impl Claimant {
    fn holding(claims: u64) -> Self {
        let mut rng = Rng::with_seed(claims);
        let store = MemoryStore::with_capacity(0, 0, 2_000_000);
        for n in 0..claims {
            claim(&store, ClaimKey::from_bytes(digest(&mut rng)), START + n);
        }
        Self { store, rng }
    }

    fn claim_batch(&mut self) -> Duration {
        let keys = (0..BATCH).map(|_| ClaimKey::from_bytes(digest(&mut self.rng)));
        let keys: Vec<_> = keys.collect();
        let start = Instant::now();
        for key in &keys {
            claim(&self.store, *key, START + 2_000_000);
        }
        let took = start.elapsed();
        for key in keys {
            now(self.store.give_back(key, PaymentId::from_bytes([1; 16]))).unwrap();
        }
        took
    }
}

/// Claims for an hour from `millis` on, as a control that keeps a digest beside it.
fn claim(store: &MemoryStore, key: ClaimKey, millis: u64) {
    let (at, value) = (UnixMillis::from_millis(START), [7; 40]);
    let until = UnixMillis::from_millis(millis + 3_600_000);
    let holder = PaymentId::from_bytes([1; 16]);
    assert_eq!(
        now(store.claim(key, holder, &value, at, until)),
        Ok(Claim::Taken)
    );
}

/// A holder, an end, and what is stored beside them.
type Value = (PaymentId, u64, Box<[u8]>);

/// A map with keys and values as the claims have them, and nothing else: what hash tables cost on a machine when they grow.
struct Plain {
    map: HashMap<[u8; 32], Value, foldhash::quality::RandomState>,
    rng: Rng,
}

impl Plain {
    fn holding(entries: u64) -> Self {
        let (mut rng, mut map) = (Rng::with_seed(entries), HashMap::default());
        for n in 0..entries {
            map.insert(digest(&mut rng), Self::value(n));
        }
        Self { map, rng }
    }

    fn value(n: u64) -> Value {
        (PaymentId::from_bytes([1; 16]), n, Box::new([7; 40]))
    }

    fn insert_batch(&mut self) -> Duration {
        let keys: Vec<_> = (0..BATCH).map(|_| digest(&mut self.rng)).collect();
        let start = Instant::now();
        for key in &keys {
            assert!(self.map.insert(*key, Self::value(0)).is_none());
        }
        let took = start.elapsed();
        for key in keys {
            self.map.remove(&key);
        }
        took
    }
}

/// The median of one call of a batch, in nanoseconds.
fn median(samples: &mut [Duration]) -> f64 {
    samples.sort_unstable();
    samples[samples.len() / 2].as_nanos() as f64 / f64::from(BATCH)
}

/// Times both in turns, so that whatever else the machine does meets both.
fn ratio(
    what: &str,
    limit: Option<f64>,
    mut much: impl FnMut() -> Duration,
    mut little: impl FnMut() -> Duration,
) {
    let (mut of_much, mut of_little) = (Vec::new(), Vec::new());
    for _ in 0..SAMPLES {
        of_much.push(much());
        of_little.push(little());
    }
    let (much, little) = (median(&mut of_much), median(&mut of_little));
    let ratio = much / little;
    let limit = limit.map_or_else(String::new, |limit| format!(" (limit {limit:.2})"));
    println!("{what}: {much:.0} ns and {little:.0} ns, ratio {ratio:.2}{limit}");
}

const CALLS: u64 = 100_000;

/// How long so many threads take for [`CALLS`] calls each; `worker` makes what a thread calls.
fn timed<W: FnMut() + Send>(threads: u64, worker: impl Fn(u64) -> W) -> Duration {
    let barrier = Barrier::new(usize::try_from(threads).unwrap() + 1);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (barrier, mut work) = (&barrier, worker(thread));
            scope.spawn(move || {
                barrier.wait();
                for _ in 0..CALLS {
                    work();
                }
                barrier.wait();
            });
        }
        barrier.wait();
        let start = Instant::now();
        barrier.wait();
        start.elapsed()
    })
}

/// Times one thread and two in turns on stores of their own, and compares the best of each.
fn threads<W: FnMut() + Send>(what: &str, worker: impl Fn(&MemoryStore, u64) -> W) {
    let run = |threads| {
        let store = MemoryStore::with_capacity(1_024, 400_000, 400_000);
        timed(threads, |thread| worker(&store, thread))
    };
    let (mut one, mut two) = (Duration::MAX, Duration::MAX);
    for _ in 0..9 {
        one = one.min(run(1));
        two = two.min(run(2));
    }
    let a_second = |threads: u64, took: Duration| (threads * CALLS) as f64 / took.as_secs_f64();
    let (one, two) = (a_second(1, one), a_second(2, two));
    let ratio = two / one;
    println!("{what}: {one:.0} a second on one thread, {two:.0} on two, ratio {ratio:.2}");
}

fn report() {
    for (books, on_the_books) in [("all", 400_000), ("65,536", MemoryStore::DEFAULT_PAYMENTS)] {
        let mut much = counting(100_000, on_the_books);
        let mut little = counting(0, on_the_books);
        ratio(
            &format!(
                "reserve, send and settle, 100,000 payments in the window ({books} on the books) and none"
            ),
            Some(1.3),
            || much.pay_batch(),
            || {
                let took = little.pay_batch();
                little.empty();
                took
            },
        );
    }
    let (mut much, mut little) = (Claimant::holding(1_000_000), Claimant::holding(1_000));
    ratio(
        "claim, 1,000,000 live claims and 1,000",
        Some(2.0),
        || much.claim_batch(),
        || little.claim_batch(),
    );
    let (mut much, mut little) = (Plain::holding(1_000_000), Plain::holding(1_000));
    ratio(
        "to compare: an entry of a plain map of 1,000,000 and of 1,000",
        None,
        || much.insert_batch(),
        || little.insert_batch(),
    );
    threads("reserve, send and settle", |store, thread| {
        let mut buyer = Buyer::new(store, thread);
        move || {
            buyer.millis += 1;
            buyer.pay();
        }
    });
    threads("claim", |store, thread| {
        let (store, mut rng) = (store.clone(), Rng::with_seed(thread));
        move || claim(&store, ClaimKey::from_bytes(digest(&mut rng)), START)
    });
}

fn store(criterion: &mut Criterion) {
    report();
    let mut group = criterion.benchmark_group("store");
    let mut buyer = counting(0, MemoryStore::DEFAULT_PAYMENTS);
    group.bench_function("reserve, send and settle", |bencher| {
        bencher.iter(|| {
            buyer.millis += 1;
            buyer.pay();
        });
    });
    group.finish();
}

criterion_group!(benches, store);
criterion_main!(benches);
