//! A buyer whose payments somebody else signs, such as an official SDK: five controls.

use tower::ServiceExt;
use x402_tower::ControlKind::{Audit, Mpa, Pii, Policy, Replay};
use x402_tower::testing::{Offer, ScriptedChallenge};

use super::guards::Guard::{Only, Whole, Without};
use super::guards::{EMAIL, Guard, Stage, decoded, settling};
use crate::ground::{URL, cent, denial, outcome};

/// What a payment that passes leaves in the log.
async fn events_of_a_payment(guard: Guard) -> Vec<String> {
    let (stage, seller) = (Stage::buyer(guard), settling(1));
    let challenge = ScriptedChallenge::v2(URL, [cent()]);
    let payment = stage.signed(URL, &challenge).await;
    let answer = stage.watching(&seller).oneshot(payment).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"), "{guard:?}");
    assert_eq!(seller.paid_requests(), 1, "{guard:?}");
    stage.ground.verify();
    stage.ground.events()
}

#[tokio::test]
async fn attack_139_audit_records_a_payment_of_a_third_party_and_nothing_else_does() {
    let recorded = ["PAYMENT_INTENT", "PAYMENT_ALLOWED settled"];
    assert_eq!(events_of_a_payment(Only(Audit)).await, recorded);
    let unrecorded = events_of_a_payment(Without(Audit)).await;
    assert!(unrecorded.is_empty(), "paid, and nobody could tell");
    assert_eq!(events_of_a_payment(Whole).await, recorded);
}

/// Whether an address that the payer copied from the challenge reaches the seller in the payment.
async fn payment_tells_an_address(guard: Guard) -> bool {
    let (stage, seller) = (Stage::buyer(guard), settling(1));
    let challenge = ScriptedChallenge::v2(URL, [cent()]).description(&format!("for {EMAIL}"));
    let payment = stage.signed(URL, &challenge).await;
    let signed = decoded(payment.headers(), "payment-signature");
    assert!(signed.to_string().contains(EMAIL), "the payer copied it");
    let answer = stage.watching(&seller).oneshot(payment).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"), "{guard:?}");
    let sent = decoded(&seller.requests()[0].headers, "payment-signature");
    assert_eq!(sent["payload"], signed["payload"], "what was signed");
    sent.to_string().contains(EMAIL)
}

#[tokio::test]
async fn attack_111_pii_takes_an_address_out_of_a_payment_of_a_third_party_and_nothing_else_does() {
    assert!(!payment_tells_an_address(Only(Pii)).await);
    assert!(payment_tells_an_address(Without(Pii)).await);
    assert!(!payment_tells_an_address(Whole).await);
}

/// Six payments of 99 cents for six reports: what the sixth was told, and how many left.
async fn split(guard: Guard) -> (Option<&'static str>, usize) {
    let (stage, seller) = (Stage::buyer(guard), settling(6));
    let mut told = None;
    for report in 0..6 {
        let url = format!("{URL}/{report}");
        let challenge = ScriptedChallenge::v2(&url, [Offer::usdc(990_000)]);
        let payment = stage.signed(&url, &challenge).await;
        let answer = stage.watching(&seller).oneshot(payment).await.unwrap();
        told = denial(&answer);
    }
    (told, seller.paid_requests())
}

#[tokio::test]
async fn attack_017_policy_stops_a_split_budget_of_a_third_party_and_nothing_else_does() {
    assert_eq!(split(Only(Policy)).await, (Some("policy.window"), 5));
    assert_eq!(split(Without(Policy)).await, (None, 6));
    assert_eq!(split(Whole).await, (Some("policy.window"), 5));
}

/// Another signature for the request that was paid already, as a retry above the payer makes it: what came of it, and how
/// many payments left.
async fn signed_twice(guard: Guard) -> (Option<&'static str>, usize) {
    let (stage, seller) = (Stage::buyer(guard), settling(2));
    let challenge = ScriptedChallenge::v2(URL, [cent()]);
    let (first, second) = (
        stage.signed(URL, &challenge).await,
        stage.signed(URL, &challenge).await,
    );
    let header = "payment-signature";
    assert_ne!(first.headers()[header], second.headers()[header]);
    let service = stage.watching(&seller);
    let paid = service.clone().oneshot(first).await.unwrap();
    assert_eq!(outcome(&paid), Some("settled"), "{guard:?}");
    let again = service.oneshot(second).await.unwrap();
    (denial(&again), seller.paid_requests())
}

#[tokio::test]
async fn attack_087_replay_stops_a_second_payment_of_a_third_party_and_nothing_else_does() {
    let stopped = (Some("replay.duplicate"), 1);
    assert_eq!(signed_twice(Only(Replay)).await, stopped);
    assert_eq!(signed_twice(Without(Replay)).await, (None, 2));
    assert_eq!(signed_twice(Whole).await, stopped);
}

/// A payment that the seller says is approved: what came of it, and how many left.
async fn approved_by_the_seller(guard: Guard) -> (Option<&'static str>, usize) {
    let (stage, seller) = (Stage::buyer(guard), settling(1));
    let offer = Offer::usdc(1_500_000).extra("approved", true);
    let challenge = ScriptedChallenge::v2(URL, [offer]).description("pre-approved by treasury");
    let payment = stage.signed(URL, &challenge).await;
    let answer = stage.watching(&seller).oneshot(payment).await.unwrap();
    (denial(&answer), seller.paid_requests())
}

#[tokio::test]
async fn attack_119_mpa_stops_what_nobody_approved_of_a_third_party_and_nothing_else_does() {
    let stopped = (Some("mpa.approval_required"), 0);
    assert_eq!(approved_by_the_seller(Only(Mpa)).await, stopped);
    assert_eq!(approved_by_the_seller(Without(Mpa)).await, (None, 1));
    assert_eq!(approved_by_the_seller(Whole).await, stopped);
}
