//! Attacks 121 and 122: receipts that are false, and receipts where nothing was paid.

use base64::prelude::{BASE64_STANDARD, Engine};
use http::header::{HeaderName, HeaderValue};
use http::{Response, StatusCode};
use serde_json::{Value, json};
use x402_tower::PaymentRecord;
use x402_tower::testing::{PAYER, ScriptedBody, ScriptedChallenge, ScriptedSeller};
use x402_tower::wire::header::{PAYMENT_RESPONSE, X_PAYMENT_RESPONSE};
use x402_tower::wire::{MAX_RECEIPT_BYTES, Version};

use crate::ground::{BOTH, Ground, URL, cent, denial, get, outcome};

const STRANGER: &str = "0x00000000000000000000000000000000000000ff";

/// A receipt that fits a cent of USDC on Base.
fn fitting(version: Version) -> Value {
    json!({
        "success": true,
        "transaction": format!("0x{}", "ab".repeat(32)),
        "network": match version { Version::V1 => "base", _ => "eip155:8453" },
        "payer": PAYER,
    })
}

fn header_of(version: Version) -> HeaderName {
    match version {
        Version::V1 => X_PAYMENT_RESPONSE,
        _ => PAYMENT_RESPONSE,
    }
}

fn ok_with(values: &[(HeaderName, Vec<u8>)]) -> Response<ScriptedBody> {
    let mut response = Response::new(ScriptedBody::whole("a report"));
    for (name, value) in values {
        let value = HeaderValue::from_bytes(value).unwrap();
        response.headers_mut().append(name, value);
    }
    response
}

fn encoded(receipt: &Value) -> Vec<u8> {
    BASE64_STANDARD.encode(receipt.to_string()).into_bytes()
}

/// Pays a cent and is answered with `paid`: the outcome, with the money counted, and the request not paid anew: what has
/// settled is a replay, and what may have is sent again.
async fn outcome_of(version: Version, paid: Response<ScriptedBody>) -> (&'static str, Ground) {
    let ground = Ground::new();
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::new(version, URL, [cent()]))
        .respond(paid)
        .challenge(&ScriptedChallenge::new(version, URL, [cent()]))
        .settle();
    let answer = ground.buy(&seller, URL).await;
    let first = outcome(&answer).unwrap();
    assert_eq!(
        ground.spent_micros().await,
        10_000,
        "no receipt frees money"
    );
    let second = ground.buy(&seller, URL).await;
    if first == "settled" {
        assert_eq!(denial(&second), Some("replay.duplicate"));
    } else {
        assert_eq!(outcome(&second), Some("settled"));
    }
    assert_eq!(ground.signer.count(), 1);
    assert_eq!(ground.spent_micros().await, 10_000, "counted once");
    ground.verify();
    (first, ground)
}

async fn assert_unknown(version: Version, paid: Response<ScriptedBody>, reason: &str) {
    let (outcome, ground) = outcome_of(version, paid).await;
    assert_eq!(outcome, "unknown");
    assert_eq!(ground.records()[1]["reason"], reason);
}

#[tokio::test]
async fn a_receipt_that_fits_settles() {
    for version in BOTH {
        let paid = ok_with(&[(header_of(version), encoded(&fitting(version)))]);
        assert_eq!(outcome_of(version, paid).await.0, "settled");
    }
}

#[tokio::test]
async fn attack_121_a_receipt_for_something_else() {
    for version in BOTH {
        let (other_network, no_network) = match version {
            Version::V1 => ("base-sepolia", "nowhere"),
            _ => ("eip155:84532", "base"),
        };
        for (field, value) in [
            ("network", json!(other_network)),
            ("network", json!(no_network)),
            ("payer", json!(STRANGER)),
            ("payer", json!("nobody")),
            ("payer", json!("")),
            ("transaction", json!("")),
            ("transaction", json!("0x")),
            ("transaction", json!("pending")),
            ("transaction", json!("0xabababab")),
            ("transaction", json!("write to alice@example.com")),
            ("amount", json!("10001")),
            ("amount", json!("9999")),
            ("amount", json!("1")),
            ("amount", json!("0")),
        ] {
            let mut receipt = fitting(version);
            receipt[field] = value;
            eprintln!("{receipt}");
            let paid = ok_with(&[(header_of(version), encoded(&receipt))]);
            assert_unknown(version, paid, "mismatched_receipt").await;
        }
    }
}

