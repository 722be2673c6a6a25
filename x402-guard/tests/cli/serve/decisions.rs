//! The decision API.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::buying::POLICY;
use super::service::{SCREENED, Service, ask};
use crate::program::Home;
use crate::seller::PAY_TO;

fn challenge(atomic: &str) -> Value {
    json!({
        "x402Version": 2, "error": "pay first",
        "resource": {"url": "https://api.example.com/report", "description": "for alice@example.com"},
        "accepts": [{
            "scheme": "exact", "network": "eip155:84532", "amount": atomic,
            "asset": "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "payTo": PAY_TO,
            "maxTimeoutSeconds": 60, "extra": {"name": "USDC", "version": "2"},
        }],
    })
}

fn wish(atomic: &str) -> String {
    json!({"url": "https://api.example.com/report", "challenge": challenge(atomic)}).to_string()
}

fn receipt() -> String {
    let receipt = json!({
        "success": true, "transaction": crate::seller::TRANSACTION, "network": "eip155:84532",
    });
    BASE64_STANDARD.encode(receipt.to_string())
}

#[test]
fn texts_come_back_without_personal_data() {
    let service = Service::start(&Home::new(), POLICY);
    let body = json!({"description": "for alice@example.com", "n": 7}).to_string();
    let answer = service.api("POST", "/v1/screen", &body).json();
    assert_eq!(answer["description"], "for <REDACTED>");
    assert_eq!(answer["n"], 7);
    assert_eq!(answer["entities"][0]["entity_type"], "EMAIL_ADDRESS");
}

#[test]
fn a_decision_names_the_rule_that_makes_it_and_sets_nothing_aside() {
    let service = Service::start(&Home::new(), POLICY);
    let ask = |usd: &str| {
        let body = json!({"url": "https://api.example.com/report", "amount_usd": usd}).to_string();
        service.api("POST", "/v1/decide", &body).json()
    };
    assert_eq!(ask("0.05")["decision"], "allowed");
    let dear = ask("0.50");
    assert_eq!(
        (&dear["decision"], &dear["rule"]),
        (&json!("denied"), &json!("max_per_call_usd"))
    );
    assert_eq!(service.left(), "0.25");
}

#[test]
fn a_decision_knows_what_was_spent() {
    let service = Service::start(&Home::new(), POLICY);
    for _ in 0..2 {
        let granted = service.api(
            "POST",
            "/v1/payments",
            &wish("100000").replace("/report\"", &format!("/report?{}\"", fastrand::u64(..))),
        );
        assert_eq!(granted.status, 201, "{}", granted.json());
    }
    let body = json!({"url": "https://api.example.com/report", "amount_usd": "0.10"}).to_string();
    let decision = service.api("POST", "/v1/decide", &body).json();
    assert_eq!(
        (&decision["decision"], &decision["rule"]),
        (&json!("denied"), &json!("daily_limit_usd"))
    );
}

