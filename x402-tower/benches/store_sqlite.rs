//! 64 payers that set money aside at the same time, durably: the store, whose reservations share a commit, against a
//! plain prototype that commits each one, on the same disk and in turns.
//!
//! ```text
//! cargo bench -p x402-tower --features sqlite --bench store_sqlite
//! ```
//!
//! The folder is made in the directory for temporary files; name another disk with `TMPDIR`.

#![allow(
    missing_docs,
    clippy::disallowed_methods, // benches measure real time
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::float_arithmetic
)]

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rusqlite::Connection;
use x402_tower::payment::PaymentId;
use x402_tower::store::{Ledger, Limit, LimitKey, Quota, Reservation, Reserved, SqliteStore};
use x402_tower::{UnixMillis, Usd};

const PAYERS: u64 = 64;
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(1);
/// What the store has to reach, as a multiple of the prototype.
const WANTED: f64 = 6.0;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const NOW: u64 = 1_700_000_000;

/// Per agent and day, per agent and hour, and per origin and day, for all payers the same; and one of the payer's own.
fn keys(payer: u64) -> [(LimitKey, Duration); 4] {
    let own = [u8::try_from(payer).unwrap(); 32];
    [
        (LimitKey::from_bytes([101; 32]), DAY),
        (LimitKey::from_bytes([101; 32]), HOUR),
        (LimitKey::from_bytes([102; 32]), DAY),
        (LimitKey::from_bytes(own), DAY),
    ]
}

fn id(n: u64) -> PaymentId {
    PaymentId::from_bytes(u128::from(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).to_be_bytes())
}

/// Reservations a second.
struct Rate(f64);

fn rate(done: u64, since: Instant) -> Rate {
    Rate(done as f64 / since.elapsed().as_secs_f64())
}

fn median(mut rates: Vec<Rate>) -> f64 {
    rates.sort_by(|a, b| a.0.total_cmp(&b.0));
    rates[rates.len() / 2].0
}

/// Has so many payers reserve at a store for a round.
async fn store_round(store: &SqliteStore, payers: u64, next: &'static AtomicU64) -> Rate {
    let start = Instant::now();
    let tasks: Vec<_> = (0..payers)
        .map(|payer| {
            let store = store.clone();
            tokio::spawn(async move {
                let limits = keys(payer)
                    .map(|(key, window)| Limit::new(key, window, Quota::Amount(Usd::MAX)));
                let now = UnixMillis::from_secs(NOW);
                let mut done: u64 = 0;
                while start.elapsed() < ROUND {
                    let id = id(next.fetch_add(1, Ordering::Relaxed));
                    let expires = now.saturating_add(HOUR);
                    let wish = Reservation::new(id, Usd::from_micros(1), &limits, now, expires);
                    assert_eq!(store.reserve(&wish).await, Ok(Reserved::Granted));
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await.unwrap();
    }
    rate(done, start)
}

/// The plain prototype: the same sums in the same windows, one transaction for each reservation.
struct Prototype(Mutex<Connection>);

impl Prototype {
    fn open(path: &Path) -> Self {
        let conn = Connection::open(path).unwrap();
        conn.pragma_update(None, "journal_mode", "WAL").unwrap();
        conn.pragma_update(None, "synchronous", "FULL").unwrap();
        conn.execute_batch(
            "CREATE TABLE buckets (key BLOB, span INTEGER, number INTEGER, amount INTEGER, \
             PRIMARY KEY (key, span, number)) WITHOUT ROWID;
             CREATE TABLE payments (id BLOB PRIMARY KEY, amount INTEGER) WITHOUT ROWID;",
        )
        .unwrap();
        Self(Mutex::new(conn))
    }

    fn reserve(&self, id: PaymentId, keys: &[(LimitKey, Duration)]) {
        let conn = self.0.lock();
        conn.prepare_cached("BEGIN IMMEDIATE")
            .unwrap()
            .execute([])
            .unwrap();
        for (key, window) in keys {
            let (span, number) = (i64::try_from(window.as_secs()).unwrap(), 1);
            let sum: i64 = conn
                .prepare_cached(
                    "SELECT coalesce(sum(amount), 0) FROM buckets WHERE key = ?1 AND span = ?2",
                )
                .unwrap()
                .query_row((key.as_bytes(), span), |row| row.get(0))
                .unwrap();
            assert!(sum < i64::MAX);
            conn.prepare_cached(
                "INSERT INTO buckets VALUES (?1, ?2, ?3, 1) \
                 ON CONFLICT DO UPDATE SET amount = amount + 1",
            )
            .unwrap()
            .execute((key.as_bytes(), span, number))
            .unwrap();
        }
        conn.prepare_cached("INSERT INTO payments VALUES (?1, 1)")
            .unwrap()
            .execute([id.as_bytes()])
            .unwrap();
        conn.prepare_cached("COMMIT").unwrap().execute([]).unwrap();
    }

    fn round(&self, next: &AtomicU64) -> Rate {
        let (start, over, done) = (Instant::now(), AtomicBool::new(false), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for payer in 0..PAYERS {
                let (over, done) = (&over, &done);
                scope.spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        self.reserve(id(next.fetch_add(1, Ordering::Relaxed)), &keys(payer));
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            std::thread::sleep(ROUND);
            over.store(true, Ordering::Relaxed);
        });
        rate(done.load(Ordering::Relaxed), start)
    }
}

/// What the disk does by itself: a page written and brought to it, again and again.
fn disk_round(file: &mut File) -> Rate {
    let (start, mut done) = (Instant::now(), 0);
    while start.elapsed() < ROUND {
        file.seek(SeekFrom::Start(0)).unwrap();
        file.write_all(&[0xA5; 4096]).unwrap();
        file.sync_data().unwrap();
        done += 1;
    }
    rate(done, start)
}

fn main() {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    // Cargo runs benches also to test them.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let options = SqliteStore::options().max_payments(10_000_000);
    let store = options.open(path("ledger.sqlite")).unwrap();
    let prototype = Prototype::open(&path("prototype.sqlite"));
    let mut plain = OpenOptions::new();
    let mut plain = plain
        .create_new(true)
        .write(true)
        .open(path("plain"))
        .unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    let (mut disk, mut each, mut alone, mut together) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        disk.push(disk_round(&mut plain));
        each.push(prototype.round(&NEXT));
        alone.push(runtime.block_on(store_round(&store, 1, &NEXT)));
        together.push(runtime.block_on(store_round(&store, PAYERS, &NEXT)));
    }
    let [disk, each, alone, together] = [disk, each, alone, together].map(median);
    println!("median of {ROUNDS} rounds of {ROUND:?}, each a second");
    println!("  the disk, a page and a sync                {disk:>9.0}");
    println!("  prototype, {PAYERS} payers, a commit each       {each:>9.0}");
    println!("  store, one payer                           {alone:>9.0}");
    println!("  store, {PAYERS} payers, commits shared          {together:>9.0}");
    println!(
        "store over prototype: {:.1}x (wanted: {WANTED:.0}x)",
        together / each
    );
    println!("store over itself with one payer: {:.1}x", together / alone);
}
