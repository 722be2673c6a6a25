//! The `payment-identifier` extension.

use serde_json::{Value, json};
use x402_tower::testing::{ScriptedChallenge, ScriptedSeller};
use x402_tower::wire::PaymentPayload;

use crate::ground::{Ground, URL, get, outcome};
use crate::shared::{asking, named, send};

fn taking_identifiers() -> ScriptedChallenge {
    let info = json!({"required": false});
    asking().field("extensions", json!({"payment-identifier": {"info": info}}))
}

/// The identifier that the seller got with the payment of `request`.
async fn identifier(
    challenge: &ScriptedChallenge,
    request: http::Request<crate::ground::Empty>,
) -> Option<String> {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(challenge).settle();
    let answer = send(&ground, &seller, request).await;
    assert_eq!(outcome(&answer), Some("settled"));
    let paid = seller
        .requests()
        .into_iter()
        .find(|seen| seen.is_paid())
        .unwrap();
    let payload = PaymentPayload::from_headers(&paid.headers)
        .unwrap()
        .unwrap();
    let document: Value = serde_json::from_slice(&payload.to_bytes()).unwrap();
    let info = &document["extensions"]["payment-identifier"]["info"];
    assert!(
        info.is_null() || info["required"] == false,
        "the rest stays: {info}"
    );
    info["id"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn the_callers_key_goes_along_where_it_is_fit_for_it() {
    let key = "order-2026-11-27-0001";
    let sent = identifier(&taking_identifiers(), named(URL, key)).await;
    assert_eq!(sent.as_deref(), Some(key));
}

#[tokio::test]
async fn a_request_without_a_fitting_key_gets_a_name_that_says_nothing() {
    let long = "x".repeat(129);
    for request in [
        get(URL),
        named(URL, "short"),
        named(URL, "with spaces in its name"),
        named(URL, &long),
    ] {
        let sent = identifier(&taking_identifiers(), request).await.unwrap();
        assert!(sent.starts_with("pay_") && sent.len() == 36, "{sent}");
        assert!(sent.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
    }
}

#[tokio::test]
async fn a_seller_that_does_not_ask_gets_none() {
    assert_eq!(
        identifier(&asking(), named(URL, "order-2026-11-27-0001")).await,
        None
    );
}