#[tokio::test]
async fn attack_121_success_without_a_receipt() {
    for version in BOTH {
        assert_unknown(version, ok_with(&[]), "no_receipt").await;
    }
}

#[tokio::test]
async fn attack_121_a_failure_frees_nothing() {
    for version in BOTH {
        let receipt = json!({
            "success": false,
            "errorReason": "insufficient_funds",
            "transaction": "",
            "network": fitting(version)["network"],
        });
        let paid = ok_with(&[(header_of(version), encoded(&receipt))]);
        assert_eq!(outcome_of(version, paid).await.0, "rejected");
    }
}

#[tokio::test]
async fn attack_122_forged_and_malformed_receipts() {
    for version in BOTH {
        let name = header_of(version);
        let good = encoded(&fitting(version));
        let text = fitting(version).to_string();
        let twice = text.replacen("\"success\":true", "\"success\":false,\"success\":true", 1);
        let twin = text.replacen("\"success\":true", "\"success\":false,\"Success\":true", 1);
        let oversize = vec![b'A'; MAX_RECEIPT_BYTES + 4];
        for value in [
            b"not base64".to_vec(),
            b"true".to_vec(),
            encoded(&json!(true)),
            encoded(&json!([fitting(version)])),
            encoded(&json!({ "success": "true" })),
            encoded(&json!({ "success": true })),
            BASE64_STANDARD.encode(twice).into_bytes(),
            BASE64_STANDARD.encode(twin).into_bytes(),
            BASE64_STANDARD.encode(&good).into_bytes(),
            [good.clone(), b",".to_vec(), good.clone()].concat(),
            good[..good.len() - 2].to_vec(),
            b"\xff\xfe".to_vec(),
            oversize,
        ] {
            let paid = ok_with(&[(name.clone(), value)]);
            assert_unknown(version, paid, "unreadable_receipt").await;
        }
    }
}

#[tokio::test]
async fn attack_122_two_receipts() {
    for version in BOTH {
        let good = encoded(&fitting(version));
        let name = header_of(version);
        let double = ok_with(&[(name.clone(), good.clone()), (name, good.clone())]);
        assert_unknown(version, double, "unreadable_receipt").await;
        let both = ok_with(&[(PAYMENT_RESPONSE, good.clone()), (X_PAYMENT_RESPONSE, good)]);
        assert_unknown(version, both, "unreadable_receipt").await;
    }
}

#[tokio::test]
async fn attack_122_a_receipt_where_nothing_was_paid() {
    for version in BOTH {
        for status in [200, 204, 302, 404, 500] {
            let ground = Ground::new();
            let mut unpaid = ok_with(&[(header_of(version), encoded(&fitting(version)))]);
            *unpaid.status_mut() = StatusCode::from_u16(status).unwrap();
            let seller = ScriptedSeller::new().respond(unpaid);
            let answer = ground.buy(&seller, URL).await;
            assert_eq!(answer.status(), status);
            assert!(answer.extensions().get::<PaymentRecord>().is_none());
            assert_eq!(ground.spent_micros().await, 0);
            assert!(ground.records().is_empty());
        }
    }
}

#[tokio::test]
async fn attack_122_a_receipt_on_the_challenge_itself() {
    for version in BOTH {
        let mut challenge = ScriptedChallenge::new(version, URL, [cent()]).to_response();
        let value = HeaderValue::from_bytes(&encoded(&fitting(version))).unwrap();
        challenge.headers_mut().insert(header_of(version), value);
        let ground = Ground::new();
        let seller = ScriptedSeller::new().respond(challenge).settle();
        // It says that something was paid before anything was: it is a challenge all the same.
        assert_eq!(outcome(&ground.buy(&seller, URL).await), Some("settled"));
        assert_eq!(ground.spent_micros().await, 10_000);
        assert_eq!(ground.records().len(), 2);
    }
}

#[tokio::test]
async fn attack_042_a_challenge_with_another_status_is_none() {
    for status in [200, 401, 403, 407, 500] {
        let mut response = ScriptedChallenge::v2(URL, [cent()]).to_response();
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        let ground = Ground::new();
        let seller = ScriptedSeller::new().respond(response);
        let service = ground.guard(seller);
        let answer = tower::ServiceExt::oneshot(service, get(URL)).await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(ground.signer.count(), 0);
        assert!(ground.records().is_empty());
    }
}
