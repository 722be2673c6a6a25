//! A whole guard adds no allocation to a request that carries no payment.

#![allow(clippy::unwrap_used, reason = "a missing answer must fail the test")]

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::Full;
use tower::service_fn;
use tower_layer::Layer;
use tower_service::Service;
use x402_tower::audit::{AuditKey, AuditLog, NullSink};
use x402_tower::policy::PolicyConfig;
use x402_tower::{GuardConfig, Usd, X402GuardLayer};

type Empty = Full<Bytes>;

async fn seller(_: Request<Empty>) -> Result<Response<Empty>, Infallible> {
    Ok(Response::new(Empty::default()))
}

/// Allocations of one call that is answered at once, after one that is not counted.
fn allocations<S, R>(mut service: S) -> u64
where
    S: Service<Request<Empty>, Response = Response<R>>,
{
    let mut call = || {
        let mut request = Request::new(Empty::default());
        *request.uri_mut() = Uri::from_static("https://api.example.com/report");
        let answer = pin!(service.call(request));
        let done = answer.poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(done, Poll::Ready(Ok(response)) if response.status() == 200));
    };
    call();
    allocation_counter::measure(call).count_total
}

fn log() -> Arc<AuditLog> {
    Arc::new(AuditLog::open(NullSink::new(), &AuditKey::generate().unwrap()).unwrap())
}

#[test]
fn a_guarded_buyer_allocates_nothing_for_what_is_free() {
    let policy = PolicyConfig::new().with_daily_limit(Usd::parse("5").unwrap());
    let config = GuardConfig::buyer().policy(policy).audit(log()).build();
    let layer = X402GuardLayer::new(config.unwrap());
    let added = allocations(layer.layer(service_fn(seller)));
    assert_eq!(added, allocations(service_fn(seller)));
}

#[test]
fn a_guarded_seller_allocates_nothing_for_what_is_free() {
    let config = GuardConfig::seller().audit(log()).build().unwrap();
    let added = allocations(X402GuardLayer::new(config).layer(service_fn(seller)));
    assert_eq!(added, allocations(service_fn(seller)));
}
