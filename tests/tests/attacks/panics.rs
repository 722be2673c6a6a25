//! Attack 144: code of others that panics, among the real controls.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::{ServiceExt, service_fn};
use x402_tower::ControlKind;
use x402_tower::idempotency::IN_DOUBT;
use x402_tower::testing::{
    ControlStep, RecordingControl, RecordingSigner, ScriptedBody, ScriptedChallenge,
};
use x402_tower::wire::Version;
use x402_tower::wire::header::PAYMENT_SIGNATURE;

use crate::ground::{Ground, URL, cent, denial, get, honest, outcome};

/// Buys where a control panics at `step`: the code, how often the signer was asked, what counts, and the records.
async fn with_panic_at(step: ControlStep) -> (Option<&'static str>, usize, u64, Vec<String>) {
    let ground = Ground::new();
    let control = RecordingControl::new(ControlKind::Custom("house")).panicking(step);
    let config = ground.builder().control(control).build().unwrap();
    let seller = honest(Version::V2, URL);
    let guard = ground.guard_with(config, seller.clone());
    let answer = guard.oneshot(get(URL)).await.unwrap();
    if denial(&answer).is_some() {
        assert_eq!(seller.paid_requests(), 0);
        if ground.signer.count() > 0 {
            run_out(&ground).await;
        }
        let again = ground.buy(&honest(Version::V2, URL), URL).await;
        assert_eq!(outcome(&again), Some("settled"), "the claim is back");
    }
    ground.verify();
    (
        denial(&answer),
        ground.signer.count(),
        ground.spent_micros().await,
        ground.events(),
    )
}

/// A signature may be somewhere, so the request is in doubt until it cannot be settled any more.
async fn run_out(ground: &Ground) {
    let doubtful = ground.buy(&honest(Version::V2, URL), URL).await;
    assert_eq!(denial(&doubtful), Some(IN_DOUBT));
    ground.clock.advance(Duration::from_secs(121));
}

#[tokio::test]
async fn attack_144_a_control_that_panics_in_check_or_screen_denies() {
    for step in [ControlStep::Check, ControlStep::Screen] {
        let (code, signatures, spent, events) = with_panic_at(step).await;
        assert_eq!(code, Some("control.panicked"), "{step}");
        assert_eq!(
            (signatures, spent),
            (1, 10_000),
            "the honest purchase afterwards"
        );
        assert_eq!(events.len(), 3, "{events:?}");
    }
}

#[tokio::test]
async fn attack_144_a_control_that_panics_in_approve_denies() {
    let (code, signatures, spent, events) = with_panic_at(ControlStep::Approve).await;
    assert_eq!(code, Some("control.panicked"));
    assert_eq!((signatures, spent), (1, 10_000));
    assert_eq!(events[0], "PAYMENT_ERROR control.panicked");
}

#[tokio::test]
async fn attack_144_a_control_that_panics_in_sending_keeps_the_signature_here() {
    let (code, signatures, spent, events) = with_panic_at(ControlStep::Sending).await;
    assert_eq!(code, Some("control.panicked"));
    assert_eq!(signatures, 2, "the one that never left, and the honest one");
    assert_eq!(spent, 10_000, "it never left: its money is back");
    assert_eq!(
        events[..2],
        ["PAYMENT_INTENT", "PAYMENT_ERROR control.panicked"]
    );
}

#[tokio::test]
async fn attack_144_a_control_that_panics_when_told_the_outcome_changes_nothing() {
    let (code, signatures, spent, events) = with_panic_at(ControlStep::Finish).await;
    assert_eq!((code, signatures, spent), (None, 1, 10_000));
    assert_eq!(events, ["PAYMENT_INTENT", "PAYMENT_ALLOWED settled"]);
}

#[tokio::test]
async fn attack_144_a_signer_that_panics_denies() {
    let ground = Ground::new().signing_with(RecordingSigner::panicking());
    let seller = honest(Version::V2, URL);
    let answer = ground.buy(&seller, URL).await;
    assert_eq!(denial(&answer), Some("signer.panicked"));
    assert_eq!(
        (seller.paid_requests(), ground.spent_micros().await),
        (0, 0)
    );
    assert_eq!(
        ground.events(),
        ["PAYMENT_INTENT", "PAYMENT_ERROR signer.panicked"]
    );
    run_out(&ground).await;
    let ground = ground.signing_with(RecordingSigner::new());
    let again = ground.buy(&honest(Version::V2, URL), URL).await;
    assert_eq!(outcome(&again), Some("settled"), "the claim is back");
}

#[tokio::test]
async fn attack_144_a_signer_that_fails_frees_everything() {
    let ground = Ground::new().signing_with(RecordingSigner::failing());
    let seller = honest(Version::V2, URL);
    assert_eq!(
        denial(&ground.buy(&seller, URL).await),
        Some("signer.failed")
    );
    assert_eq!(
        (seller.paid_requests(), ground.spent_micros().await),
        (0, 0)
    );
    assert_eq!(ground.verify().records, 2);
}

#[allow(clippy::unused_async, reason = "a tower service")]
async fn panics_when_paid(
    request: Request<Full<Bytes>>,
) -> Result<Response<ScriptedBody>, std::io::Error> {
    assert!(
        !request.headers().contains_key(PAYMENT_SIGNATURE),
        "the service panics when paid"
    );
    Ok(ScriptedChallenge::v2(URL, [cent()]).to_response())
}

#[tokio::test]
async fn attack_144_a_service_that_panics_when_paid_leaves_the_money_counted() {
    let ground = Ground::new();
    let flow = ground.guard(service_fn(panics_when_paid)).oneshot(get(URL));
    let died = tokio::spawn(flow).await.unwrap_err();
    assert!(died.is_panic(), "it is the service's own");
    assert_eq!(ground.signer.count(), 1);
    assert_eq!(ground.spent_micros().await, 10_000);
    assert_eq!(
        ground.events(),
        ["PAYMENT_INTENT", "PAYMENT_UNKNOWN unknown"]
    );
    let again = ground.buy(&honest(Version::V2, URL), URL).await;
    assert_eq!(outcome(&again), Some("settled"));
    assert_eq!(ground.signer.count(), 1, "the same payment, sent again");
}
