//! Attack 145: the caller goes away while something waits.

use futures_util::FutureExt;
use tower::ServiceExt;
use x402_tower::ControlKind;
use x402_tower::testing::{
    ControlStep, Offer, RecordingControl, RecordingSigner, ScriptedChallenge, ScriptedSeller,
};
use x402_tower::wire::Version;

use crate::ground::{Buyer, URL, get, honest_seller};

/// Polls until it waits, drops it there, and answers what the control was told.
fn dropped(buyer: &Buyer, seller: &ScriptedSeller) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let flow = buyer.service(seller).oneshot(get(URL));
        assert!(flow.now_or_never().is_none(), "it did not wait");
    });
    buyer.control.lines()
}

fn hanging_at(step: ControlStep) -> (Buyer, Vec<String>) {
    let buyer = Buyer::with_control(RecordingControl::new(ControlKind::Policy).hanging(step));
    let lines = dropped(&buyer, &honest_seller(Version::V2));
    (buyer, lines)
}

#[test]
fn attack_145_dropped_in_check() {
    let (buyer, lines) = hanging_at(ControlStep::Check);
    assert_eq!(buyer.signer.count(), 0);
    assert_eq!(lines, ["policy check", "policy abandon not_sent cancelled"]);
}

#[test]
fn attack_145_dropped_in_approve() {
    let (buyer, lines) = hanging_at(ControlStep::Approve);
    assert_eq!(buyer.signer.count(), 0);
    assert_eq!(
        lines,
        [
            "policy check",
            "policy approve",
            "policy abandon not_sent cancelled"
        ]
    );
}

#[test]
fn attack_145_dropped_in_the_signer() {
    let buyer = Buyer::with_signer(RecordingSigner::hanging());
    let seller = honest_seller(Version::V2);
    assert_eq!(
        dropped(&buyer, &seller),
        [
            "policy check",
            "policy approve",
            "policy abandon not_sent cancelled"
        ]
    );
    assert_eq!(seller.paid_requests(), 0);
}

#[test]
fn attack_145_dropped_in_sending() {
    let buyer = Buyer::with_control(
        RecordingControl::new(ControlKind::Policy).hanging(ControlStep::Sending),
    );
    let seller = honest_seller(Version::V2);
    assert_eq!(
        dropped(&buyer, &seller),
        [
            "policy check",
            "policy approve",
            "policy sending",
            "policy abandon not_sent cancelled"
        ]
    );
    assert_eq!(seller.paid_requests(), 0);
}

#[test]
fn attack_145_dropped_while_the_paid_request_is_out() {
    let buyer = Buyer::new();
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]))
        .hang();
    assert_eq!(
        dropped(&buyer, &seller),
        [
            "policy check",
            "policy approve",
            "policy sending",
            "policy abandon unknown cancelled"
        ]
    );
    assert_eq!(seller.paid_requests(), 1);
}

#[test]
fn attack_145_dropped_in_finish_still_tells_the_outcome() {
    let (_, lines) = hanging_at(ControlStep::Finish);
    assert_eq!(
        lines,
        [
            "policy check",
            "policy approve",
            "policy sending",
            "policy finish settled",
            "policy abandon settled"
        ]
    );
}

#[test]
fn attack_145_dropped_before_the_challenge_nobody_is_told() {
    let buyer = Buyer::new();
    let seller = ScriptedSeller::new().hang();
    assert!(dropped(&buyer, &seller).is_empty());
}

#[test]
fn attack_145_a_future_that_is_never_polled_pays_nothing() {
    let (buyer, seller) = (Buyer::new(), honest_seller(Version::V2));
    drop(buyer.service(&seller).oneshot(get(URL)));
    assert!(seller.requests().is_empty());
    assert!(buyer.control.lines().is_empty());
}
