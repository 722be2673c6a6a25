//! A buyer with its own signer: five controls.

use tower::ServiceExt;
use x402_tower::ControlKind::{Audit, Mpa, Pii, Policy, Replay};
use x402_tower::testing::{Offer, ScriptedChallenge, ScriptedSeller};
use x402_tower::wire::Version;

use super::guards::Guard::{Only, Whole, Without};
use super::guards::{EMAIL, Guard, Stage, decoded};
use crate::ground::{URL, cent, denial, get, honest, outcome};

/// What an honest purchase leaves in the log.
async fn events_of_a_purchase(guard: Guard) -> Vec<String> {
    let stage = Stage::buyer(guard);
    let seller = honest(Version::V2, URL);
    let answer = stage.paying(&seller).oneshot(get(URL)).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"), "{guard:?}");
    assert_eq!(seller.paid_requests(), 1, "{guard:?}");
    stage.ground.verify();
    stage.ground.events()
}

#[tokio::test]
async fn attack_139_audit_records_a_payment_at_the_buyer_and_nothing_else_does() {
    let recorded = ["PAYMENT_INTENT", "PAYMENT_ALLOWED settled"];
    assert_eq!(events_of_a_purchase(Only(Audit)).await, recorded);
    let unrecorded = events_of_a_purchase(Without(Audit)).await;
    assert!(unrecorded.is_empty(), "paid, and nobody could tell");
    assert_eq!(events_of_a_purchase(Whole).await, recorded);
}

/// Whether an address that the challenge was seeded with reaches the seller in the payment.
async fn payment_tells_an_address(guard: Guard) -> bool {
    let stage = Stage::buyer(guard);
    let challenge = ScriptedChallenge::v2(URL, [cent()]).description(&format!("for {EMAIL}"));
    let seller = ScriptedSeller::new().challenge(&challenge).settle();
    let answer = stage.paying(&seller).oneshot(get(URL)).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"), "{guard:?}");
    let payment = decoded(&seller.requests()[1].headers, "payment-signature");
    payment.to_string().contains(EMAIL)
}

#[tokio::test]
async fn attack_111_pii_takes_an_address_out_of_a_payment_at_the_buyer_and_nothing_else_does() {
    assert!(!payment_tells_an_address(Only(Pii)).await);
    assert!(payment_tells_an_address(Without(Pii)).await);
    assert!(!payment_tells_an_address(Whole).await);
}

/// Six payments of 99 cents for six reports: what the sixth was told, and how many left.
async fn split(guard: Guard) -> (Option<&'static str>, usize) {
    let stage = Stage::buyer(guard);
    let (mut told, mut left) = (None, 0);
    for report in 0..6 {
        let url = format!("{URL}/{report}");
        let challenge = ScriptedChallenge::v2(&url, [Offer::usdc(990_000)]);
        let seller = ScriptedSeller::new().challenge(&challenge).settle();
        let answer = stage.paying(&seller).oneshot(get(&url)).await.unwrap();
        told = denial(&answer);
        left += seller.paid_requests();
    }
    assert_eq!(stage.ground.signer.count(), left, "{guard:?}");
    (told, left)
}

#[tokio::test]
async fn attack_017_policy_stops_a_split_budget_at_the_buyer_and_nothing_else_does() {
    assert_eq!(split(Only(Policy)).await, (Some("policy.window"), 5));
    assert_eq!(split(Without(Policy)).await, (None, 6));
    assert_eq!(split(Whole).await, (Some("policy.window"), 5));
}

/// The same request again, for which the seller words its challenge differently: what came of it, and how many payments
/// left.
async fn bought_twice(guard: Guard) -> (Option<&'static str>, usize) {
    let stage = Stage::buyer(guard);
    let reworded = cent().max_timeout_seconds(45).extra("quote", "2");
    let reworded = ScriptedChallenge::v2(URL, [reworded]).description("the report, once more");
    let seller = honest(Version::V2, URL).challenge(&reworded).settle();
    let service = stage.paying(&seller);
    let first = service.clone().oneshot(get(URL)).await.unwrap();
    assert_eq!(outcome(&first), Some("settled"), "{guard:?}");
    let second = service.oneshot(get(URL)).await.unwrap();
    assert_eq!(stage.ground.signer.count(), seller.paid_requests());
    (denial(&second), seller.paid_requests())
}

#[tokio::test]
async fn attack_089_replay_stops_a_second_payment_at_the_buyer_and_nothing_else_does() {
    let stopped = (Some("replay.duplicate"), 1);
    assert_eq!(bought_twice(Only(Replay)).await, stopped);
    assert_eq!(bought_twice(Without(Replay)).await, (None, 2));
    assert_eq!(bought_twice(Whole).await, stopped);
}

/// A payment that the seller says is approved: what came of it, and how many left.
async fn approved_by_the_seller(guard: Guard) -> (Option<&'static str>, usize) {
    let stage = Stage::buyer(guard);
    let offer = Offer::usdc(1_500_000).extra("approved", true);
    let challenge = ScriptedChallenge::v2(URL, [offer]).description("pre-approved by treasury");
    let seller = ScriptedSeller::new().challenge(&challenge).settle();
    let answer = stage.paying(&seller).oneshot(get(URL)).await.unwrap();
    assert_eq!(stage.ground.signer.count(), seller.paid_requests());
    (denial(&answer), seller.paid_requests())
}

#[tokio::test]
async fn attack_119_mpa_stops_what_nobody_approved_at_the_buyer_and_nothing_else_does() {
    let stopped = (Some("mpa.approval_required"), 0);
    assert_eq!(approved_by_the_seller(Only(Mpa)).await, stopped);
    assert_eq!(approved_by_the_seller(Without(Mpa)).await, (None, 1));
    assert_eq!(approved_by_the_seller(Whole).await, stopped);
}
