//! Payments that somebody else signed, through stacks of single layers.

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use tower::ServiceExt;
use x402_tower::service::ProvenUnsettled;
use x402_tower::testing::{
    ControlStep, Offer, RecordingControl, ScriptedBody, ScriptedChallenge, ScriptedSeller,
    SellerError, Transcript,
};
use x402_tower::wire::Version;
use x402_tower::{Chain, ControlKind, ControlService, GuardBody};

use crate::ground::{Buyer, URL, context, denial, honest_seller, outcome};

/// The header that a third-party payer would send.
async fn signed(version: Version) -> Request<Full<Bytes>> {
    let seller = honest_seller(version);
    Buyer::new().get(&seller).await.unwrap();
    let mut request = crate::ground::get(URL);
    *request.headers_mut() = seller.requests().remove(1).headers;
    request
}

type Guarded = ControlService<ScriptedSeller>;

fn guarded(seller: &ScriptedSeller, control: &RecordingControl) -> Guarded {
    ControlService::new(seller.clone(), Chain::single(control.clone()), context())
}

async fn forwarded(
    seller: &ScriptedSeller,
    control: &RecordingControl,
) -> Result<Response<GuardBody<ScriptedBody>>, SellerError> {
    let request = signed(Version::V2).await;
    guarded(seller, control).oneshot(request).await
}

#[tokio::test]
async fn a_foreign_payment_meets_the_same_steps() {
    let control = RecordingControl::new(ControlKind::Policy);
    let seller = ScriptedSeller::new().settle();
    let response = forwarded(&seller, &control).await.unwrap();
    assert_eq!(outcome(&response), Some("settled"));
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(
        control.lines(),
        [
            "policy check",
            "policy approve",
            "policy sending",
            "policy finish settled"
        ]
    );
}

#[tokio::test]
async fn a_payment_leaves_as_it_came() {
    let seller = ScriptedSeller::new().settle();
    let control = RecordingControl::new(ControlKind::Policy);
    let request = signed(Version::V2).await;
    let sent = request.headers()["payment-signature"].clone();
    guarded(&seller, &control).oneshot(request).await.unwrap();
    assert_eq!(seller.requests()[0].headers["payment-signature"], sent);
}

#[tokio::test]
async fn a_denied_payment_does_not_leave() {
    for step in [
        ControlStep::Check,
        ControlStep::Approve,
        ControlStep::Sending,
    ] {
        let control = RecordingControl::new(ControlKind::Policy).denying(step);
        let seller = ScriptedSeller::new().settle();
        let response = forwarded(&seller, &control).await.unwrap();
        assert_eq!(denial(&response), Some("recording.denied"), "{step}");
        assert!(seller.requests().is_empty(), "{step}");
    }
}

#[tokio::test]
async fn an_unreadable_payment_is_refused_on_record() {
    let control = RecordingControl::new(ControlKind::Policy);
    let seller = ScriptedSeller::new();
    let mut request = crate::ground::get(URL);
    let header = HeaderValue::from_static("not base64");
    request.headers_mut().insert("payment-signature", header);
    let response = guarded(&seller, &control).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(control.lines(), ["policy refused wire.base64"]);
    assert!(seller.requests().is_empty());
}

#[tokio::test]
async fn a_v1_payment_is_priced_by_the_offer_that_passed_here() {
    let control = RecordingControl::new(ControlKind::Policy);
    let seller = honest_seller(Version::V1);
    let service = guarded(&seller, &control);
    service
        .clone()
        .oneshot(crate::ground::get(URL))
        .await
        .unwrap();
    let response = service.oneshot(signed(Version::V1).await).await.unwrap();
    assert_eq!(outcome(&response), Some("settled"));
}

#[tokio::test]
async fn a_v1_payment_for_an_offer_never_seen_is_refused() {
    let control = RecordingControl::new(ControlKind::Policy);
    let seller = ScriptedSeller::new();
    let request = signed(Version::V1).await;
    let response = guarded(&seller, &control).oneshot(request).await.unwrap();
    assert_eq!(denial(&response), Some("payment.asset_unknown"));
}

