//! What the memory store keeps in memory: for a live claim, a window, a bucket of one, and a payment.
//!
//! ```text
//! cargo bench -p x402-tower --bench store_memory
//! ```

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::float_arithmetic
)]

use std::time::Duration;

use allocation_counter::measure;
use fastrand::Rng;
use futures_util::FutureExt;
use x402_tower::store::{
    Claim, ClaimKey, Claims, Ledger, Limit, LimitKey, MemoryStore, Quota, Reservation, Reserved,
};
use x402_tower::{PaymentId, UnixMillis, Usd};

const START: u64 = 1_700_000_000_000;
const DAY_MILLIS: u64 = 86_400_000;

const CLAIMS: u32 = 1_000_000;
const WINDOWS: u32 = 10_000;
const PAYMENTS: u32 = 100_000;

/// Bytes for each of so many, that are still held after `fill`.
fn bytes_each(count: u32, fill: impl FnOnce()) -> f64 {
    measure(fill).bytes_current as f64 / f64::from(count)
}

fn digest(rng: &mut Rng) -> [u8; 32] {
    let mut bytes = [0; 32];
    rng.fill(&mut bytes);
    bytes
}

fn claims(value: usize) -> f64 {
    let (store, mut rng) = (MemoryStore::new(), Rng::with_seed(1));
    bytes_each(CLAIMS, || {
        for n in 0..CLAIMS {
            let at = UnixMillis::from_millis(START);
            let until = UnixMillis::from_millis(START + DAY_MILLIS + u64::from(n));
            let key = ClaimKey::from_bytes(digest(&mut rng));
            let holder = PaymentId::from_bytes([1; 16]);
            let claim = store.claim(key, holder, &vec![7; value], at, until);
            assert_eq!(claim.now_or_never().unwrap(), Ok(Claim::Taken));
        }
    })
}

/// Pays under `limits` at `millis`, and settles.
fn pay(store: &MemoryStore, rng: &mut Rng, limits: &[Limit], millis: u64) {
    let id = PaymentId::from_bytes(rng.u128(..).to_be_bytes());
    let at = UnixMillis::from_millis(millis);
    let expires = at.saturating_add(Duration::from_secs(60));
    let wish = Reservation::new(id, Usd::from_micros(1), limits, at, expires);
    let reserved = store.reserve(&wish).now_or_never().unwrap();
    assert_eq!(reserved, Ok(Reserved::Granted));
    store.settle(id, None).now_or_never().unwrap().unwrap();
}

fn daily(rng: &mut Rng) -> Limit {
    let day = Duration::from_millis(DAY_MILLIS);
    Limit::new(
        LimitKey::from_bytes(digest(rng)),
        day,
        Quota::Amount(Usd::MAX),
    )
}

/// Windows with so many buckets each, in a store that keeps few payments beside them.
fn windows(buckets: u64) -> f64 {
    let mut rng = Rng::with_seed(2);
    let limits: Vec<_> = (0..WINDOWS).map(|_| daily(&mut rng)).collect();
    let store = MemoryStore::with_capacity(65_536, 64, 0);
    bytes_each(WINDOWS, || {
        for bucket in 0..buckets {
            for limit in &limits {
                pay(
                    &store,
                    &mut rng,
                    &[*limit],
                    START + bucket * (DAY_MILLIS / 64),
                );
            }
        }
    })
}

/// Payments under five limits that they share.
fn payments() -> f64 {
    let mut rng = Rng::with_seed(3);
    let limits = [(); 5].map(|()| daily(&mut rng));
    let store = MemoryStore::with_capacity(64, 200_000, 0);
    bytes_each(PAYMENTS, || {
        for n in 0..PAYMENTS {
            pay(&store, &mut rng, &limits, START + u64::from(n));
        }
    })
}

fn main() {
    println!("a live claim of 40 bytes: {:.0} bytes", claims(40));
    println!("a live claim of 256 bytes: {:.0} bytes", claims(256));
    let (one, all) = (windows(1), windows(64));
    println!("a window with one bucket: {one:.0} bytes");
    println!("a window with 64 buckets: {all:.0} bytes");
    println!(
        "a further bucket of a window: {:.0} bytes",
        (all - one) / 63.0
    );
    println!("a payment under five limits: {:.0} bytes", payments());
}
