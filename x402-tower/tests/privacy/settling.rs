//! A payment is settled in one form, and once.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tower::{Layer, ServiceExt};
use x402_tower::facilitator::{FacilitatorGuard, FacilitatorGuardLayer};
use x402_tower::replay::SettleOnce;
use x402_tower::testing::ManualClock;
use x402_tower::{Chain, Context, Control, GuardConfig};

use crate::facilitator::{Told, ask, facilitator, layer_of, v2};
use crate::ground::*;

fn once() -> FacilitatorGuardLayer {
    layer_of(vec![Arc::new(SettleOnce::in_memory())])
}

fn settled() -> String {
    format!(
        r#"{{"success":true,"transaction":"0x{}","network":"eip155:84532"}}"#,
        "ab".repeat(32)
    )
}

const PENDING: &str = r#"{"success":false,"errorReason":"settlement_pending","transaction":"0x1","network":"eip155:84532"}"#;

async fn call(
    layer: &FacilitatorGuardLayer,
    operation: &str,
    body: &str,
    answer: &str,
) -> Option<&'static str> {
    let client = layer.layer(facilitator(&Told::default(), answer));
    denial(&client.oneshot(ask(operation, body)).await.unwrap())
}

/// The same payment in another message.
fn other() -> String {
    let mut message = v2();
    message["paymentPayload"]["resource"] = json!({ "url": "https://api.example.com/other" });
    message.to_string()
}

#[tokio::test]
async fn a_payment_is_verified_and_settled_and_asked_for_once_more() {
    let (layer, body) = (once(), v2().to_string());
    assert_eq!(
        call(&layer, "verify", &body, r#"{"isValid":true}"#).await,
        None
    );
    assert_eq!(call(&layer, "settle", &body, PENDING).await, None);
    assert_eq!(
        call(&layer, "settle", &body, &settled()).await,
        None,
        "the same body again"
    );
}

#[tokio::test]
async fn a_settled_payment_is_not_settled_again() {
    let (layer, body) = (once(), v2().to_string());
    assert_eq!(call(&layer, "settle", &body, &settled()).await, None);
    assert_eq!(
        call(&layer, "settle", &body, &settled()).await,
        Some("replay.settled")
    );
    assert_eq!(
        call(&layer, "settle", &other(), &settled()).await,
        Some("replay.settled")
    );
    assert_eq!(
        call(&layer, "verify", &body, r#"{"isValid":true}"#).await,
        None
    );
    let twin = layer_of(vec![]);
    for _ in 0..2 {
        assert_eq!(
            call(&twin, "settle", &body, &settled()).await,
            None,
            "without the control"
        );
    }
}

#[tokio::test]
async fn another_message_for_a_payment_that_was_handed_in_is_denied() {
    let (layer, body) = (once(), v2().to_string());
    assert_eq!(call(&layer, "settle", &body, PENDING).await, None);
    assert_eq!(
        call(&layer, "settle", &other(), &settled()).await,
        Some("replay.settle_differs")
    );
    let mut next = v2();
    let nonce = format!("0x{}", "78".repeat(32));
    next["paymentPayload"]["payload"]["authorization"]["nonce"] = json!(nonce);
    assert_eq!(
        call(&layer, "settle", &next.to_string(), &settled()).await,
        None,
        "another payment"
    );
}

#[tokio::test]
async fn a_message_that_did_not_leave_leaves_no_claim() {
    let claims = Arc::new(x402_tower::store::MemoryStore::new());
    let guard = |deny: bool| {
        let mut controls: Vec<Arc<dyn Control>> = vec![Arc::new(SettleOnce::new(claims.clone()))];
        if deny {
            let control = x402_tower::testing::RecordingControl::new(x402_tower::ControlKind::Mpa);
            controls.push(Arc::new(
                control.denying(x402_tower::testing::ControlStep::Check),
            ));
        }
        layer_of(controls)
    };
    let body = v2().to_string();
    assert_eq!(
        call(&guard(true), "settle", &body, &settled()).await,
        Some("recording.denied")
    );
    assert_eq!(
        call(&guard(false), "settle", &other(), &settled()).await,
        None
    );
}

#[tokio::test]
async fn claims_outlive_the_authorization_and_no_longer() {
    let clock = ManualClock::from_secs(NOW);
    let control: Arc<dyn Control> = Arc::new(SettleOnce::in_memory());
    let context = Context::facilitator_bound().with_clock(Arc::new(clock.clone()));
    let guard = FacilitatorGuard::with_chain(Chain::new(vec![control]).unwrap(), context);
    let layer = FacilitatorGuardLayer::with_guard(guard);
    let body = v2().to_string();
    assert_eq!(call(&layer, "settle", &body, &settled()).await, None);
    clock.advance(Duration::from_secs(119));
    assert_eq!(
        call(&layer, "settle", &body, &settled()).await,
        Some("replay.settled")
    );
    clock.advance(Duration::from_secs(2));
    assert_eq!(
        call(&layer, "settle", &body, &settled()).await,
        None,
        "the chain refuses it now"
    );
}

#[tokio::test]
async fn the_configuration_settles_once_unless_told_otherwise() {
    let clock = || Arc::new(ManualClock::from_secs(NOW));
    let body = v2().to_string();
    let guarded = GuardConfig::facilitator().clock(clock()).build().unwrap();
    let layer = FacilitatorGuardLayer::new(&guarded);
    assert_eq!(call(&layer, "settle", &body, &settled()).await, None);
    assert_eq!(
        call(&layer, "settle", &body, &settled()).await,
        Some("replay.settled")
    );
    let without = GuardConfig::facilitator()
        .clock(clock())
        .without_replay()
        .build()
        .unwrap();
    let layer = FacilitatorGuardLayer::new(&without);
    for _ in 0..2 {
        assert_eq!(call(&layer, "settle", &body, &settled()).await, None);
    }
}
