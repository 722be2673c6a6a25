//! A signer that signs something else than was approved.

use x402_tower::testing::{RecordingSigner, Tamper};
use x402_tower::wire::Version;

use crate::ground::{Buyer, denial, honest_seller};

async fn assert_refused(how: Tamper, code: &str) {
    for version in [Version::V1, Version::V2] {
        let buyer = Buyer::with_signer(RecordingSigner::tampering(how));
        let seller = honest_seller(version);
        let response = buyer.get(&seller).await.unwrap();
        assert_eq!(denial(&response), Some(code), "{how:?} in {version}");
        assert_eq!(seller.paid_requests(), 0, "{how:?} in {version} left");
        assert_eq!(
            buyer.control.lines(),
            [
                "policy check".to_owned(),
                "policy approve".into(),
                format!("policy finish not_sent {code}")
            ]
        );
    }
}

#[tokio::test]
async fn attack_040_another_amount_never_leaves() {
    assert_refused(Tamper::Amount, "signature.amount").await;
}

#[tokio::test]
async fn attack_040_another_recipient_never_leaves() {
    assert_refused(Tamper::Recipient, "signature.recipient").await;
}

#[tokio::test]
async fn attack_040_another_token_never_leaves() {
    assert_refused(Tamper::Asset, "signature.asset").await;
}

#[tokio::test]
async fn attack_037_another_network_never_leaves() {
    assert_refused(Tamper::Network, "signature.network").await;
}

#[tokio::test]
async fn attack_040_a_longer_lifetime_never_leaves() {
    assert_refused(Tamper::Lifetime, "signature.lifetime").await;
}

#[tokio::test]
async fn attack_033_another_version_never_leaves() {
    assert_refused(Tamper::Version, "signature.version").await;
}

#[tokio::test]
async fn attack_035_another_scheme_never_leaves() {
    assert_refused(Tamper::Scheme, "signature.scheme").await;
}

#[tokio::test]
async fn what_cannot_be_read_never_leaves() {
    assert_refused(Tamper::Opaque, "signature.opaque").await;
}
