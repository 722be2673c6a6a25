//! In front of a seller, and between it and its facilitator.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use x402_tower::{Clock, SystemClock};

use super::service::{Service, ask};
use crate::program::Home;
use crate::seller::{PAY_TO, read, reply};

const ASSET: &str = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

/// A server that answers the same to everybody, and tells what it was asked.
fn server(
    status: u16,
    header: Option<(&'static str, String)>,
    body: &'static str,
) -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream: TcpStream = stream.unwrap();
            let Some(seen) = read(&stream) else { continue };
            let _nobody_asks = tell.send(seen.body);
            let headers: Vec<(&str, &str)> = header
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            reply(&mut stream, status, &headers, body.as_bytes());
            let _closed = stream.flush();
        }
    });
    (url, told)
}

fn challenge() -> String {
    let challenge = json!({
        "x402Version": 2, "error": "pay first",
        "resource": {"url": "https://shop.example/report", "description": "for alice@example.com"},
        "accepts": [requirement()],
    });
    BASE64_STANDARD.encode(challenge.to_string())
}

fn requirement() -> Value {
    json!({
        "scheme": "exact", "network": "eip155:84532", "amount": "10000", "asset": ASSET, "payTo": PAY_TO,
        "maxTimeoutSeconds": 60, "extra": {"name": "USDC", "version": "2"},
    })
}

fn payload(nonce: u8) -> Value {
    json!({
        "x402Version": 2,
        "resource": {"url": "https://shop.example/report", "description": "for alice@example.com"},
        "accepted": requirement(),
        "payload": {
            "signature": format!("0x{}", "33".repeat(65)),
            "authorization": {
                "from": format!("0x{}", "11".repeat(20)), "to": PAY_TO, "value": "10000",
                "validAfter": "0", "validBefore": soon(),
                "nonce": format!("0x{}", format!("{nonce:02x}").repeat(32)),
            },
        },
    })
}

/// A minute from now, as the program sees it.
fn soon() -> String {
    let now = SystemClock::new().now().unwrap();
    (now.as_secs() + 60).to_string()
}

fn start(upstream: &str, facilitator: Option<&str>) -> Service {
    let facilitator =
        facilitator.map_or_else(String::new, |url| format!("facilitator = {url:?}\n"));
    let guard = format!(
        "[seller]\nlisten = \"127.0.0.1:0\"\nupstream = {upstream:?}\npublic_origin = \"https://shop.example\"\n{facilitator}"
    );
    Service::start_with(&Home::new(), "", &guard, |_| {})
}

#[test]
fn a_challenge_leaves_without_personal_data() {
    let (url, _) = server(402, Some(("PAYMENT-REQUIRED", challenge())), "{}");
    let service = start(&url, None);
    let answer = ask(service.seller.unwrap(), "GET", "/report", "", "");
    assert_eq!(answer.status, 402);
    let sent = BASE64_STANDARD
        .decode(answer.header("payment-required").unwrap())
        .unwrap();
    let sent: Value = serde_json::from_slice(&sent).unwrap();
    assert_eq!(sent["resource"]["description"], "for <REDACTED>");
}

#[test]
fn attack_093_a_payment_is_served_once() {
    let (url, asked) = server(200, None, "the report");
    let service = start(&url, None);
    let paid = BASE64_STANDARD.encode(payload(1).to_string());
    let head = format!("PAYMENT-SIGNATURE: {paid}\r\n");
    let first = ask(service.seller.unwrap(), "GET", "/report", &head, "");
    assert_eq!((first.status, &*first.body), (200, &b"the report"[..]));
    let second = ask(service.seller.unwrap(), "GET", "/report", &head, "");
    assert_eq!(second.status, 409);
    assert_eq!(asked.try_iter().count(), 1);
}

#[test]
fn what_costs_nothing_passes_as_it_is() {
    let (url, asked) = server(200, Some(("X-Own", "value".into())), "free");
    let service = start(&url, None);
    let answer = ask(service.seller.unwrap(), "POST", "/free?a=1", "", "question");
    assert_eq!((answer.status, &*answer.body), (200, &b"free"[..]));
    assert_eq!(answer.header("x-own"), Some("value"));
    assert_eq!(asked.recv().unwrap(), b"question");
}

#[test]
fn the_facilitator_is_told_nothing_personal_and_asked_to_settle_once() {
    let (shop, _) = server(200, None, "");
    let (url, told) = server(
        200,
        None,
        "{\"success\":true,\"transaction\":\"0x1\",\"network\":\"eip155:84532\"}",
    );
    let service = start(&shop, Some(&url));
    let body = json!({
        "x402Version": 2, "paymentPayload": payload(2), "paymentRequirements": requirement(),
    })
    .to_string();
    let head = "Content-Type: application/json\r\n";
    let first = ask(service.guard, "POST", "/facilitator/settle", head, &body);
    assert_eq!(first.status, 200, "{}", first.head);
    let told = told.recv().unwrap();
    assert!(!String::from_utf8_lossy(&told).contains("alice@example.com"));
    let unknown = ask(service.guard, "GET", "/facilitator/admin", "", "");
    assert_eq!(
        (unknown.status, &*unknown.code()),
        (404, "facilitator.unknown_path")
    );
}

#[test]
fn attack_128_what_cannot_be_read_never_reaches_the_facilitator() {
    let (shop, _) = server(200, None, "");
    let (url, told) = server(200, None, "{\"isValid\":true}");
    let service = start(&shop, Some(&url));
    let mut twice = payload(3);
    twice["payload"]["authorization"]["value"] = json!("-1");
    for body in [
        "not JSON".to_owned(),
        "{}".to_owned(),
        json!({"x402Version": 2, "paymentPayload": twice, "paymentRequirements": requirement()})
            .to_string(),
        "[".repeat(10_000),
    ] {
        let answer = ask(service.guard, "POST", "/facilitator/verify", "", &body);
        assert!((400..500).contains(&answer.status), "{}", answer.head);
    }
    assert_eq!(told.try_iter().count(), 0);
}
