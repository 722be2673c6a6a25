//! Attack 144: a panic denies, and nothing stays behind.

use x402_tower::ControlKind;
use x402_tower::testing::{ControlStep, RecordingControl, RecordingSigner};
use x402_tower::wire::Version;

use crate::ground::{Buyer, denial, honest_seller, outcome};

async fn panicking(step: ControlStep) -> (Option<&'static str>, usize, usize, Vec<String>) {
    let buyer = Buyer::with_control(RecordingControl::new(ControlKind::Policy).panicking(step));
    let seller = honest_seller(Version::V2);
    let response = buyer.get(&seller).await.unwrap();
    (
        denial(&response),
        buyer.signer.count(),
        seller.paid_requests(),
        buyer.control.lines(),
    )
}

#[tokio::test]
async fn attack_144_a_panic_in_check_denies_and_is_told() {
    let (denial, signed, sent, lines) = panicking(ControlStep::Check).await;
    assert_eq!(denial, Some("control.panicked"));
    assert_eq!((signed, sent), (0, 0));
    assert_eq!(
        lines,
        ["policy check", "policy finish not_sent control.panicked"],
        "what it had set aside before it panicked has to be given back"
    );
}

#[tokio::test]
async fn attack_144_a_panic_in_approve_denies() {
    let (denial, signed, sent, lines) = panicking(ControlStep::Approve).await;
    assert_eq!(denial, Some("control.panicked"));
    assert_eq!((signed, sent), (0, 0));
    assert_eq!(
        lines.last().unwrap(),
        "policy finish not_sent control.panicked"
    );
}

#[tokio::test]
async fn attack_144_a_panic_in_sending_keeps_the_signature_here() {
    let (denial, signed, sent, lines) = panicking(ControlStep::Sending).await;
    assert_eq!(denial, Some("control.panicked"));
    assert_eq!((signed, sent), (1, 0));
    assert_eq!(
        lines.last().unwrap(),
        "policy finish not_sent control.panicked"
    );
}

#[tokio::test]
async fn attack_144_a_panic_in_screen_denies() {
    let (denial, signed, sent, lines) = panicking(ControlStep::Screen).await;
    assert_eq!(denial, Some("control.panicked"));
    assert_eq!((signed, sent), (0, 0));
    assert_eq!(lines, ["policy refused control.panicked"]);
}

#[tokio::test]
async fn attack_144_a_panic_in_finish_leaves_the_answer_as_it_is() {
    let buyer = Buyer::with_control(
        RecordingControl::new(ControlKind::Policy).panicking(ControlStep::Finish),
    );
    let response = buyer.get(&honest_seller(Version::V2)).await.unwrap();
    assert_eq!(outcome(&response), Some("settled"));
}

#[tokio::test]
async fn attack_144_a_panic_in_refused_leaves_the_denial_as_it_is() {
    let buyer = Buyer::with_control(
        RecordingControl::new(ControlKind::Policy).panicking(ControlStep::Refused),
    );
    let seller = x402_tower::testing::ScriptedSeller::new().challenge(
        &x402_tower::testing::ScriptedChallenge::v2(
            "https://evil.example/",
            [x402_tower::testing::Offer::usdc(1)],
        ),
    );
    let response = buyer.get(&seller).await.unwrap();
    assert_eq!(denial(&response), Some("challenge.foreign_resource"));
}

#[tokio::test]
async fn attack_144_a_panicking_signer_denies() {
    let buyer = Buyer::with_signer(RecordingSigner::panicking());
    let seller = honest_seller(Version::V2);
    let response = buyer.get(&seller).await.unwrap();
    assert_eq!(denial(&response), Some("signer.panicked"));
    assert_eq!(seller.paid_requests(), 0);
    assert_eq!(
        buyer.control.lines().last().unwrap(),
        "policy finish not_sent signer.panicked"
    );
}