#[tokio::test]
async fn attack_146_a_denial_further_in_frees_what_was_set_aside_further_out() {
    let transcript = Transcript::new();
    let outer = RecordingControl::new(ControlKind::Policy).writing_to(&transcript);
    let inner = RecordingControl::new(ControlKind::Replay)
        .writing_to(&transcript)
        .denying(ControlStep::Check);
    let seller = ScriptedSeller::new();
    let stack = ControlService::new(guarded(&seller, &inner), Chain::single(outer), context());
    let response = stack.oneshot(signed(Version::V2).await).await.unwrap();
    assert_eq!(denial(&response), Some("recording.denied"));
    assert!(seller.requests().is_empty());
    assert_eq!(
        transcript.lines().last().unwrap(),
        "policy finish not_sent recording.denied"
    );
}

#[tokio::test]
async fn a_sent_payment_is_not_freed_by_an_unreadable_challenge_that_answers_it() {
    let mut again = ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]).to_response();
    let value = again.headers()["payment-required"].clone();
    again.headers_mut().append("payment-required", value);
    let transcript = Transcript::new();
    let outer = RecordingControl::new(ControlKind::Policy).writing_to(&transcript);
    let inner = RecordingControl::new(ControlKind::Replay).writing_to(&transcript);
    let seller = ScriptedSeller::new().respond(again);
    let stack = ControlService::new(guarded(&seller, &inner), Chain::single(outer), context());
    let response = stack.oneshot(signed(Version::V2).await).await.unwrap();
    assert_eq!(denial(&response), Some("wire.duplicate_header"));
    let lines = transcript.lines();
    assert!(
        lines.contains(&"replay finish rejected 402".into()),
        "{lines:?}"
    );
    let policy = lines.iter().find(|line| line.starts_with("policy finish"));
    assert!(!policy.unwrap().contains("not_sent"), "{lines:?}");
}

#[tokio::test]
async fn the_record_of_a_sent_payment_survives_an_unreadable_challenge() {
    let mut again = ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]).to_response();
    let value = again.headers()["payment-required"].clone();
    again.headers_mut().append("payment-required", value);
    let control = RecordingControl::new(ControlKind::Policy);
    let response = forwarded(&ScriptedSeller::new().respond(again), &control)
        .await
        .unwrap();
    assert_eq!(outcome(&response), Some("rejected"));
}

#[tokio::test]
async fn the_record_survives_a_control_outside_the_payer() {
    let mut again = ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]).to_response();
    let value = again.headers()["payment-required"].clone();
    again.headers_mut().append("payment-required", value);
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]))
        .respond(again);
    let control = RecordingControl::new(ControlKind::Audit);
    let service = ControlService::new(
        Buyer::new().service(&seller),
        Chain::single(control),
        context(),
    );
    let response = service.oneshot(crate::ground::get(URL)).await.unwrap();
    assert_eq!(denial(&response), Some("wire.duplicate_header"));
    assert_eq!(outcome(&response), Some("rejected"));
}

#[tokio::test]
async fn a_service_that_proves_it_did_not_settle_gives_back() {
    let mut refused = Response::new(ScriptedBody::default());
    *refused.status_mut() = StatusCode::CONFLICT;
    refused.extensions_mut().insert(ProvenUnsettled::new());
    let control = RecordingControl::new(ControlKind::Replay);
    forwarded(&ScriptedSeller::new().respond(refused), &control)
        .await
        .unwrap();
    assert_eq!(
        control.lines().last().unwrap(),
        "replay finish not_sent returned"
    );
}

#[tokio::test]
async fn attack_145_dropped_while_a_foreign_payment_is_out() {
    let control = RecordingControl::new(ControlKind::Policy);
    let seller = ScriptedSeller::new().hang();
    let request = signed(Version::V2).await;
    let waiting = guarded(&seller, &control).oneshot(request).now_or_never();
    assert!(waiting.is_none());
    assert_eq!(
        control.lines().last().unwrap(),
        "policy abandon unknown cancelled"
    );
}

#[tokio::test]
async fn attack_145_dropped_while_a_foreign_payment_is_checked() {
    let control = RecordingControl::new(ControlKind::Policy).hanging(ControlStep::Check);
    let seller = ScriptedSeller::new();
    let request = signed(Version::V2).await;
    let waiting = guarded(&seller, &control).oneshot(request).now_or_never();
    assert!(waiting.is_none());
    assert_eq!(
        control.lines().last().unwrap(),
        "policy abandon not_sent cancelled"
    );
    assert!(seller.requests().is_empty());
}
