//! Challenges and the payments that answer them: keys as well as values, and what may never change.

use http::StatusCode;
use serde_json::json;
use tower::{Layer, ServiceExt};
use x402_tower::pii::{PiiAction, PiiControl};
use x402_tower::service::ControlLayer;
use x402_tower::testing::{ScriptedChallenge, ScriptedSeller};
use x402_tower::{Context, PaymentRecord};

use crate::ground::*;

/// What leaves a guarded seller that asks for a payment.
async fn leaving(pii: Option<PiiControl>, challenge: &ScriptedChallenge) -> Answer {
    let seller = ScriptedSeller::new().challenge(challenge);
    let layer = ControlLayer::new(chain(pii), Context::seller());
    layer.layer(seller).oneshot(get(URL)).await.unwrap()
}

fn v2() -> ScriptedChallenge {
    ScriptedChallenge::v2(URL, [cent().extra("note", EMAIL)]).field(
        "resource",
        json!({
            "url": format!("{URL}/{EMAIL}?card={CARD}&page=2"),
            "description": format!("for {EMAIL}"),
            "mimeType": format!("text/plain; for={EMAIL}"),
            "serviceName": format!("{EMAIL}'s"),
            "tags": ["news", EMAIL],
            "iconUrl": format!("https://i.example.com/{EMAIL}.png"),
            EMAIL: { "deep": [EMAIL, 4111111111111111u64] },
        }),
    )
}

fn v1() -> ScriptedChallenge {
    let offer = cent()
        .description(&format!("for {EMAIL}"))
        .resource(&format!("{URL}?q={EMAIL}"))
        .field(
            "outputSchema",
            json!({ "input": { EMAIL: "string" }, "example": EMAIL }),
        );
    ScriptedChallenge::v1(URL, [offer]).error(&format!("no {EMAIL}"))
}

#[tokio::test]
async fn attack_111_a_leaving_v2_challenge_is_redacted_keys_and_values() {
    let answer = leaving(Some(PiiControl::new()), &v2()).await;
    assert_eq!(answer.status(), StatusCode::PAYMENT_REQUIRED);
    let shown = decoded(answer.headers(), "payment-required");
    assert_eq!(
        shown.matches(EMAIL).count(),
        1,
        "extra is never changed: {shown}"
    );
    assert!(!shown.contains(CARD));
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let resource = &shown["resource"];
    assert_eq!(
        resource["url"],
        format!("{URL}/%3CREDACTED%3E?card=%3CREDACTED%3E&page=2")
    );
    assert!(url::Url::parse(resource["iconUrl"].as_str().unwrap()).is_ok());
    assert_eq!(resource["tags"], json!(["news", "<REDACTED>"]));
    assert_eq!(
        resource["<REDACTED>"],
        json!({ "deep": ["<REDACTED>", "<REDACTED>"] })
    );
    assert_eq!(shown["accepts"][0]["extra"]["note"], EMAIL);

    let twin = leaving(None, &v2()).await;
    assert_eq!(
        decoded(twin.headers(), "payment-required")
            .matches(EMAIL)
            .count(),
        9
    );
}

#[tokio::test]
async fn attack_111_a_leaving_v1_challenge_is_redacted_with_its_output_schema() {
    let answer = leaving(Some(PiiControl::new()), &v1()).await;
    let length = answer.headers()["content-length"].clone();
    let shown = text(answer.into_body()).await;
    assert_eq!(length, shown.len().to_string());
    assert!(!shown.contains(EMAIL), "{shown}");
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let schema = &shown["accepts"][0]["outputSchema"];
    assert_eq!(schema["input"], json!({ "<REDACTED>": "string" }));
    assert_eq!(shown["accepts"][0]["maxAmountRequired"], "10000");

    let twin = leaving(None, &v1()).await;
    assert_eq!(text(twin.into_body()).await.matches(EMAIL).count(), 5);
}