#[test]
fn a_reserved_payment_counts_until_it_was_not_sent() {
    let service = Service::start(&Home::new(), POLICY);
    let granted = service.api("POST", "/v1/payments", &wish("100000"));
    assert_eq!(granted.status, 201);
    let granted = granted.json();
    assert_eq!(
        (&granted["amount"], &granted["amount_usd"]),
        (&json!("100000"), &json!("0.10"))
    );
    assert_eq!(granted["redacted"][0]["text"], "for <REDACTED>");
    assert_eq!(service.left(), "0.15");

    let outcome = format!("/v1/payments/{}/outcome", granted["id"].as_str().unwrap());
    let told = service
        .api("PUT", &outcome, r#"{"outcome":"not_sent"}"#)
        .json();
    assert_eq!(
        (&told["outcome"], &told["counted"]),
        (&json!("not_sent"), &json!(false))
    );
    assert_eq!(service.left(), "0.25");
    assert_eq!(
        service
            .api("PUT", &outcome, r#"{"outcome":"not_sent"}"#)
            .status,
        404
    );
}

#[test]
fn a_settlement_is_believed_with_its_receipt_alone() {
    let service = Service::start(&Home::new(), POLICY);
    let mut ended = Vec::new();
    for (number, body) in [
        json!({"outcome": "settled", "receipt": receipt()}),
        json!({"outcome": "settled"}),
        json!({"outcome": "unknown"}),
    ]
    .into_iter()
    .enumerate()
    {
        let wish = wish("50000").replace("/report\"", &format!("/report?n={number}\""));
        let granted = service.api("POST", "/v1/payments", &wish).json();
        let outcome = format!("/v1/payments/{}/outcome", granted["id"].as_str().unwrap());
        let told = service.api("PUT", &outcome, &body.to_string()).json();
        assert_eq!(told["counted"], true);
        ended.push(told["outcome"].as_str().unwrap().to_owned());
    }
    assert_eq!(ended, ["settled", "unknown", "unknown"]);
    assert_eq!(service.left(), "0.10");
}

#[test]
fn another_agent_cannot_end_a_payment() {
    let service = Service::start(&Home::new(), POLICY);
    let granted = service.api("POST", "/v1/payments", &wish("100000")).json();
    let outcome = format!("/v1/payments/{}/outcome", granted["id"].as_str().unwrap());
    let head = format!("Authorization: Bearer {SCREENED}\r\n");
    let told = ask(
        service.guard,
        "PUT",
        &outcome,
        &head,
        r#"{"outcome":"not_sent"}"#,
    );
    assert_eq!(told.status, 404);
    assert_eq!(service.left(), "0.15");
}

#[test]
fn a_challenge_over_the_limit_is_refused_and_nothing_counts() {
    let service = Service::start(&Home::new(), POLICY);
    let refused = service.api("POST", "/v1/payments", &wish("250000"));
    assert_eq!((refused.status, &*refused.code()), (403, "policy.per_call"));
    assert_eq!(service.left(), "0.25");
}

#[test]
fn what_cannot_be_read_is_named_without_being_shown() {
    let service = Service::start(&Home::new(), POLICY);
    for (path, body) in [
        ("/v1/decide", "{\"url\": secret"),
        (
            "/v1/decide",
            r#"{"url":"https://a.example","amount_usd":"-1"}"#,
        ),
        ("/v1/decide", r#"{"url":"secret","amount_usd":"1"}"#),
        (
            "/v1/payments",
            r#"{"url":"https://a.example","challenge":"secret"}"#,
        ),
        (
            "/v1/payments",
            r#"{"url":"https://a.example","challenge":{"x402Version":9}}"#,
        ),
        ("/v1/screen", "[\"secret\"]"),
    ] {
        let answer = service.api("POST", path, body);
        assert_eq!(answer.status, 400, "{path} {body}");
        assert!(
            !String::from_utf8_lossy(&answer.body).contains("secret"),
            "{body}"
        );
    }
}

#[test]
fn nobody_gets_a_decision_without_a_token() {
    let service = Service::start(&Home::new(), POLICY);
    for (method, path) in [
        ("POST", "/v1/screen"),
        ("POST", "/v1/decide"),
        ("POST", "/v1/payments"),
        ("GET", "/v1/budget"),
    ] {
        let answer = ask(
            service.guard,
            method,
            path,
            "",
            if method == "POST" { "{}" } else { "" },
        );
        assert_eq!(
            (answer.status, &*answer.code()),
            (401, "api.unidentified"),
            "{path}"
        );
    }
}

#[test]
fn texts_are_searched_as_the_policy_says() {
    let policy = "max_per_call_usd = 0.10\n[pii]\nentities = [\"EMAIL_ADDRESS\", \"BADGE\"]\n\
                  [[pii.recognizers]]\nname = \"BADGE\"\nwords = [\"X-4471\"]\n\
                  [[pii.allow]]\ntext = \"desk@example.com\"\n";
    let service = Service::start(&Home::new(), policy);
    let text = "203.0.113.7 badge X-4471 desk@example.com alice@example.com";
    let body = json!({ "description": text }).to_string();
    let answer = service.api("POST", "/v1/screen", &body).json();
    assert_eq!(
        answer["description"],
        "203.0.113.7 badge <REDACTED> desk@example.com <REDACTED>"
    );
}
