//! A buyer with or without a control for personal data, in front of a scripted seller.

use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use tower::ServiceExt;
use x402_tower::pay::{PayService, Payer};
use x402_tower::pii::PiiControl;
use x402_tower::testing::{
    ManualClock, Offer, RecordingSigner, ScriptedBody, ScriptedChallenge, ScriptedSeller,
};
use x402_tower::{Chain, Context, Control, Denial, GuardBody, PaymentRecord};

pub(crate) const EMAIL: &str = "alice@example.com";
pub(crate) const CARD: &str = "4111111111111111";
pub(crate) const SSN: &str = "536-22-8726";
pub(crate) const URL: &str = "https://api.example.com/report";
pub(crate) const NOW: u64 = 1_700_000_000;

pub(crate) type Answer = Response<GuardBody<ScriptedBody>>;
pub(crate) type Empty = Full<Bytes>;

pub(crate) fn context() -> Context {
    Context::buyer().with_clock(Arc::new(ManualClock::from_secs(NOW)))
}

/// The control, or the twin that does without it.
pub(crate) fn chain(pii: Option<PiiControl>) -> Chain {
    let control = pii.map(|pii| Arc::new(pii) as Arc<dyn Control>);
    Chain::new(control.into_iter().collect()).unwrap()
}

pub(crate) fn payer(pii: Option<PiiControl>) -> Payer {
    Payer::new(chain(pii), context(), Arc::new(RecordingSigner::new()))
}

pub(crate) fn buyer(
    pii: Option<PiiControl>,
    seller: &ScriptedSeller,
) -> PayService<ScriptedSeller> {
    PayService::with_payer(seller.clone(), payer(pii))
}

pub(crate) async fn buy(
    pii: Option<PiiControl>,
    seller: &ScriptedSeller,
    request: Request<Empty>,
) -> Answer {
    buyer(pii, seller).oneshot(request).await.unwrap()
}

pub(crate) fn get(url: &str) -> Request<Empty> {
    Request::get(url).body(Full::default()).unwrap()
}

pub(crate) fn post(url: &str, content_type: &str, body: &str) -> Request<Empty> {
    Request::post(url)
        .header("content-type", content_type)
        .header("content-length", body.len())
        .body(Full::from(body.to_owned()))
        .unwrap()
}

pub(crate) fn cent() -> Offer {
    Offer::usdc(10_000)
}

pub(crate) fn honest(url: &str) -> ScriptedSeller {
    ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(url, [cent()]))
        .settle()
}

pub(crate) fn denial<B>(response: &Response<B>) -> Option<&'static str> {
    response.extensions().get::<Denial>().map(Denial::code)
}

pub(crate) fn record<B>(response: &Response<B>) -> PaymentRecord {
    response
        .extensions()
        .get::<PaymentRecord>()
        .unwrap()
        .clone()
}

pub(crate) async fn text<B>(body: B) -> String
where
    B: Body<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    let bytes = body.collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The JSON in a base64 header.
pub(crate) fn decoded(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).unwrap_or_else(|| panic!("no {name}"));
    String::from_utf8(BASE64_STANDARD.decode(value).unwrap()).unwrap()
}

pub(crate) fn encoded(json: &str) -> String {
    BASE64_STANDARD.encode(json)
}
