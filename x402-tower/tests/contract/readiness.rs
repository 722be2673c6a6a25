//! `call` follows a ready `poll_ready` of the same instance, also inside limits and on the paths that send twice.

use http::Response;
use tower::limit::ConcurrencyLimit;
use tower::{Layer, ServiceBuilder, ServiceExt};
use x402_tower::testing::{ScriptedBody, ScriptedSeller, SellerError, ServiceProbe, StatefulInner};
use x402_tower::{GuardBody, PayLayer, PaymentRecord};

use crate::ground::{
    audit, call, challenge, control, get, paying, pii, policy, replay, selling, sign, signed,
    watching,
};

type Limited = ConcurrencyLimit<StatefulInner<ScriptedSeller>>;
type Request = http::Request<http_body_util::Full<bytes::Bytes>>;

/// Drives one instance and a clone of it through an unpaid request, a challenge and a signed payment, with one permit
/// for all of them.
async fn keeps_the_contract<L>(layer: L)
where
    L: Layer<Limited>,
    L::Service: tower::Service<Request, Response = Response<GuardBody<ScriptedBody>>, Error = SellerError>
        + Clone,
{
    let seller = ScriptedSeller::new()
        .respond(Response::default())
        .challenge(&challenge())
        .settle()
        .respond(Response::default())
        .respond(Response::default())
        .respond(Response::default());
    let probe = ServiceProbe::new();
    let mut service = ServiceBuilder::new()
        .layer(layer)
        .concurrency_limit(1)
        .service(probe.wrap(seller.clone()));
    for request in [get(), get(), signed().await] {
        call(&mut service, request).await;
    }
    let clone = service.clone();
    call(&mut service, get()).await;
    drop(service);
    clone.oneshot(signed().await).await.unwrap();
    assert_eq!(probe.calls(), seller.requests().len());
    assert!(probe.calls() >= 4, "{} calls", probe.calls());
    probe.assert_ready_contract();
    probe.assert_quiescent();
    assert_eq!(probe.cancelled(), 0);
}

macro_rules! each_layer {
    ($($test:ident: $layer:expr;)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                keeps_the_contract($layer).await;
            }
        )*
    };
}

each_layer! {
    audit_layer: audit();
    pii_layer: pii();
    policy_layer: policy();
    replay_layer: replay();
    control_layer: control();
    watching_guard_layer: watching();
    selling_guard_layer: selling();
    paying_guard_layer: paying();
    sign_layer: sign();
    pay_layer: PayLayer::new();
}

#[tokio::test]
async fn a_whole_stack_of_single_layers() {
    let probe = ServiceProbe::new();
    let seller = ScriptedSeller::new()
        .challenge(&challenge())
        .settle()
        .respond(Response::default());
    let mut service = ServiceBuilder::new()
        .layer(PayLayer::new())
        .layer(audit())
        .layer(pii())
        .layer(policy())
        .layer(replay())
        .layer(sign())
        .concurrency_limit(1)
        .service(probe.wrap(seller));
    let response = call(&mut service, get()).await;
    let record = response.extensions().get::<PaymentRecord>().unwrap();
    assert_eq!(record.outcome().as_str(), "settled");
    call(&mut service, get()).await;
    assert_eq!(probe.calls(), 3);
    probe.assert_ready_contract();
    probe.assert_quiescent();
}

#[tokio::test]
async fn the_request_with_a_body_is_sent_by_the_readied_service() {
    let probe = ServiceProbe::new();
    let seller = ScriptedSeller::new().challenge(&challenge()).settle();
    let mut service = paying().layer(probe.wrap(seller.clone()));
    let request = get().map(|_| http_body_util::Full::from("question"));
    call(&mut service, request).await;
    assert_eq!(seller.paid_requests(), 1);
    probe.assert_ready_contract();
}

#[tokio::test]
async fn a_dropped_call_leaves_nothing_in_flight() {
    use futures_util::FutureExt;

    let probe = ServiceProbe::new();
    let service = paying().layer(probe.wrap(ScriptedSeller::new().hang()));
    let mut waiting = Box::pin(service.oneshot(get()));
    for _ in 0..3 {
        assert!(waiting.as_mut().now_or_never().is_none());
    }
    assert_eq!(probe.in_flight(), 1);
    drop(waiting);
    probe.assert_quiescent();
    assert_eq!(probe.cancelled(), 1);
}

/// The probe itself sees the mistake that it is there for.
#[tokio::test]
async fn the_probe_catches_a_clone_in_call() {
    use tower::Service;

    let probe = ServiceProbe::new();
    let mut readied = probe.wrap(ScriptedSeller::new().respond(Response::default()));
    ServiceExt::<Request>::ready(&mut readied).await.unwrap();
    readied.clone().call(get()).await.unwrap();
    assert_eq!(probe.violations(), 1);
}
