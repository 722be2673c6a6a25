//! What `--json` prints.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::program::{Home, PAYER};
use crate::seller::{BINARY_REPORT, Conduct, REPORT, Seller, TRANSACTION, Wire};

fn report(wire: Wire, atomic: u64, conduct: Conduct) -> (i32, Value) {
    let seller = Seller::start(wire, atomic, conduct);
    let ended = Home::new().fetch([seller.url(), "--json".to_owned()]);
    (ended.code(), ended.json())
}

/// Takes the error text out: it is for people.
fn without_error(mut report: Value) -> Value {
    let error = report.as_object_mut().unwrap().remove("error").unwrap();
    assert!(error.is_string(), "{error}");
    report
}

fn delivered(network: &str, payer: &Value) -> Value {
    json!({
        "status": 200, "decision": "allowed", "code": null, "outcome": "settled", "amount_usd": "0.05",
        "receipt": {"transaction": TRANSACTION, "network": network, "payer": payer},
        "body": "{\"price\": 42}", "error": null,
    })
}

#[test]
fn of_a_v2_delivery() {
    let (code, report) = report(Wire::V2, 50_000, Conduct::Sell(REPORT));
    let payer = &report["receipt"]["payer"];
    assert!(payer.as_str().unwrap().eq_ignore_ascii_case(PAYER));
    assert_eq!(report, delivered("eip155:84532", payer));
    assert_eq!(code, 0);
}

#[test]
fn of_a_v1_delivery() {
    let (code, report) = report(Wire::V1, 50_000, Conduct::Sell(REPORT));
    let payer = &report["receipt"]["payer"];
    assert_eq!(report, delivered("base-sepolia", payer));
    assert_eq!(code, 0);
}

#[test]
fn of_a_body_that_is_no_text() {
    let (_, report) = report(Wire::V2, 50_000, Conduct::Sell(BINARY_REPORT));
    assert_eq!(report["body"], Value::Null);
    assert_eq!(report["body_base64"], STANDARD.encode(BINARY_REPORT));
}

#[test]
fn of_a_free_answer() {
    let (code, report) = report(Wire::V2, 0, Conduct::Free(404));
    let expected = json!({
        "status": 404, "decision": "free", "code": null, "outcome": null, "amount_usd": null, "receipt": null,
        "body": "{\"price\": 42}", "error": null,
    });
    assert_eq!((code, report), (0, expected));
}

#[test]
fn of_a_denial() {
    let (code, report) = report(Wire::V2, 250_000, Conduct::Sell(REPORT));
    let expected = json!({
        "status": null, "decision": "denied", "code": "policy.per_call", "outcome": "not_sent",
        "amount_usd": "0.25", "receipt": null, "body": null,
    });
    assert_eq!((code, without_error(report)), (10, expected));
}

#[test]
fn of_a_refusal_by_the_seller() {
    let (code, report) = report(Wire::V2, 50_000, Conduct::Refuse);
    let expected = json!({
        "status": 402, "decision": "allowed", "code": null, "outcome": "rejected", "amount_usd": "0.05",
        "receipt": null, "body": "refused",
    });
    assert_eq!((code, without_error(report)), (12, expected));
}

#[test]
fn of_an_outcome_that_nobody_knows() {
    let (code, report) = report(Wire::V1, 50_000, Conduct::HangUp);
    let expected = json!({
        "status": null, "decision": "allowed", "code": null, "outcome": "unknown", "amount_usd": "0.05",
        "receipt": null, "body": null,
    });
    assert_eq!((code, without_error(report)), (11, expected));
}

#[test]
fn of_a_paid_answer_that_breaks_off() {
    let (code, report) = report(Wire::V2, 50_000, Conduct::BreakOff);
    assert_eq!(code, 1);
    assert_eq!(report["outcome"], "settled");
    assert_eq!(report["receipt"]["transaction"], TRANSACTION);
    assert_eq!(report["body"], Value::Null);
}

#[test]
fn of_a_server_that_is_not_there() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let ended = Home::new().fetch([format!("http://127.0.0.1:{port}/"), "--json".to_owned()]);
    let expected = json!({
        "status": null, "decision": null, "code": null, "outcome": null, "amount_usd": null, "receipt": null,
        "body": null,
    });
    assert_eq!((ended.code(), without_error(ended.json())), (1, expected));
}

#[test]
fn of_a_policy_that_cannot_be_used() {
    let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
    let home = Home::new();
    let policy = home.write("policy.toml", "daily_limit = 5\n");
    let policy = policy.to_str().unwrap();
    let ended = home.fetch([&seller.url(), "--json", "--policy", policy]);
    assert_eq!(ended.code(), 1);
    let error = ended.json()["error"].as_str().unwrap().to_owned();
    assert!(error.contains("policy.toml:1"), "{error}");
    assert!(seller.seen().is_empty());
}
