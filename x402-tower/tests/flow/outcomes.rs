//! What becomes of a payment.

use std::sync::Arc;

use http_body_util::BodyExt;
use tower::ServiceExt;
use x402_tower::pay::{PayService, Payer};
use x402_tower::testing::{
    ControlStep, Offer, RecordingControl, RecordingSigner, ScriptedChallenge, ScriptedSeller,
    SellerError, Transcript,
};
use x402_tower::wire::{PaymentPayload, Version};
use x402_tower::{Chain, Control, ControlKind};

use crate::ground::{Buyer, URL, VERSIONS, context, denial, get, honest_seller, outcome};

#[tokio::test]
async fn a_challenge_of_either_version_is_paid() {
    for version in VERSIONS {
        let (buyer, seller) = (Buyer::new(), honest_seller(version));
        let response = buyer.get(&seller).await.unwrap();
        assert_eq!(outcome(&response), Some("settled"), "{version}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "a report");
        assert_eq!(buyer.signer.count(), 1);
    }
}

#[tokio::test]
async fn the_payment_travels_in_the_header_of_its_version() {
    for (version, header) in [
        (Version::V1, "x-payment"),
        (Version::V2, "payment-signature"),
    ] {
        let seller = honest_seller(version);
        Buyer::new().get(&seller).await.unwrap();
        let requests = seller.requests();
        assert!(!requests[0].is_paid());
        assert!(requests[1].headers.contains_key(header), "{version}");
        let payment = PaymentPayload::from_headers(&requests[1].headers).unwrap();
        assert_eq!(payment.unwrap().version(), version);
    }
}

#[tokio::test]
async fn a_v2_payment_echoes_the_offer_byte_for_byte() {
    let offer = Offer::usdc(10_000).extra("note", "caf\u{e9} \u{1f98a}");
    let challenge = ScriptedChallenge::v2(URL, [offer]);
    let seller = ScriptedSeller::new().challenge(&challenge).settle();
    Buyer::new().get(&seller).await.unwrap();
    let paid = PaymentPayload::from_headers(&seller.requests()[1].headers)
        .unwrap()
        .unwrap();
    let offered = challenge.to_json()["accepts"][0].to_string();
    assert_eq!(paid.accepted().unwrap().raw(), offered.as_bytes());
}

#[tokio::test]
async fn a_control_is_told_each_step_once_and_in_order() {
    let (buyer, seller) = (Buyer::new(), honest_seller(Version::V2));
    buyer.get(&seller).await.unwrap();
    assert_eq!(
        buyer.control.lines(),
        [
            "policy check",
            "policy approve",
            "policy sending",
            "policy finish settled"
        ]
    );
}

#[tokio::test]
async fn controls_decide_from_outside_and_approve_and_hear_from_inside() {
    let transcript = Transcript::new();
    let controls = [ControlKind::Audit, ControlKind::Pii, ControlKind::Policy].map(|kind| {
        Arc::new(RecordingControl::new(kind).writing_to(&transcript)) as Arc<dyn Control>
    });
    let chain = Chain::new(controls.to_vec()).unwrap();
    let payer = Payer::new(chain, context(), Arc::new(RecordingSigner::new()));
    PayService::with_payer(honest_seller(Version::V2), payer)
        .oneshot(get(URL))
        .await
        .unwrap();
    assert_eq!(
        transcript.lines(),
        [
            "audit check",
            "pii check",
            "policy check",
            "policy approve",
            "pii approve",
            "audit approve",
            "audit sending",
            "pii sending",
            "policy sending",
            "policy finish settled",
            "pii finish settled",
            "audit finish settled",
        ]
    );
}

#[tokio::test]
async fn a_denial_is_told_to_those_that_let_it_pass_and_to_nobody_else() {
    let transcript = Transcript::new();
    let control = |kind| RecordingControl::new(kind).writing_to(&transcript);
    let controls: Vec<Arc<dyn Control>> = vec![
        Arc::new(control(ControlKind::Audit)),
        Arc::new(control(ControlKind::Policy).denying(ControlStep::Check)),
        Arc::new(control(ControlKind::Replay)),
    ];
    let signer = RecordingSigner::new();
    let payer = Payer::new(
        Chain::new(controls).unwrap(),
        context(),
        Arc::new(signer.clone()),
    );
    let response = PayService::with_payer(honest_seller(Version::V2), payer)
        .oneshot(get(URL))
        .await
        .unwrap();
    assert_eq!(denial(&response), Some("recording.denied"));
    assert_eq!(signer.count(), 0);
    assert_eq!(
        transcript.lines(),
        [
            "audit check",
            "policy check",
            "audit finish not_sent recording.denied"
        ]
    );
}

#[tokio::test]
async fn a_denial_at_approve_is_before_the_signer() {
    let buyer = Buyer::with_control(
        RecordingControl::new(ControlKind::Policy).denying(ControlStep::Approve),
    );
    let seller = honest_seller(Version::V2);
    let response = buyer.get(&seller).await.unwrap();
    assert_eq!(denial(&response), Some("recording.denied"));
    assert_eq!((buyer.signer.count(), seller.paid_requests()), (0, 0));
}

#[tokio::test]
async fn a_denial_at_sending_keeps_the_signature_here() {
    let buyer = Buyer::with_control(
        RecordingControl::new(ControlKind::Policy).denying(ControlStep::Sending),
    );
    let seller = honest_seller(Version::V2);
    let response = buyer.get(&seller).await.unwrap();
    assert_eq!(denial(&response), Some("recording.denied"));
    assert_eq!(seller.paid_requests(), 0);
    assert_eq!(
        buyer.control.lines().last().unwrap(),
        "policy finish not_sent recording.denied"
    );
}

#[tokio::test]
async fn attack_043_a_402_after_paying_is_an_outcome() {
    for version in VERSIONS {
        let challenge = ScriptedChallenge::new(version, URL, [Offer::usdc(10_000)]);
        let mut seller = ScriptedSeller::new();
        for _ in 0..5 {
            seller = seller.challenge(&challenge);
        }
        let buyer = Buyer::new();
        let response = buyer.get(&seller).await.unwrap();
        assert_eq!(response.status(), 402);
        assert_eq!(outcome(&response), Some("rejected"));
        assert_eq!(buyer.signer.count(), 1, "one signature for one request");
        assert_eq!(seller.requests().len(), 2);
        assert_eq!(
            buyer.control.lines().last().unwrap(),
            "policy finish rejected 402"
        );
    }
}

#[tokio::test]
async fn attack_043_two_payers_around_one_another_pay_once() {
    let challenge = ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]);
    let seller = (0..5).fold(ScriptedSeller::new(), |seller, _| {
        seller.challenge(&challenge)
    });
    let (outer, inner) = (Buyer::new(), Buyer::new());
    let payer = Payer::new(
        Chain::single(outer.control.clone()),
        context(),
        Arc::new(outer.signer.clone()),
    );
    let response = PayService::with_payer(inner.service(&seller), payer)
        .oneshot(get(URL))
        .await
        .unwrap();
    assert_eq!(response.status(), 402);
    assert_eq!((inner.signer.count(), outer.signer.count()), (1, 0));
    assert_eq!(outcome(&response), Some("rejected"));
}

