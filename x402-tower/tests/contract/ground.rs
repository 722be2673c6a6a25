//! Every layer of the library, and the exchanges they are driven through.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::{Service, ServiceExt};
use x402_tower::audit::{AuditControl, AuditKey, AuditLayer, AuditLog, NullSink};
use x402_tower::guard::{Paying, Watching, X402GuardLayer};
use x402_tower::pay::{PayService, Payer};
use x402_tower::pii::{PiiControl, PiiLayer};
use x402_tower::policy::{PolicyConfig, PolicyControl, PolicyLayer, Rules};
use x402_tower::replay::{ReplayControl, ReplayLayer};
use x402_tower::service::ControlLayer;
use x402_tower::testing::{
    Offer, RecordingControl, RecordingSigner, ScriptedChallenge, ScriptedSeller,
};
use x402_tower::{Chain, Context, ControlKind, GuardConfig, SignLayer};

pub(crate) const URL: &str = "https://api.example.com/report";

pub(crate) fn audit() -> AuditLayer {
    let log = AuditLog::open(NullSink::new(), &AuditKey::generate().unwrap()).unwrap();
    AuditLayer::new(AuditControl::new(Arc::new(log)))
}

pub(crate) fn pii() -> PiiLayer {
    PiiLayer::new(PiiControl::new())
}

pub(crate) fn policy() -> PolicyLayer {
    let rules = Rules::compile(&PolicyConfig::new()).unwrap();
    PolicyLayer::new(PolicyControl::new(rules))
}

pub(crate) fn replay() -> ReplayLayer {
    ReplayLayer::new(ReplayControl::in_memory().unwrap())
}

pub(crate) fn control() -> ControlLayer {
    let control = RecordingControl::new(ControlKind::Custom("recording"));
    ControlLayer::new(Chain::single(control), Context::buyer())
}

pub(crate) fn watching() -> X402GuardLayer<Watching> {
    let config = GuardConfig::buyer().policy(PolicyConfig::new());
    X402GuardLayer::new(config.build().unwrap())
}

pub(crate) fn selling() -> X402GuardLayer<Watching> {
    X402GuardLayer::new(GuardConfig::seller().build().unwrap())
}

pub(crate) fn paying() -> X402GuardLayer<Paying> {
    watching().with_signer(RecordingSigner::new()).unwrap()
}

pub(crate) fn sign() -> SignLayer {
    SignLayer::new(RecordingSigner::new())
}

pub(crate) fn get() -> Request<Full<Bytes>> {
    Request::get(URL).body(Full::default()).unwrap()
}

pub(crate) fn challenge() -> ScriptedChallenge {
    ScriptedChallenge::v2(URL, [Offer::usdc(10_000)])
}

/// A request that carries a payment which somebody else signed.
pub(crate) async fn signed() -> Request<Full<Bytes>> {
    let seller = ScriptedSeller::new().challenge(&challenge()).settle();
    let signer = Arc::new(RecordingSigner::new());
    let payer = Payer::new(Chain::new(vec![]).unwrap(), Context::buyer(), signer);
    PayService::with_payer(seller.clone(), payer)
        .oneshot(get())
        .await
        .unwrap();
    let mut request = get();
    *request.headers_mut() = seller.requests().remove(1).headers;
    request
}

/// Calls one instance the way that a server or a client does.
pub(crate) async fn call<S, B>(service: &mut S, request: Request<Full<Bytes>>) -> Response<B>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>>,
    S::Error: core::fmt::Debug,
{
    service.ready().await.unwrap().call(request).await.unwrap()
}
