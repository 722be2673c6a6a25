//! Exchanges captured between the official SDKs decode, and pass through byte for byte.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a missing capture or field must fail the test"
)]

use std::fs;
use std::path::Path;

use serde_json::Value;
use x402_tower::wire::{
    Authorization, Challenge, FacilitatorRequest, PaymentPayload, Receipt, SettleResponse,
    VerifyResponse, Version,
};

/// One captured file: `meta`, `clientServer` and `serverFacilitator`.
struct Capture {
    name: String,
    version: Version,
    json: Value,
}

impl Capture {
    fn exchanges(&self, hop: &str) -> impl Iterator<Item = &Value> {
        self.json[hop].as_array().unwrap().iter()
    }

    /// Headers of a captured request or response, as name and value.
    fn headers(message: &Value) -> Vec<(&str, &str)> {
        let headers = message["headers"].as_array().unwrap();
        headers
            .iter()
            .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
            .collect()
    }
}

fn captures() -> Vec<Capture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let mut captures: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.to_owned();
            let version = match name.get(..3)? {
                "v1_" => Version::V1,
                "v2_" => Version::V2,
                _ => return None,
            };
            let json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            Some(Capture {
                name,
                version,
                json,
            })
        })
        .collect();
    captures.sort_by(|one, two| one.name.cmp(&two.name));
    assert_eq!(captures.len(), 16, "captured files");
    captures
}

/// A header map of whatever type the called function takes.
macro_rules! header_map {
    ($headers:expr) => {
        &$headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    };
}

fn header<'a>(headers: &[(&str, &'a str)], names: &[&str]) -> Option<&'a str> {
    let found = |name: &str| names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name));
    headers
        .iter()
        .find(|(name, _)| found(name))
        .map(|(_, value)| *value)
}

#[test]
fn every_challenge_decodes_and_passes_through_unchanged() {
    let mut seen = 0;
    for capture in captures() {
        for exchange in capture.exchanges("clientServer") {
            let response = &exchange["response"];
            if response["status"] != 402 {
                continue;
            }
            let headers = Capture::headers(response);
            let body = response["body"].as_str().unwrap();
            let in_header = Challenge::from_headers(header_map!(headers)).unwrap();
            let challenge = match (capture.version, in_header) {
                (Version::V2, Some(challenge)) => {
                    let sent = header(&headers, &["payment-required"]).unwrap();
                    assert_eq!(
                        challenge.to_header_value().unwrap(),
                        sent,
                        "{}",
                        capture.name
                    );
                    let error = Challenge::from_body(body.to_owned().into()).unwrap_err();
                    assert!(error.is_not_x402(), "{}: {error}", capture.name);
                    challenge
                }
                // The 402 after a failed settlement carries a receipt and no new challenge.
                (Version::V2, None) => {
                    assert!(header(&headers, &["payment-response"]).is_some());
                    continue;
                }
                (_, in_header) => {
                    assert!(in_header.is_none());
                    let challenge = Challenge::from_body(body.to_owned().into()).unwrap();
                    assert_eq!(challenge.to_bytes(), body.as_bytes(), "{}", capture.name);
                    challenge
                }
            };
            let requirement = &challenge.requirements()[0];
            assert_eq!(requirement.chain().unwrap().as_str(), "eip155:84532");
            assert_eq!(requirement.amount().to_string(), "10000");
            assert_eq!(requirement.extra("name").as_deref(), Some("USDC"));
            assert!(requirement.pay_to_address().is_ok() && requirement.asset_address().is_ok());
            assert!(
                challenge
                    .resource_url()
                    .unwrap()
                    .starts_with("http://127.0.0.1:")
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 17, "challenges in the captures");
}

#[test]
fn every_payment_decodes_and_passes_through_unchanged() {
    let mut seen = 0;
    for capture in captures() {
        for exchange in capture.exchanges("clientServer") {
            let headers = Capture::headers(&exchange["request"]);
            let Some(sent) = header(&headers, &["payment-signature", "x-payment"]) else {
                assert!(
                    PaymentPayload::from_headers(header_map!(headers))
                        .unwrap()
                        .is_none()
                );
                continue;
            };
            let payment = PaymentPayload::from_headers(header_map!(headers))
                .unwrap()
                .unwrap();
            assert_eq!(payment.to_header_value().unwrap(), sent, "{}", capture.name);
            assert_eq!(payment.version(), capture.version);
            assert_eq!(payment.accepted().is_some(), capture.version == Version::V2);
            assert_eq!(payment.chain().unwrap().as_str(), "eip155:84532");
            let Authorization::Eip3009 {
                from,
                value,
                signature,
                ..
            } = payment.authorization()
            else {
                panic!("{}: {:?}", capture.name, payment.authorization());
            };
            assert_eq!(from.as_str(), "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
            assert_eq!(value.to_string(), "10000");
            assert_eq!(signature.as_bytes().len(), 65);
            seen += 1;
        }
    }
    assert_eq!(seen, 16, "payments in the captures");
}

#[test]
fn every_receipt_decodes() {
    let mut seen = 0;
    for capture in captures() {
        for exchange in capture.exchanges("clientServer") {
            let headers = Capture::headers(&exchange["response"]);
            let sent = header(&headers, &["payment-response", "x-payment-response"]);
            let receipt = Receipt::from_headers(header_map!(headers), capture.version).unwrap();
            assert_eq!(receipt.is_some(), sent.is_some(), "{}", capture.name);
            let Some(receipt) = receipt else { continue };
            assert_eq!(receipt.success(), exchange["response"]["status"] == 200);
            assert_eq!(receipt.error_reason().is_some(), !receipt.success());
            assert_eq!(receipt.chain().unwrap().as_str(), "eip155:84532");
            seen += 1;
        }
    }
    assert_eq!(seen, 15, "receipts in the captures");
}

#[test]
fn every_facilitator_message_decodes_and_passes_through_unchanged() {
    let mut seen = 0;
    for capture in captures() {
        for exchange in capture.exchanges("serverFacilitator") {
            let answer = serde_json::to_vec(&exchange["response"]["body"]).unwrap();
            match exchange["request"]["path"].as_str().unwrap() {
                "/verify" => {
                    assert!(VerifyResponse::parse(answer.into()).unwrap().is_valid());
                }
                "/settle" => {
                    let answer = SettleResponse::parse(capture.version, answer.into()).unwrap();
                    let failed = capture.name.contains("settle-failure");
                    assert_eq!(answer.success(), !failed, "{}", capture.name);
                }
                _ => continue,
            }
            let body = serde_json::to_vec(&exchange["request"]["body"]).unwrap();
            let request = FacilitatorRequest::parse(body.clone().into()).unwrap();
            assert_eq!(request.to_bytes(), body, "{}", capture.name);
            assert_eq!(request.version(), capture.version);
            assert_eq!(request.requirement().amount().to_string(), "10000");
            assert_eq!(request.payload().chain(), request.requirement().chain());
            seen += 1;
        }
    }
    assert_eq!(seen, 32, "facilitator requests in the captures");
}
