//! What every test here stands on.

use std::time::Duration;

use x402_tower::payment::PaymentId;
use x402_tower::store::{
    Ledger, Limit, LimitKey, Quota, RedisOptions, RedisStore, Reservation, Reserved, StoreError,
    Usage,
};
use x402_tower::testing::{ManualClock, RedisServer};
use x402_tower::{UnixMillis, Usd};

pub(crate) const DAY: Duration = Duration::from_secs(86_400);
pub(crate) const KEY: LimitKey = LimitKey::from_bytes([7; 32]);

pub(crate) fn start() -> UnixMillis {
    UnixMillis::from_secs(1_700_000_000)
}

pub(crate) fn cents(cents: u64) -> Usd {
    Usd::from_micros(cents * 10_000)
}

pub(crate) fn id(number: u64) -> PaymentId {
    PaymentId::from_bytes(u128::from(number).to_be_bytes())
}

pub(crate) fn amount(cents_a_day: u64) -> Limit {
    Limit::new(KEY, DAY, Quota::Amount(cents(cents_a_day)))
}

pub(crate) async fn open(server: &RedisServer) -> RedisStore {
    connect(server, RedisOptions::new("a test")).await
}

pub(crate) async fn connect(server: &RedisServer, options: RedisOptions) -> RedisStore {
    RedisStore::connect(&server.url(), options).await.unwrap()
}

/// A store whose time a test moves.
pub(crate) async fn timed(server: &RedisServer) -> (RedisStore, ManualClock) {
    let clock = ManualClock::new(start());
    let options = RedisOptions::new("a test").test_clock(clock.clone());
    (connect(server, options).await, clock)
}

/// Asks for ten cents, for a minute.
pub(crate) async fn reserve(
    store: &RedisStore,
    id: PaymentId,
    limits: &[Limit],
) -> Result<Reserved, StoreError> {
    let soon = start().saturating_add(Duration::from_secs(60));
    let wish = Reservation::new(id, cents(10), limits, start(), soon);
    store.reserve(&wish).await
}

pub(crate) async fn used(store: &RedisStore) -> Usage {
    store.usage(KEY, DAY, start()).await.unwrap()
}
