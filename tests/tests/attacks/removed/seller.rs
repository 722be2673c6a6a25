//! A service that sells: it spends nothing, so three controls stand before it.

use tower::ServiceExt;
use x402_tower::ControlKind::{Audit, Pii, Replay};
use x402_tower::testing::{ScriptedChallenge, ScriptedSeller};

use super::guards::Guard::{Only, Whole, Without};
use super::guards::{EMAIL, Guard, Stage, decoded, settling};
use crate::ground::{URL, cent, denial, get, outcome};

/// What a payment that comes in leaves in the log.
async fn events_of_a_sale(guard: Guard) -> Vec<String> {
    let (stage, service) = (Stage::seller(guard), settling(1));
    let challenge = ScriptedChallenge::v2(URL, [cent()]);
    let payment = stage.signed(URL, &challenge).await;
    let answer = stage.watching(&service).oneshot(payment).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"), "{guard:?}");
    assert_eq!(service.paid_requests(), 1, "{guard:?}");
    stage.ground.verify();
    stage.ground.events()
}

#[tokio::test]
async fn attack_139_audit_records_a_sale_at_the_seller_and_nothing_else_does() {
    let recorded = ["PAYMENT_INTENT", "PAYMENT_ALLOWED settled"];
    assert_eq!(events_of_a_sale(Only(Audit)).await, recorded);
    let unrecorded = events_of_a_sale(Without(Audit)).await;
    assert!(unrecorded.is_empty(), "sold, and nobody could tell");
    assert_eq!(events_of_a_sale(Whole).await, recorded);
}

/// Whether an address in the service's own challenge reaches whoever asks.
async fn challenge_tells_an_address(guard: Guard) -> bool {
    let stage = Stage::seller(guard);
    let challenge = ScriptedChallenge::v2(URL, [cent()]).description(&format!("for {EMAIL}"));
    let service = ScriptedSeller::new().challenge(&challenge);
    let answer = stage.watching(&service).oneshot(get(URL)).await.unwrap();
    assert_eq!(answer.status(), 402, "{guard:?}");
    let shown = decoded(answer.headers(), "payment-required");
    assert_eq!(shown["accepts"], challenge.to_json()["accepts"]);
    shown.to_string().contains(EMAIL)
}

#[tokio::test]
async fn attack_111_pii_takes_an_address_out_of_a_challenge_at_the_seller_and_nothing_else_does() {
    assert!(!challenge_tells_an_address(Only(Pii)).await);
    assert!(challenge_tells_an_address(Without(Pii)).await);
    assert!(!challenge_tells_an_address(Whole).await);
}

/// One payment on two requests: what the second was told, and how often the service worked.
async fn handed_in_twice(guard: Guard, second: &str) -> (Option<&'static str>, usize) {
    let (stage, service) = (Stage::seller(guard), settling(2));
    let challenge = ScriptedChallenge::v2(URL, [cent()]);
    let payment = stage.signed(URL, &challenge).await;
    let mut copy = get(second);
    *copy.headers_mut() = payment.headers().clone();
    let shop = stage.watching(&service);
    let first = shop.clone().oneshot(payment).await.unwrap();
    assert_eq!(outcome(&first), Some("settled"), "{guard:?}");
    let again = shop.oneshot(copy).await.unwrap();
    (denial(&again), service.requests().len())
}

#[tokio::test]
async fn attack_090_replay_stops_a_payment_handed_in_twice_at_the_seller_and_nothing_else_does() {
    for (second, code) in [
        (URL, "replay.authorization"),
        ("https://api.example.com/vault", "replay.other_request"),
    ] {
        let stopped = (Some(code), 1);
        assert_eq!(handed_in_twice(Only(Replay), second).await, stopped);
        assert_eq!(handed_in_twice(Without(Replay), second).await, (None, 2));
        assert_eq!(handed_in_twice(Whole, second).await, stopped);
    }
}
