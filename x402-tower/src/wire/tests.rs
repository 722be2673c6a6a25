//! The messages that the tests vary.

mod amounts;
mod challenges;
mod documents;
mod edits;
mod headers;
mod payments;
mod receipts;
mod texts;

use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::{Challenge, WireError, header};

/// A v2 requirement as official servers send it.
const REQUIREMENT_V2: &str = r#"{"scheme":"exact","network":"eip155:84532","amount":"10000","asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","payTo":"0x209693Bc6afc0C5328bA36FaF03C514EF312287C","maxTimeoutSeconds":300,"extra":{"name":"USDC","version":"2"}}"#;

/// A v1 requirement as official servers send it.
const REQUIREMENT_V1: &str = r#"{"scheme":"exact","network":"base-sepolia","maxAmountRequired":"10000","resource":"https://api.example.com/report?to=bob@example.com","description":"for bob@example.com","mimeType":null,"outputSchema":{"input":{"type":"http","note":"bob"}},"payTo":"0x209693Bc6afc0C5328bA36FaF03C514EF312287C","maxTimeoutSeconds":60,"asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","extra":{"name":"USDC","version":"2"}}"#;

fn challenge_v2(requirements: &str) -> String {
    format!(
        r#"{{"x402Version":2,"error":"Payment required","resource":{{"url":"https://api.example.com/report","description":"A report","mimeType":"text/plain"}},"accepts":[{requirements}]}}"#
    )
}

fn challenge_v1(requirements: &str) -> String {
    format!(
        r#"{{"x402Version":1,"error":"X-PAYMENT header is required","accepts":[{requirements}]}}"#
    )
}

/// One header as a map.
fn headers(name: HeaderName, value: &str) -> HeaderMap {
    HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
}

/// The base64 of `json`, without the size check of the encoder under test.
fn base64(json: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(json)
}

fn read_v2(json: &str) -> Result<Challenge, WireError> {
    Challenge::from_headers(&headers(header::PAYMENT_REQUIRED, &base64(json)))
        .map(|challenge| challenge.expect("the header is there"))
}

fn read_v1(json: &str) -> Result<Challenge, WireError> {
    Challenge::from_body(json.to_owned().into())
}

fn code<T>(result: Result<T, WireError>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "accepted")
}
