//! A request without a payment, bare and through a whole guard: time and allocations that the guard adds.
//!
//! ```text
//! cargo bench -p x402-tower --features testing --bench passthrough
//! ```

#![allow(
    missing_docs,
    clippy::disallowed_methods, // benches measure real time
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::float_arithmetic
)]

use std::convert::Infallible;
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Instant;

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use http::{Request, Response, Uri};
use http_body_util::Full;
use tower::{Service, service_fn};
use tower_layer::Layer;
use x402_tower::audit::{AuditKey, AuditLog, NullSink};
use x402_tower::policy::PolicyConfig;
use x402_tower::testing::RecordingSigner;
use x402_tower::{GuardConfig, Usd, X402GuardLayer};

type Empty = Full<Bytes>;

async fn seller(_: Request<Empty>) -> Result<Response<Empty>, Infallible> {
    Ok(Response::new(Empty::default()))
}

/// All controls, as a buyer would have them.
fn config() -> GuardConfig {
    let log = AuditLog::open(NullSink::new(), &AuditKey::generate().unwrap()).unwrap();
    let policy = PolicyConfig::new().with_daily_limit(Usd::parse("5").unwrap());
    let builder = GuardConfig::buyer().policy(policy).audit(Arc::new(log));
    builder.build().unwrap()
}

fn request() -> Request<Empty> {
    let mut request = Request::new(Empty::default());
    *request.uri_mut() = Uri::from_static("https://api.example.com/report?id=7");
    request
}

fn call<S, R>(service: &mut S)
where
    S: Service<Request<Empty>, Response = Response<R>>,
    S::Error: core::fmt::Debug,
{
    // Polled where it is made, as `.await` does.
    let answer = pin!(service.call(black_box(request())));
    match answer.poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(answer) => drop(black_box(answer.unwrap())),
        Poll::Pending => println!("the seller did not answer at once"),
    }
}

fn allocations(mut call: impl FnMut()) -> u64 {
    call();
    allocation_counter::measure(call).count_total
}

/// What `call` takes longer than `floor`, in nanoseconds: the median of differences, each of two timed side by side.
fn added(mut floor: impl FnMut(), mut call: impl FnMut()) -> f64 {
    const CALLS: u32 = 2_000;
    fn timed(call: &mut impl FnMut()) -> f64 {
        let start = Instant::now();
        (0..CALLS).for_each(|_| call());
        start.elapsed().as_nanos() as f64 / f64::from(CALLS)
    }
    let mut differences: Vec<f64> = (0..400)
        .map(|_| {
            let floor = timed(&mut floor);
            timed(&mut call) - floor
        })
        .collect();
    differences.sort_unstable_by(f64::total_cmp);
    *differences.get(differences.len() / 2).unwrap()
}

fn passthrough(criterion: &mut Criterion) {
    let mut bare = service_fn(seller);
    let layer = X402GuardLayer::new(config());
    let mut guarded = layer.layer(service_fn(seller));
    let paying = layer.with_signer(RecordingSigner::new()).unwrap();
    let mut paying = paying.layer(service_fn(seller));

    let mut group = criterion.benchmark_group("passthrough");
    group.bench_function("bare", |bencher| bencher.iter(|| call(&mut bare)));
    group.bench_function("guarded", |bencher| bencher.iter(|| call(&mut guarded)));
    group.bench_function("paying", |bencher| bencher.iter(|| call(&mut paying)));
    group.finish();

    let none = allocations(|| call(&mut bare));
    for (name, count, time) in [
        (
            "guarded",
            allocations(|| call(&mut guarded)),
            added(|| call(&mut bare), || call(&mut guarded)),
        ),
        (
            "paying",
            allocations(|| call(&mut paying)),
            added(|| call(&mut bare), || call(&mut paying)),
        ),
    ] {
        let more = count.saturating_sub(none);
        println!("passthrough {name}: {more} allocations added (limit 0)");
        println!("passthrough {name}: {time:.0} ns added (limit 100)");
    }
}

criterion_group!(benches, passthrough);
criterion_main!(benches);