#[tokio::test]
async fn a_dual_stack_challenge_is_redacted_in_both_places() {
    let mut response = v2().to_response();
    let body = v1().to_json().to_string();
    *response.body_mut() = x402_tower::testing::ScriptedBody::whole(body);
    let seller = ScriptedSeller::new().respond(response);
    let layer = ControlLayer::new(chain(Some(PiiControl::new())), Context::seller());
    let answer = layer.layer(seller).oneshot(get(URL)).await.unwrap();
    assert!(!text(answer.into_body()).await.contains(EMAIL));
}

#[tokio::test]
async fn a_blocking_seller_lets_no_such_challenge_out() {
    for challenge in [v1(), v2()] {
        let pii = PiiControl::new().with_action(PiiAction::Block);
        let answer = leaving(Some(pii), &challenge).await;
        assert_eq!(denial(&answer), Some("pii.blocked"));
        assert!(!text(answer.into_body()).await.contains(EMAIL));
    }
}

#[tokio::test]
async fn a_challenge_without_personal_data_leaves_byte_for_byte() {
    for version in [ScriptedChallenge::v1, ScriptedChallenge::v2] {
        let challenge = version(URL, vec![cent()]);
        let sent = challenge.to_response();
        let header = sent.headers().get("payment-required").cloned();
        let body = text(sent.into_body()).await;
        let answer = leaving(Some(PiiControl::new()), &challenge).await;
        assert_eq!(answer.headers().get("payment-required"), header.as_ref());
        assert_eq!(text(answer.into_body()).await, body);
    }
}

#[tokio::test]
async fn a_payment_carries_the_redacted_resource_and_the_untouched_offer() {
    let challenge = v2();
    let seller = ScriptedSeller::new().challenge(&challenge).settle();
    let answer = buy(Some(PiiControl::new()), &seller, get(URL)).await;
    let paid = decoded(&seller.requests()[1].headers, "payment-signature");
    let json: serde_json::Value = serde_json::from_str(&paid).unwrap();
    assert_eq!(json["accepted"], challenge.to_json()["accepts"][0]);
    assert_eq!(record(&answer).warnings(), ["pii.kept"]);
    assert!(!json["resource"].to_string().contains(EMAIL), "{paid}");
    assert_eq!(record(&answer).kept_findings(), [("EMAIL_ADDRESS", 1)]);

    let leak = ScriptedSeller::new().challenge(&challenge).settle();
    buy(None, &leak, get(URL)).await;
    let paid = decoded(&leak.requests()[1].headers, "payment-signature");
    let json: serde_json::Value = serde_json::from_str(&paid).unwrap();
    assert!(json["resource"].to_string().contains(EMAIL));
}

#[tokio::test]
async fn what_must_not_change_denies_where_personal_data_blocks() {
    for field in ["note", "memo", "name"] {
        let offer = cent().extra(field, EMAIL);
        let seller = ScriptedSeller::new().challenge(&ScriptedChallenge::v2(URL, [offer]));
        let pii = PiiControl::new().with_action(PiiAction::Block);
        let answer = buy(Some(pii), &seller, get(URL)).await;
        assert_eq!(denial(&answer), Some("pii.blocked"), "{field}");
        assert_eq!(seller.paid_requests(), 0);
    }
}

#[tokio::test]
async fn an_extension_is_never_changed_and_always_seen() {
    let challenge = ScriptedChallenge::v2(URL, [cent()]).field(
        "extensions",
        json!({ EMAIL: { "info": { "owner": "x" }, "schema": { "properties": { CARD: {} }, "pattern": EMAIL } } }),
    );
    let seller = ScriptedSeller::new().challenge(&challenge).settle();
    let answer = buy(Some(PiiControl::new()), &seller, get(URL)).await;
    let kept = answer.extensions().get::<PaymentRecord>().unwrap();
    assert_eq!(
        kept.kept_findings(),
        [("EMAIL_ADDRESS", 2), ("CREDIT_CARD", 1)],
        "a name, a property and a pattern"
    );
    let paid = decoded(&seller.requests()[1].headers, "payment-signature");
    let paid: serde_json::Value = serde_json::from_str(&paid).unwrap();
    assert_eq!(paid["extensions"], challenge.to_json()["extensions"]);
}
