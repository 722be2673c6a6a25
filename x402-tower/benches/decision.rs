//! The whole decision on a captured payment, beside what no guard can do without: decoding and parsing it, and two HMACs.
//!
//! ```text
//! cargo bench -p x402-tower --features testing --bench decision
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

use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use futures_util::FutureExt;
use hmac::{Hmac, KeyInit, Mac};
use http::header::HeaderValue;
use http::{Request, Response};
use http_body_util::Full;
use serde_json::Value;
use sha2::Sha256;
use tower::{Service, service_fn};
use tower_layer::Layer;
use x402_tower::audit::{AuditKey, AuditLog, FileSink, NullSink, SyncPolicy};
use x402_tower::pii::PiiControl;
use x402_tower::policy::PolicyConfig;
use x402_tower::store::MemoryStore;
use x402_tower::testing::ManualClock;
use x402_tower::wire::PaymentPayload;
use x402_tower::wire::header::PAYMENT_SIGNATURE;
use x402_tower::{Denial, GuardConfig, Usd, X402GuardLayer};

type Empty = Full<Bytes>;

/// A minute before the captured authorization runs out.
const NOW_SECS: u64 = 1_795_363_876 - 60;

/// The payment header that `@x402/fetch` 2.27.0 sent to `@x402/express` 2.27.0.
fn captured() -> String {
    let text = include_str!("../../tests/vectors/v2_ts_fetch-2.27.0_to_ts_express-2.27.0.json");
    let json: Value = serde_json::from_str(text).unwrap();
    let headers = json["clientServer"][1]["request"]["headers"]
        .as_array()
        .unwrap();
    let is_payment = |pair: &&Value| pair[0] == "PAYMENT-SIGNATURE";
    let pair = headers.iter().find(is_payment).unwrap();
    pair[1].as_str().unwrap().to_owned()
}

/// The captured header with a nonce of its own for each payment, so that none is a replay of another.
struct Headers {
    json: String,
    nonce: String,
    next: u64,
}

impl Headers {
    fn new() -> Self {
        let json = String::from_utf8(BASE64_STANDARD.decode(captured()).unwrap()).unwrap();
        let value: Value = serde_json::from_str(&json).unwrap();
        let nonce = &value["payload"]["authorization"]["nonce"];
        let nonce = nonce.as_str().unwrap().to_owned();
        Self {
            json,
            nonce,
            next: 0,
        }
    }

    fn next(&mut self) -> HeaderValue {
        self.next += 1;
        let fresh = format!("0x{:064x}", self.next);
        let json = self.json.replace(&self.nonce, &fresh);
        HeaderValue::try_from(BASE64_STANDARD.encode(json)).unwrap()
    }

    /// A request with the next header. Its query differs as well, so that it is no duplicate of the one before.
    fn request(&mut self) -> Request<Empty> {
        let header = self.next();
        let uri = format!("http://127.0.0.1:4602/premium?n={}", self.next);
        let request = Request::post(uri).header(PAYMENT_SIGNATURE, header);
        request.body(Empty::default()).unwrap()
    }
}

/// What a decision cannot do without.
fn floor(header: &HeaderValue, key: &Hmac<Sha256>) -> Value {
    let json = BASE64_STANDARD.decode(header.as_bytes()).unwrap();
    for _ in 0..2 {
        let mac = key.clone().chain_update(&json).finalize();
        black_box(mac.into_bytes());
    }
    serde_json::from_slice(&json).unwrap()
}

async fn seller(_: Request<Empty>) -> Result<Response<Empty>, Infallible> {
    Ok(Response::new(Empty::default()))
}

/// Which controls decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Controls {
    All,
    WithoutAudit,
    WithoutFile,
    WithoutPii,
    WithoutReplay,
}

fn guard(controls: Controls, folder: &std::path::Path) -> impl FnMut(Request<Empty>) {
    let limit = Usd::parse("1000000").unwrap();
    let policy = PolicyConfig::new()
        .with_max_per_call(limit)
        .with_daily_limit(limit)
        .with_allowed_origins(["http://127.0.0.1:4602"]);
    // Room for every payment of a run: what nobody settles stays on the books.
    let store = Arc::new(MemoryStore::with_capacity(1024, 1 << 22, 1 << 23));
    let key = AuditKey::generate().unwrap();
    let path = folder.join(format!("{controls:?}.jsonl"));
    let file = FileSink::open_with(path, SyncPolicy::Never).unwrap();
    let mut builder = GuardConfig::buyer()
        .policy(policy)
        .ledger(store.clone())
        .claims(store)
        .clock(Arc::new(ManualClock::from_secs(NOW_SECS)));
    builder = match controls {
        Controls::WithoutAudit => builder,
        Controls::WithoutFile => {
            builder.audit(Arc::new(AuditLog::open(NullSink::new(), &key).unwrap()))
        }
        _ => builder.audit(Arc::new(AuditLog::open(file, &key).unwrap())),
    };
    builder = match controls {
        Controls::WithoutPii => builder.without_pii(),
        Controls::WithoutReplay => builder.without_replay(),
        _ => builder.pii(PiiControl::new()),
    };
    let layer = X402GuardLayer::new(builder.build().unwrap());
    let mut service = layer.layer(service_fn(seller));
    move |request| {
        let answer = service.call(request).now_or_never().unwrap().unwrap();
        assert!(answer.extensions().get::<Denial>().is_none(), "{answer:?}");
        black_box(answer);
    }
}

/// The median time of one run, in nanoseconds; what runs work on is made outside the measurement, a batch at a time.
fn nanos<T>(mut make: impl FnMut() -> T, mut run: impl FnMut(T)) -> f64 {
    const BATCH: u32 = 64;
    let mut samples: Vec<Duration> = (0..300)
        .map(|_| {
            let inputs: Vec<T> = (0..BATCH).map(|_| make()).collect();
            let start = Instant::now();
            inputs.into_iter().for_each(&mut run);
            start.elapsed() / BATCH
        })
        .collect();
    samples.sort_unstable();
    samples[samples.len() / 2].as_nanos() as f64
}

fn decision(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let key = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
    let mut headers = Headers::new();
    let mut all = guard(Controls::All, folder.path());

    let mut group = criterion.benchmark_group("decision");
    group.bench_function("floor", |bencher| {
        let header = headers.next();
        bencher.iter(|| black_box(floor(black_box(&header), &key)));
    });
    group.bench_function("all controls", |bencher| {
        bencher.iter_batched(
            || headers.request(),
            &mut all,
            criterion::BatchSize::SmallInput,
        );
    });
    group.finish();

    let base = nanos(
        || headers.next(),
        |header| drop(black_box(floor(&header, &key))),
    );
    println!("decision floor: {base:.0} ns");
    let parse = nanos(
        || headers.request().into_parts().0.headers,
        |headers| drop(black_box(PaymentPayload::from_headers(&headers))),
    );
    println!(
        "decision parsing alone: {parse:.0} ns, ratio {:.2}",
        parse / base
    );
    for controls in [
        Controls::WithoutAudit,
        Controls::WithoutFile,
        Controls::WithoutPii,
        Controls::WithoutReplay,
    ] {
        let time = nanos(|| headers.request(), guard(controls, folder.path()));
        println!(
            "decision {controls:?}: {time:.0} ns, ratio {:.2}",
            time / base
        );
    }
    let time = nanos(|| headers.request(), &mut all);
    println!("decision all controls: {time:.0} ns");
    println!("ratio decision/floor: {:.2} (limit 3.00)", time / base);
}

criterion_group!(benches, decision);
criterion_main!(benches);
