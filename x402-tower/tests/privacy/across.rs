//! What is split over several texts of one payment.

use std::sync::Arc;

use serde_json::json;
use tower::{Layer, ServiceExt};
use x402_tower::policy::PolicyConfig;
use x402_tower::testing::{ManualClock, RecordingSigner, ScriptedChallenge, ScriptedSeller};
use x402_tower::{GuardConfig, X402GuardLayer};

use crate::ground::*;

#[tokio::test]
async fn attack_109_the_parts_of_a_card_in_a_list_are_taken_out_of_each_text() {
    let resource = json!({ "url": URL, "tags": ["4111", "1111", "1111", "1111", "news"] });
    let challenge = ScriptedChallenge::v2(URL, [cent()]).field("resource", resource);
    let seller = ScriptedSeller::new().challenge(&challenge).settle();
    let config = GuardConfig::buyer()
        .policy(PolicyConfig::new())
        .clock(Arc::new(ManualClock::from_secs(NOW)))
        .build()
        .unwrap();
    let guard = X402GuardLayer::new(config)
        .with_signer(RecordingSigner::new())
        .unwrap();
    guard.layer(seller.clone()).oneshot(get(URL)).await.unwrap();
    let paid = decoded(&seller.requests()[1].headers, "payment-signature");
    let paid: serde_json::Value = serde_json::from_str(&paid).unwrap();
    let hidden = "<REDACTED>";
    assert_eq!(
        paid["resource"]["tags"],
        json!([hidden, hidden, hidden, hidden, "news"])
    );
}
