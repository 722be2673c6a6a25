//! Exchanges captured between the official SDKs, through the guards that keep personal data out: what is clean passes byte
//! for byte, and what is not leaks without them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a missing capture or field must fail the test"
)]

use std::convert::Infallible;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use parking_lot::Mutex;
use serde_json::Value;
use tower::{Layer, ServiceExt, service_fn};
use x402_tower::{FacilitatorGuardLayer, GuardConfig, PaymentRecord, X402GuardLayer};

/// The capture whose request had an e-mail address and a social security number in its query.
const PERSONAL: &str = "v2_pii_in_query_ts_to_ts.json";

type Body = Full<Bytes>;

fn captures() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut captures: Vec<_> = files
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.to_owned();
            let captured = name.starts_with("v1_") || name.starts_with("v2_");
            captured.then(|| {
                let json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
                (name, json)
            })
        })
        .collect();
    captures.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(captures.len(), 16, "captured files");
    captures
}

/// Sends a captured message through a guard, and gives back what arrived and how it ended.
async fn through(
    guard: &FacilitatorGuardLayer,
    path: &str,
    sent: &str,
    answer: String,
) -> (String, String) {
    let told = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&told);
    let facilitator = service_fn(move |request: Request<Body>| {
        let (seen, answer) = (Arc::clone(&seen), answer.clone());
        async move {
            let body = request.into_body().collect().await?.to_bytes();
            *seen.lock() = String::from_utf8(body.to_vec()).unwrap();
            Ok::<_, Infallible>(Response::new(Body::from(answer)))
        }
    });
    let request = Request::post(format!("http://127.0.0.1:4402{path}"))
        .body(Body::from(sent.to_owned()))
        .unwrap();
    let response = guard.layer(facilitator).oneshot(request).await.unwrap();
    let record = response.extensions().get::<PaymentRecord>();
    let outcome = record.map_or("denied", |record| record.outcome().as_str());
    let told = told.lock().clone();
    (told, outcome.to_owned())
}

#[tokio::test]
async fn every_captured_facilitator_message_passes_and_only_personal_data_changes() {
    let mut seen = 0;
    for (name, capture) in captures() {
        // One facilitator for each capture: its seller verifies, then settles.
        let guard = FacilitatorGuardLayer::new(&GuardConfig::facilitator().build().unwrap());
        for exchange in capture["serverFacilitator"].as_array().unwrap() {
            let path = exchange["request"]["path"].as_str().unwrap();
            if !matches!(path, "/verify" | "/settle") {
                continue;
            }
            let sent = exchange["request"]["body"].to_string();
            let answer = exchange["response"]["body"].to_string();
            let (told, outcome) = through(&guard, path, &sent, answer).await;
            let expected = match (path, name.contains("settle-failure")) {
                ("/verify", _) => "unknown",
                (_, true) => "rejected",
                _ => "settled",
            };
            assert_eq!(outcome, expected, "{name} {path}");
            if name == PERSONAL {
                assert!(sent.contains("alice@example.com"), "the twin: it leaks");
                let (before, after) = (parse(&sent), parse(&told));
                assert!(!told.contains("alice") && !told.contains("123-45-6789"));
                assert_eq!(without_url(after), without_url(before));
            } else {
                assert_eq!(told, sent, "{name} {path}");
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 32, "facilitator requests in the captures");
}

fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn without_url(mut message: Value) -> Value {
    let url = message.pointer_mut("/paymentPayload/resource/url").unwrap();
    assert!(url::Url::parse(url.as_str().unwrap()).is_ok());
    *url = Value::Null;
    message
}

#[tokio::test]
async fn every_captured_challenge_leaves_a_guarded_seller_and_only_personal_data_changes() {
    let mut seen = 0;
    for (name, capture) in captures() {
        for exchange in capture["clientServer"].as_array().unwrap() {
            let response = &exchange["response"];
            if response["status"] != 402 {
                continue;
            }
            let headers: Vec<(String, String)> =
                serde_json::from_value(response["headers"].clone()).unwrap();
            let body = response["body"].as_str().unwrap().to_owned();
            let sent = (headers.clone(), body.clone());
            let seller = service_fn(move |_: Request<Body>| {
                let (headers, body) = sent.clone();
                async move {
                    let mut response = Response::builder().status(402);
                    for (name, value) in headers {
                        response = response.header(name, value);
                    }
                    Ok::<_, Infallible>(response.body(Body::from(body)).unwrap())
                }
            });
            let guard = X402GuardLayer::new(GuardConfig::seller().build().unwrap());
            let request = Request::post("http://127.0.0.1:4021/premium");
            let request = request.body(Body::default()).unwrap();
            let left = guard.layer(seller).oneshot(request).await.unwrap();
            assert_eq!(left.status(), 402, "{name}");
            let before = headers
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("payment-required"))
                .map(|(_, value)| value.as_str());
            let after = left.headers().get("payment-required").cloned();
            let body_after = left.into_body().collect().await.unwrap().to_bytes();
            assert_eq!(body_after, body, "{name}");
            match (before, after) {
                (Some(before), Some(after)) if name == PERSONAL => {
                    let json = |value: &[u8]| {
                        String::from_utf8(BASE64_STANDARD.decode(value).unwrap()).unwrap()
                    };
                    let (before, after) = (json(before.as_bytes()), json(after.as_bytes()));
                    assert!(before.contains("alice@example.com"), "the twin: it leaks");
                    assert!(!after.contains("alice") && !after.contains("123-45-6789"));
                    let (before, after) = (parse(&before), parse(&after));
                    assert_eq!(before["accepts"], after["accepts"]);
                }
                (before, after) => {
                    assert_eq!(
                        after.as_ref().map(|v| v.as_bytes()),
                        before.map(str::as_bytes)
                    );
                }
            }
            seen += 1;
        }
    }
    assert_eq!(
        seen, 18,
        "challenges and failed settlements in the captures"
    );
}
