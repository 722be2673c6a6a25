//! The whole decision on a captured payment, beside what no guard can do without: decoding and parsing it, and two HMACs.
//!
//! All of it with the same allocator, mimalloc.
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
use std::future::ready;
use std::hint::black_box;
use std::path::Path;
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
use parking_lot::Mutex;
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

/// The system's own takes its time when a heap is littered, and every subject litters it for the next.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

/// Which controls decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Controls {
    All,
    WithoutAudit,
    WithoutFile,
    WithoutPii,
    WithoutPolicy,
    WithoutReplay,
}

/// How long one decision took: until the payment may leave, and until its outcome is on record.
#[derive(Debug, Clone, Copy, Default)]
struct Took {
    left: Duration,
    whole: Duration,
}

fn guard(controls: Controls, folder: &Path) -> impl FnMut(Request<Empty>) -> Took + use<> {
    let limit = Usd::parse("1000000").unwrap();
    let mut policy = PolicyConfig::new();
    if controls != Controls::WithoutPolicy {
        policy = policy
            .with_max_per_call(limit)
            .with_daily_limit(limit)
            .with_allowed_origins(["http://127.0.0.1:4602"]);
    }
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
    let sent = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&sent);
    let mut service = layer.layer(service_fn(move |_: Request<Empty>| {
        *seen.lock() = Some(Instant::now());
        ready(Ok::<_, Infallible>(Response::new(Empty::default())))
    }));
    move |request| {
        let start = Instant::now();
        let answer = service.call(request).now_or_never().unwrap().unwrap();
        let whole = start.elapsed();
        assert!(answer.extensions().get::<Denial>().is_none(), "{answer:?}");
        let sent = sent.lock().take().unwrap();
        Took {
            left: sent - start,
            whole,
        }
    }
}

/// What is timed in turns, so that a busy machine slows all of it down alike.
struct Subject {
    name: &'static str,
    run: Box<dyn FnMut(Request<Empty>) -> Took>,
    left: Vec<Duration>,
    whole: Vec<Duration>,
}

impl Subject {
    fn new(name: &'static str, run: impl FnMut(Request<Empty>) -> Took + 'static) -> Self {
        Self {
            name,
            run: Box::new(run),
            left: Vec::new(),
            whole: Vec::new(),
        }
    }

    /// Something that has no payment leave it.
    fn alone(name: &'static str, mut run: impl FnMut(&Request<Empty>) + 'static) -> Self {
        Self::new(name, move |request| {
            let start = Instant::now();
            run(&request);
            let whole = start.elapsed();
            Took { left: whole, whole }
        })
    }

    /// One batch; a sample is the mean of its runs.
    fn sample(&mut self, headers: &mut Headers) {
        const BATCH: u32 = 64;
        let mut sum = Took::default();
        for _ in 0..BATCH {
            // Made one at a time, as they come to a server: a heap full of waiting requests is what would be measured.
            let took = (self.run)(headers.request());
            sum.left += took.left;
            sum.whole += took.whole;
        }
        self.left.push(sum.left / BATCH);
        self.whole.push(sum.whole / BATCH);
    }
}

/// The median, in nanoseconds.
fn median(samples: &[Duration]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2].as_nanos() as f64
}

/// The subjects that [`report`] puts beside each other; the floor comes first, all controls second.
fn subjects(folder: &Path, key: Hmac<Sha256>) -> Vec<Subject> {
    let without = |name, controls| Subject::new(name, guard(controls, folder));
    vec![
        Subject::alone("floor", move |request| {
            let header = request.headers().get(PAYMENT_SIGNATURE).unwrap();
            black_box(floor(header, &key));
        }),
        without("all", Controls::All),
        Subject::alone("parse", |request| {
            black_box(PaymentPayload::from_headers(request.headers()).unwrap());
        }),
        without("PII", Controls::WithoutPii),
        without("policy: limits and origins", Controls::WithoutPolicy),
        without("replay", Controls::WithoutReplay),
        without("file write", Controls::WithoutFile),
        without("audit", Controls::WithoutAudit),
    ]
}

fn report(subjects: &[Subject]) {
    const LIMIT: f64 = 3.0;
    let whole = |name: &str| {
        let subject = subjects.iter().find(|subject| subject.name == name);
        median(&subject.unwrap().whole)
    };
    let base = whole("floor");
    let all = whole("all");
    println!("decision floor: {base:.0} ns");
    let part = |name: &str, how: &str, nanos: f64| {
        let ratio = nanos / base;
        println!("decision part, {name}: {nanos:.0} ns, {ratio:.2} of the floor ({how})");
    };
    part("parse", "alone", whole("parse"));
    for name in ["PII", "policy: limits and origins", "replay"] {
        part(name, "what leaving it out saves", all - whole(name));
    }
    let unwritten = whole("file write");
    part(
        "audit format and HMAC, two records",
        "what leaving it out saves",
        unwritten - whole("audit"),
    );
    part(
        "audit file, two writes",
        "what leaving it out saves",
        all - unwritten,
    );
    let named: f64 = ["PII", "policy: limits and origins", "replay", "audit"]
        .map(|name| all - whole(name))
        .iter()
        .sum();
    let rest = all - named - whole("parse");
    part("everything else", "all without the parts above", rest);
    let left = median(&subjects[1].left);
    println!(
        "decision until the payment may leave: {left:.0} ns, ratio to the floor {:.2} (limit {LIMIT:.2})",
        left / base
    );
    println!(
        "decision and its outcome, on record as well: {all:.0} ns, ratio to the floor {:.2}",
        all / base
    );
}

fn decision(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let key = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap();
    let mut headers = Headers::new();
    let mut subjects = subjects(folder.path(), key);
    for _ in 0..400 {
        for subject in &mut subjects {
            subject.sample(&mut headers);
        }
    }
    report(&subjects);

    let mut group = criterion.benchmark_group("decision");
    for subject in subjects.iter_mut().take(2) {
        group.bench_function(subject.name, |bencher| {
            bencher.iter_batched(
                || headers.request(),
                &mut subject.run,
                criterion::BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, decision);
criterion_main!(benches);
