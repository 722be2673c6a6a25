//! A whole purchase against a seller in this process (402, sign, send, receipt), with the guard and without, in turns.
//!
//! ```text
//! cargo bench -p x402-tower --features testing,sqlite --bench buyer_flow
//! ```
//!
//! The signer makes no real signature, so that what is measured is everything else.

#![allow(
    missing_docs,
    clippy::disallowed_methods, // benches measure real time
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    clippy::indexing_slicing
)]

use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;
use tower_layer::Layer;
use x402_tower::audit::{AuditKey, AuditLog, FileSink, SyncPolicy};
use x402_tower::pay::{Approved, SignedPayment, Signer, SignerError};
use x402_tower::policy::PolicyConfig;
use x402_tower::replay::FingerprintKey;
use x402_tower::store::{Claims, Ledger, MemoryStore, SignedPayments, SqliteStore};
use x402_tower::testing::{ManualClock, Offer, PAYER, SELLER, ScriptedChallenge, settlement_for};
use x402_tower::wire::compose_v2;
use x402_tower::wire::header::{PAYMENT_REQUIRED, PAYMENT_SIGNATURE, encode};
use x402_tower::{Denial, GuardConfig, Requirement, Step, Terms, Usd, X402GuardLayer};

/// The system's own takes its time when a heap is littered, and every subject litters it for the next.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const NOW_SECS: u64 = 1_700_000_000;
const ROUNDS: usize = 40;
const BATCH: u32 = 25;

type Empty = Full<Bytes>;

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// The `payload` of a payment of a cent.
fn payload(until: u64) -> String {
    let nonce = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!(
        r#"{{"signature":"0x{}1b","authorization":{{"from":"{PAYER}","to":"{SELLER}","value":"10000","validAfter":"0","validBefore":"{until}","nonce":"0x{nonce:064x}"}}}}"#,
        "5a".repeat(64),
    )
}

#[derive(Debug)]
struct Quick;

impl Signer for Quick {
    fn can_sign(&self, _: &Requirement, terms: &Terms) -> bool {
        terms.scheme == "exact"
    }

    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        Step::ready(SignedPayment::compose(
            approved,
            &payload(approved.valid_before()),
        ))
    }
}

/// Asks for a cent, and settles what it is paid.
async fn seller(request: Request<Empty>) -> Result<Response<Empty>, Infallible> {
    if request.headers().contains_key(PAYMENT_SIGNATURE) {
        return Ok(settlement_for(request.headers()).map(|_| Empty::default()));
    }
    let url = request.uri().to_string();
    let json = ScriptedChallenge::v2(&url, [Offer::usdc(10_000)]).to_json();
    let mut response = Response::new(Empty::default());
    *response.status_mut() = StatusCode::PAYMENT_REQUIRED;
    let header = encode(json.to_string().as_bytes()).unwrap();
    response.headers_mut().insert(PAYMENT_REQUIRED, header);
    Ok(response)
}

/// What a client without a guard does: reads the challenge, pays the first offer, asks again.
async fn unguarded(url: &str) {
    let first = seller(get(url)).await.unwrap();
    let header = first.headers()[PAYMENT_REQUIRED].as_bytes();
    let challenge: Value =
        serde_json::from_slice(&BASE64_STANDARD.decode(header).unwrap()).unwrap();
    let offer = challenge["accepts"][0].to_string();
    let resource = challenge["resource"].to_string();
    let json = compose_v2(offer, Some(&resource), None, &payload(NOW_SECS + 60));
    let mut request = get(url);
    let value: HeaderValue = encode(&json).unwrap();
    request.headers_mut().insert(PAYMENT_SIGNATURE, value);
    let paid = seller(request).await.unwrap();
    assert_eq!(paid.status(), 200);
}

fn get(url: &str) -> Request<Empty> {
    Request::get(url).body(Empty::default()).unwrap()
}

/// A purchase through a guard whose money, claims and signed payments are in `store`.
fn guarded<S>(
    runtime: Arc<Runtime>,
    store: Arc<S>,
    folder: &Path,
    name: &str,
) -> impl FnMut(&str) + use<S>
where
    S: Ledger + Claims + SignedPayments,
{
    let clock = ManualClock::from_secs(NOW_SECS);
    let limit = Usd::parse("1000000").unwrap();
    let key = AuditKey::generate().unwrap();
    let sink = FileSink::open_with(folder.join(name), SyncPolicy::Never).unwrap();
    let config = GuardConfig::buyer()
        .policy(
            PolicyConfig::new()
                .with_max_per_call(limit)
                .with_daily_limit(limit),
        )
        .store(store)
        .fingerprint_key(FingerprintKey::from_hex(&"0a0b".repeat(16)).unwrap())
        .audit(Arc::new(AuditLog::open(sink, &key).unwrap()))
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap();
    let layer = X402GuardLayer::new(config).with_signer(Quick).unwrap();
    let service = layer.layer(tower::service_fn(seller));
    move |url| {
        // So that what is remembered of old requests makes room for new ones.
        clock.advance(Duration::from_millis(200));
        let answer = runtime.block_on(service.clone().oneshot(get(url))).unwrap();
        assert!(answer.extensions().get::<Denial>().is_none(), "{answer:?}");
    }
}

struct Subject {
    name: &'static str,
    buy: Box<dyn FnMut(&str)>,
    took: Vec<Duration>,
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Arc::new(Builder::new_current_thread().enable_all().build().unwrap());
    let file = folder.path().join("ledger.sqlite");
    let sqlite = Arc::new(SqliteStore::open(file).unwrap());
    let memory = Arc::new(MemoryStore::new());
    let plain = Arc::clone(&runtime);
    let mut subjects: Vec<(&'static str, Box<dyn FnMut(&str)>)> = vec![
        (
            "without a guard",
            Box::new(move |url| plain.block_on(unguarded(url))),
        ),
        (
            "guarded, memory",
            Box::new(guarded(
                Arc::clone(&runtime),
                memory,
                folder.path(),
                "memory",
            )),
        ),
        (
            "guarded, SQLite (durable, one payer)",
            Box::new(guarded(
                Arc::clone(&runtime),
                sqlite,
                folder.path(),
                "sqlite",
            )),
        ),
    ];
    let mut subjects: Vec<Subject> = subjects
        .drain(..)
        .map(|(name, buy)| Subject {
            name,
            buy,
            took: Vec::new(),
        })
        .collect();
    for _ in 0..ROUNDS {
        for subject in &mut subjects {
            let start = Instant::now();
            for _ in 0..BATCH {
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                (subject.buy)(&format!("https://api.example.com/report?n={number}"));
            }
            subject.took.push(start.elapsed() / BATCH);
        }
    }
    let median = |took: &[Duration]| {
        let mut sorted = took.to_vec();
        sorted.sort_unstable();
        sorted[sorted.len() / 2]
    };
    let base = median(&subjects[0].took);
    for subject in &subjects {
        let took = median(&subject.took);
        let more = took.saturating_sub(base);
        println!(
            "buyer flow, {}: {:.1} us, {:.1} us more than without",
            subject.name,
            took.as_nanos() as f64 / 1e3,
            more.as_nanos() as f64 / 1e3,
        );
    }
}
