//! Requests that carry no payment pay nothing: no allocation beyond the bare service's own.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests fail as loudly as tests

use allocation_counter::measure;
use bytes::Bytes;
use futures_util::FutureExt;
use http::{Method, Request, Response, Uri};
use http_body_util::Full;
use tower::{Layer, Service, service_fn};
use x402_tower::egress::EgressLayer;
use x402_tower::pii::{PiiControl, PiiLayer};
use x402_tower::service::ControlLayer;
use x402_tower::testing::{RecordingControl, RecordingSigner};
use x402_tower::{
    Chain, Context, ControlKind, FacilitatorGuardLayer, GuardConfig, PayLayer, SignLayer,
};

type Body = Full<Bytes>;

async fn seller(_: Request<Body>) -> Result<Response<Body>, core::convert::Infallible> {
    Ok(Response::new(Body::default()))
}

fn request(uri: Uri) -> Request<Body> {
    let mut request = Request::new(Body::default());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = uri;
    request
}

/// Allocations of one call, from `call` to the response, after a first call that is not counted.
fn allocations<S, R>(mut service: S, uri: &Uri) -> u64
where
    S: Service<Request<Body>, Response = Response<R>>,
    S::Error: core::fmt::Debug,
{
    let (first, second) = (request(uri.clone()), request(uri.clone()));
    service.call(first).now_or_never().unwrap().unwrap();
    let mut response = None;
    let counted = measure(|| {
        response = service.call(second).now_or_never();
    });
    assert_eq!(response.unwrap().unwrap().status(), 200);
    counted.count_total
}

fn control() -> ControlLayer {
    let control = RecordingControl::new(ControlKind::Custom("recording"));
    ControlLayer::new(Chain::single(control), Context::buyer())
}

/// As a server hands it out: a slice of the connection's buffer.
fn shared_uri() -> Uri {
    let buffer = Bytes::from("GET /report?id=7 HTTP/1.1".to_owned());
    let _connection = buffer.clone();
    Uri::from_maybe_shared(buffer.slice(4..16)).unwrap()
}

#[test]
fn the_counter_counts() {
    let boxing = service_fn(|_: Request<Body>| {
        Box::pin(core::future::ready(Ok::<_, ()>(Response::new(
            Body::default(),
        ))))
    });
    assert_eq!(allocations(boxing, &shared_uri()), 1);
}

#[test]
fn a_control_around_an_unpaid_request_allocates_nothing() {
    for uri in [
        Uri::from_static("https://api.example.com/report"),
        shared_uri(),
    ] {
        assert_eq!(allocations(service_fn(seller), &uri), 0);
        assert_eq!(allocations(control().layer(service_fn(seller)), &uri), 0);
    }
}

#[test]
fn many_controls_around_an_unpaid_request_allocate_nothing() {
    let stack = control().layer(control().layer(control().layer(service_fn(seller))));
    assert_eq!(allocations(stack, &shared_uri()), 0);
}

#[test]
fn a_control_that_screens_no_requests_allocates_nothing_for_them() {
    let pii = || PiiLayer::new(PiiControl::new());
    let egress = EgressLayer::new(PiiControl::new());
    let stack = egress.layer(pii().layer(service_fn(seller)));
    assert_eq!(allocations(stack, &shared_uri()), 0);
}

#[test]
fn a_facilitators_other_requests_allocate_nothing() {
    let layer = FacilitatorGuardLayer::new(&GuardConfig::facilitator().build().unwrap());
    let uri = Uri::from_static("https://facilitator.example/supported");
    assert_eq!(allocations(layer.layer(service_fn(seller)), &uri), 0);
}

#[test]
fn a_control_that_forwards_headers_allocates_nothing_either() {
    let mut service = control().layer(service_fn(seller));
    let mut request = request(shared_uri());
    let headers = request.headers_mut();
    headers.insert("accept", http::HeaderValue::from_static("*/*"));
    headers.insert("host", http::HeaderValue::from_static("api.example.com"));
    let counted = measure(|| {
        let response = service.call(request).now_or_never();
        assert!(response.is_some_and(|answer| answer.is_ok()));
    });
    // The request's own headers are freed inside; nothing is allocated.
    assert_eq!(counted.count_total, 0);
}

#[test]
fn paying_layers_around_an_unpaid_request_without_headers_allocate_nothing() {
    let stack = PayLayer::new()
        .layer(control().layer(SignLayer::new(RecordingSigner::new()).layer(service_fn(seller))));
    assert_eq!(allocations(stack, &shared_uri()), 0);
}

#[test]
fn a_guard_whose_policy_was_loaded_again_allocates_nothing_either() {
    let policy = |text| x402_tower::policy::PolicyConfig::from_toml(text, "policy.toml").unwrap();
    let config = x402_tower::GuardConfig::buyer()
        .policy(policy("max_per_call_usd = 0.01"))
        .build()
        .unwrap();
    let guard = x402_tower::X402GuardLayer::new(config.clone()).layer(service_fn(seller));
    config
        .reloader()
        .replace(&policy("max_per_call_usd = 0.02"))
        .unwrap();
    assert_eq!(allocations(guard, &shared_uri()), 0);
}
