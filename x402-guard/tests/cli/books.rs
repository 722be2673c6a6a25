//! A ledger with payments in it, as runs of the program leave one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use x402_tower::store::{
    Ledger, Limit, LimitKey, Put, Quota, RedisOptions, RedisStore, RequestKey, Reservation,
    SentPayment, SignedPayments, SqliteStore,
};
use x402_tower::testing::RedisServer;
use x402_tower::{Clock, PaymentId, SystemClock, UnixMillis, Usd};

use crate::program::Home;

/// When a payment cannot be settled any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    HourAgo,
    InAnHour,
}

pub const DAY: Duration = Duration::from_secs(86_400);
pub const HOST: &str = "api.example.com";
pub const PAY_TO: &str = "0x209693bc6afc0c5328ba36faf03c514ef312287c";

pub fn id(n: u8) -> PaymentId {
    PaymentId::from_bytes([n; 16])
}

fn limit() -> Limit {
    let most = Quota::Amount(Usd::from_micros(u64::MAX));
    Limit::new(LimitKey::from_bytes([7; 32]), DAY, most)
}

fn now() -> UnixMillis {
    SystemClock::new().now().unwrap()
}

fn sent(n: u8, ends: Ends) -> SentPayment {
    let hour = 3_600_000;
    let valid_before = match ends {
        Ends::HourAgo => now().as_millis() - hour,
        Ends::InAnHour => now().as_millis() + hour,
    };
    SentPayment::from_json(&format!(
        r#"{{
            "agent": "researcher",
            "origin": "https://{HOST}",
            "scheme": "exact",
            "chain": "eip155:8453",
            "asset": "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
            "pay_to": "{PAY_TO}",
            "amount": "50000",
            "payer": "0x857b06519E91e3A54538791bDbb0E22373e36b66",
            "kind": "eip3009",
            "nonce": "{nonce}",
            "valid_before_ms": {valid_before},
            "request": "{nonce}"
        }}"#,
        nonce = format!("{n:02x}").repeat(32),
    ))
    .unwrap()
}

/// Puts a payment of five cents into a ledger, of which nobody knows what became; what is signed is kept.
async fn lose<S: Ledger + SignedPayments>(store: &S, id: PaymentId, ends: Ends) {
    let (limits, now) = ([limit()], now());
    let wish = Reservation::new(
        id,
        Usd::from_micros(50_000),
        &limits,
        now,
        now.saturating_add(DAY),
    );
    store.reserve(&wish).await.unwrap();
    let about = sent(id.as_bytes()[15], ends);
    let (key, value) = (
        about.request.unwrap(),
        [id.as_bytes().as_slice(), b"..."].concat(),
    );
    let put = store
        .put(key, None, &value, now, now.saturating_add(DAY))
        .await;
    assert!(matches!(put, Ok(Put::Done(_))), "{put:?}");
    store.mark_sent(id, Some(about)).await.unwrap();
    store.mark_unknown(id).await.unwrap();
}

/// What a ledger counts in a day, and whether it keeps what was signed for payment `n`.
async fn look<S: Ledger + SignedPayments>(store: &S, n: u8) -> (Usd, bool) {
    let usage = store.usage(limit().key, DAY, now()).await.unwrap();
    let kept = store.load(RequestKey::from_bytes([n; 32]), now()).await;
    (usage.amount, kept.unwrap().is_some())
}

fn waiting<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

/// A home whose ledger has these payments, each of five cents.
pub fn home_with(payments: &[(PaymentId, Ends)]) -> Home {
    let home = Home::new();
    fs::create_dir_all(home.state()).unwrap();
    fs::set_permissions(home.state(), fs::Permissions::from_mode(0o700)).unwrap();
    waiting(async {
        let store = SqliteStore::open(home.state().join("ledger.sqlite")).unwrap();
        for (id, ends) in payments {
            lose(&store, *id, *ends).await;
        }
    });
    home
}

/// What the home's ledger counts, and whether it keeps what was signed for payment `n`.
pub fn counted(home: &Home, n: u8) -> (Usd, bool) {
    waiting(async {
        let store = SqliteStore::open(home.state().join("ledger.sqlite")).unwrap();
        look(&store, n).await
    })
}

/// A Redis server whose ledger has one payment.
pub fn redis_with(namespace: &str, id: PaymentId, ends: Ends) -> RedisServer {
    let server = RedisServer::start();
    waiting(async {
        let options = RedisOptions::new(namespace);
        let store = RedisStore::connect(&server.url(), options).await.unwrap();
        lose(&store, id, ends).await;
    });
    server
}

pub fn counted_on(server: &RedisServer, namespace: &str, n: u8) -> (Usd, bool) {
    waiting(async {
        let options = RedisOptions::new(namespace);
        let store = RedisStore::connect(&server.url(), options).await.unwrap();
        look(&store, n).await
    })
}