#[tokio::test]
async fn a_refusing_receipt_is_a_rejection() {
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]))
        .reject("insufficient_funds");
    let response = Buyer::new().get(&seller).await.unwrap();
    assert_eq!(outcome(&response), Some("rejected"));
}

#[tokio::test]
async fn a_transport_error_after_sending_is_unknown_and_passes_through() {
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]))
        .fail();
    let buyer = Buyer::new();
    let error = buyer.get(&seller).await.unwrap_err();
    assert_eq!(error, SellerError::Scripted);
    assert_eq!(
        buyer.control.lines().last().unwrap(),
        "policy finish unknown transport"
    );
}

#[tokio::test]
async fn a_failing_signer_sends_nothing() {
    let buyer = Buyer::with_signer(RecordingSigner::failing());
    let seller = honest_seller(Version::V2);
    let response = buyer.get(&seller).await.unwrap();
    assert_eq!(denial(&response), Some("signer.failed"));
    assert_eq!(seller.paid_requests(), 0);
    assert_eq!(
        buyer.control.lines().last().unwrap(),
        "policy finish not_sent signer.failed"
    );
}

#[tokio::test]
async fn a_402_that_is_not_x402_passes_through() {
    let mut response = http::Response::new("<h1>subscribe</h1>".to_owned());
    *response.status_mut() = http::StatusCode::PAYMENT_REQUIRED;
    let seller =
        ScriptedSeller::new().respond(response.map(x402_tower::testing::ScriptedBody::whole));
    let buyer = Buyer::new();
    let response = buyer.get(&seller).await.unwrap();
    assert_eq!((response.status().as_u16(), denial(&response)), (402, None));
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "<h1>subscribe</h1>");
    assert!(buyer.control.lines().is_empty());
}

#[tokio::test]
async fn without_a_clock_nothing_is_paid() {
    let signer = RecordingSigner::new();
    let context = x402_tower::Context::buyer()
        .with_clock(Arc::new(x402_tower::testing::ManualClock::missing()));
    let payer = Payer::new(
        Chain::new(vec![]).unwrap(),
        context,
        Arc::new(signer.clone()),
    );
    let response = PayService::with_payer(honest_seller(Version::V2), payer)
        .oneshot(get(URL))
        .await
        .unwrap();
    assert_eq!(denial(&response), Some("clock.missing"));
    assert_eq!(signer.count(), 0);
}
