//! What a policy adds: kinds of data of its own, exceptions, and what is written instead.

use std::sync::Arc;

use http::Response;
use tower::{Layer, ServiceExt};
use x402_tower::pii::{Allowed, Detector, EntityType, PiiAction, PiiControl};
use x402_tower::policy::PolicyConfig;
use x402_tower::testing::{
    ManualClock, RecordingSigner, ScriptedBody, ScriptedChallenge, ScriptedSeller,
};
use x402_tower::{GuardConfig, X402GuardLayer};

use crate::ground::*;

/// The description of what is paid for, as it leaves under a policy.
async fn paid_description(policy: &str, description: &str) -> String {
    let challenge = ScriptedChallenge::v2(URL, [cent()]).description(description);
    let seller = ScriptedSeller::new().challenge(&challenge).settle();
    let config = GuardConfig::buyer()
        .policy(PolicyConfig::from_toml(policy, "policy.toml").unwrap())
        .clock(Arc::new(ManualClock::from_secs(NOW)))
        .build()
        .unwrap();
    let guard = X402GuardLayer::new(config)
        .with_signer(RecordingSigner::new())
        .unwrap();
    let guard = guard.layer(seller.clone());
    guard.oneshot(get(URL)).await.unwrap();
    let paid = decoded(&seller.requests()[1].headers, "payment-signature");
    let paid: serde_json::Value = serde_json::from_str(&paid).unwrap();
    paid["resource"]["description"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_policy_finds_hides_and_lets_stay_what_it_says() {
    let policy = r##"
        [pii]
        template = "[{entity_type}]"
        [[pii.recognizers]]
        name = "EMPLOYEE_ID"
        regex = '\bE-[0-9]{6}\b'
        [[pii.recognizers]]
        name = "PROJECT"
        words = ["Blue Falcon"]
        [[pii.operators]]
        entities = ["CREDIT_CARD"]
        operator = "mask"
        mask_count = 12
        [[pii.operators]]
        entities = ["PROJECT"]
        operator = "remove"
        [[pii.allow]]
        text = "support@example.com"
    "##;
    let said =
        "E-123456 for blue-falcon, card 4111111111111111, alice@example.com or support@example.com";
    assert_eq!(
        paid_description(policy, said).await,
        "[EMPLOYEE_ID] for , card ************1111, [EMAIL_ADDRESS] or support@example.com"
    );
}

#[tokio::test]
async fn a_hash_is_the_same_wherever_the_value_stands() {
    let policy = "[pii]\n[[pii.operators]]\noperator = \"hash\"";
    let hidden = paid_description(policy, "alice@example.com, alice@example.com").await;
    let (one, other) = hidden.split_once(", ").unwrap();
    assert_eq!(one, other);
    assert!(one.starts_with("<EMAIL_ADDRESS:"), "{one}");
}

#[tokio::test]
async fn attack_115_an_order_number_is_allowed_in_its_field_and_blocks_nothing() {
    let orders = || {
        Allowed::regex("[0-9]{3}-[0-9]{3}-[0-9]{4}")
            .unwrap()
            .in_field("description")
            .of(EntityType::PhoneNumber)
    };
    let allowing = Detector::new().with_allowed(orders()).unwrap();
    for (challenge, allowed) in [
        (
            ScriptedChallenge::v2(URL, [cent()]).description("order 415-555-2671"),
            true,
        ),
        (
            ScriptedChallenge::v2(URL, [cent().extra("note", "order 415-555-2671")]),
            false,
        ),
    ] {
        for (detector, is_paid) in [(Detector::new(), false), (allowing.clone(), allowed)] {
            let seller = ScriptedSeller::new().challenge(&challenge).settle();
            let pii = PiiControl::new()
                .with_action(PiiAction::Block)
                .with_detector(detector);
            let answer = buy(Some(pii), &seller, get(URL)).await;
            assert_eq!(denial(&answer).is_none(), is_paid);
        }
    }
}

#[tokio::test]
async fn a_header_is_a_field_too() {
    let allowed = Allowed::text(EMAIL).in_field("referer");
    let pii = PiiControl::new()
        .with_detector(Detector::new().with_allowed(allowed).unwrap())
        .with_request_headers(
            PiiAction::Redact,
            [http::header::REFERER, http::header::COOKIE],
        );
    let mut request = get(URL);
    for name in ["referer", "cookie"] {
        request.headers_mut().insert(name, EMAIL.parse().unwrap());
    }
    let seller = ScriptedSeller::new().respond(Response::new(ScriptedBody::default()));
    buy(Some(pii), &seller, request).await;
    let seen = &seller.requests()[0].headers;
    assert_eq!(
        (&seen["referer"], &seen["cookie"]),
        (&EMAIL.parse().unwrap(), &"<REDACTED>".parse().unwrap())
    );
}
