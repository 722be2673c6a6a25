//! The client that a seller calls its facilitator with (attack 111).

use axum::body::Body;
use serde_json::{Value, json};
use x402_tower::PaymentRecord;
use x402_tower::guard::GuardConfig;
use x402_tower::pii::{PiiAction, PiiControl};
use x402_tower_reqwest::{FacilitatorMiddleware, X402Error};

use crate::seller::{Asked, PAY_TO, REQUIREMENT_V2, Seller, response};

const EMAIL: &str = "alice@example.com";

fn message() -> Value {
    let requirement: Value = serde_json::from_str(REQUIREMENT_V2).unwrap();
    json!({
        "x402Version": 2,
        "paymentPayload": {
            "x402Version": 2,
            "resource": { "url": format!("https://api.example.com/?to={EMAIL}") },
            "accepted": requirement,
            "payload": {
                "signature": format!("0x{}", "5a".repeat(65)),
                "authorization": {
                    "from": format!("0x{}", "11".repeat(20)), "to": PAY_TO, "value": "10000",
                    "validAfter": "0", "validBefore": "9999999999",
                    "nonce": format!("0x{}", "77".repeat(32)),
                },
            },
        },
        "paymentRequirements": requirement,
    })
}

fn stub(asked: &Asked) -> axum::response::Response {
    let body = match asked.path.as_str() {
        "/verify" => r#"{"isValid":true}"#.to_owned(),
        "/settle" => format!(r#"{{"success":false,"errorReason":"{EMAIL}"}}"#),
        _ => format!(r#"{{"kinds":[],"contact":"{EMAIL}"}}"#),
    };
    response(200).body(Body::from(body)).unwrap()
}

fn guarded(pii: PiiControl) -> reqwest_middleware::ClientWithMiddleware {
    let config = GuardConfig::facilitator().pii(pii).build().unwrap();
    reqwest_middleware::ClientBuilder::new(reqwest::Client::new())
        .with(FacilitatorMiddleware::new(&config))
        .build()
}

#[tokio::test]
async fn verify_and_settle_are_redacted_both_ways() {
    let facilitator = Seller::start(stub).await;
    let client = guarded(PiiControl::new());
    for path in ["/verify", "/settle"] {
        let request = client.post(facilitator.url(path)).json(&message());
        let answer = request.send().await.unwrap();
        assert!(answer.extensions().get::<PaymentRecord>().is_some());
        assert!(!answer.text().await.unwrap().contains(EMAIL));
    }
    let asked = facilitator.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].body, asked[1].body, "the same message each time");
    for asked in asked {
        let sent: Value = serde_json::from_slice(&asked.body).unwrap();
        let mut expected = message();
        expected["paymentPayload"]["resource"]["url"] =
            json!("https://api.example.com/?to=%3CREDACTED%3E");
        assert_eq!(sent, expected);
    }
}

#[tokio::test]
async fn without_the_middleware_the_facilitator_learns_it() {
    let facilitator = Seller::start(stub).await;
    let bare = reqwest::Client::new();
    let request = bare.post(facilitator.url("/verify")).json(&message());
    request.send().await.unwrap();
    let sent: Value = serde_json::from_slice(&facilitator.asked()[0].body).unwrap();
    assert_eq!(sent, message());
}

#[tokio::test]
async fn a_denial_is_a_typed_error_and_nothing_is_sent() {
    let facilitator = Seller::start(stub).await;
    let client = guarded(PiiControl::new().with_action(PiiAction::Block));
    let request = client.post(facilitator.url("/verify")).json(&message());
    let error = request.send().await.unwrap_err();
    let error = X402Error::from_middleware(&error).unwrap();
    assert_eq!(error.code(), "pii.blocked");
    assert!(facilitator.asked().is_empty());
}

#[tokio::test]
async fn other_requests_pass_as_they_are() {
    let facilitator = Seller::start(stub).await;
    let client = guarded(PiiControl::new());
    let answer = client.get(facilitator.url("/supported")).send().await;
    assert!(answer.unwrap().text().await.unwrap().contains(EMAIL));
}

#[tokio::test]
async fn a_stream_cannot_be_screened() {
    let facilitator = Seller::start(stub).await;
    let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>("{}")]);
    let request = guarded(PiiControl::new())
        .post(facilitator.url("/settle"))
        .body(reqwest::Body::wrap_stream(chunks));
    let error = request.send().await.unwrap_err();
    let error = X402Error::from_middleware(&error).unwrap();
    assert_eq!(error.code(), "facilitator.streamed");
    assert!(facilitator.asked().is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_the_transports_own_error() {
    let facilitator = Seller::start(|_: &Asked| crate::seller::Reply::HangUp).await;
    let request = guarded(PiiControl::new())
        .post(facilitator.url("/settle"))
        .json(&message());
    let error = request.send().await.unwrap_err();
    assert!(X402Error::from_middleware(&error).is_none());
}
