//! Agents buy through the gateway.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::service::{SCREENED, Service, TOKEN, ask};
use crate::program::Home;
use crate::seller::{BINARY_REPORT, Conduct, REPORT, Seller, Wire};

pub const POLICY: &str = "max_per_call_usd = 0.10\ndaily_limit_usd = 0.25\n";
const CENT: u64 = 10_000;

#[test]
fn the_guard_pays_and_the_agent_gets_the_bytes_as_they_are() {
    let seller = Seller::start(Wire::V2, CENT, Conduct::Sell(BINARY_REPORT));
    let service = Service::start(&Home::new(), POLICY);
    let answer = service.buy(&seller.url());
    assert_eq!((answer.status, &*answer.body), (200, BINARY_REPORT));
    assert!(answer.header("payment-response").is_some());
    assert_eq!(service.left(), "0.24");
}

#[test]
fn a_v1_seller_is_paid_as_well() {
    let seller = Seller::start(Wire::V1, CENT, Conduct::Sell(REPORT));
    let service = Service::start(&Home::new(), POLICY);
    assert_eq!(service.buy(&seller.url()).status, 200);
    assert_eq!(seller.payments().len(), 1);
}

#[test]
fn every_way_of_asking_buys() {
    let seller = Seller::start(Wire::V2, CENT, Conduct::Sell(REPORT));
    let service = Service::start(&Home::new(), POLICY);
    let host = seller.url().replace("http://", "").replace("/report", "");
    let basic = BASE64_STANDARD.encode(format!("agent:{TOKEN}"));
    for (number, (target, head)) in [
        (
            format!("/http/{host}/report"),
            format!("X-X402-Agent-Token: {TOKEN}\r\n"),
        ),
        (
            "/report".into(),
            format!("X-X402-Agent-Token: {TOKEN}\r\nX-X402-Target: http://{host}\r\n"),
        ),
        (
            format!("http://{host}/report"),
            format!("Proxy-Authorization: Basic {basic}\r\n"),
        ),
        (
            format!("http://{host}/report"),
            format!("Proxy-Authorization: Bearer {TOKEN}\r\n"),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = ask(
            service.guard,
            "GET",
            &format!("{target}?n={number}"),
            &head,
            "",
        );
        assert_eq!((answer.status, &*answer.body), (200, REPORT), "{target}");
    }
    assert_eq!(service.left(), "0.21");
}

#[test]
fn the_seller_sees_neither_the_token_nor_the_way() {
    let seller = Seller::start(Wire::V2, CENT, Conduct::Sell(REPORT));
    let service = Service::start(&Home::new(), POLICY);
    service.buy(&seller.url());
    for seen in seller.seen() {
        assert_eq!(seen.header("x-x402-agent-token"), None);
        assert_eq!(seen.header("x-x402-target"), None);
        let host = seen.header("host").unwrap();
        assert!(seller.url().contains(host), "{host}");
    }
}

#[test]
fn what_costs_too_much_is_refused_in_words_that_say_why() {
    let seller = Seller::start(Wire::V2, 250_000, Conduct::Sell(REPORT));
    let service = Service::start(&Home::new(), POLICY);
    let refused = service.buy(&seller.url());
    assert_eq!((refused.status, &*refused.code()), (403, "policy.per_call"));
    assert_eq!(
        refused.header("content-type"),
        Some("application/problem+json")
    );
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.contains("0.25 USD") && detail.contains("max_per_call_usd"),
        "{detail}"
    );
    assert!(seller.payments().is_empty());
}

#[test]
fn an_agent_that_is_not_to_be_told_why_is_told_the_code() {
    let seller = Seller::start(Wire::V2, 250_000, Conduct::Sell(REPORT));
    let guard = format!("explain = false\n{}", super::service::GUARD);
    let service = Service::start_with(&Home::new(), POLICY, &guard, |_| {});
    let refused = service.buy(&seller.url());
    assert_eq!(refused.code(), "policy.per_call");
    assert_eq!(refused.json()["detail"], serde_json::Value::Null);
}

#[test]
fn a_duplicate_and_what_is_over_the_day_are_refused() {
    let seller = Seller::start(Wire::V2, 100_000, Conduct::Sell(REPORT));
    let service = Service::start(&Home::new(), POLICY);
    assert_eq!(service.buy(&seller.url()).status, 200);
    assert_eq!(service.buy(&seller.url()).code(), "replay.duplicate");
    assert_eq!(service.buy(&format!("{}?page=2", seller.url())).status, 200);
    assert_eq!(
        service.buy(&format!("{}?page=3", seller.url())).code(),
        "policy.window"
    );
    assert_eq!(seller.payments().len(), 2);
}

#[test]
fn a_body_is_sent_again_with_the_payment() {
    let seller = Seller::start(Wire::V2, CENT, Conduct::Sell(REPORT));
    let service = Service::start(&Home::new(), POLICY);
    let target = format!("/{}", seller.url().replace("://", "/"));
    let head = format!("X-X402-Agent-Token: {TOKEN}\r\n");
    let answer = ask(
        service.guard,
        "POST",
        &target,
        &head,
        "{\"city\":\"Berlin\"}",
    );
    assert_eq!(answer.status, 200);
    let bodies: Vec<_> = seller.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, [b"{\"city\":\"Berlin\"}", b"{\"city\":\"Berlin\"}"]);
}

#[test]
fn a_redirect_is_the_answer_and_is_not_followed() {
    let seller = Seller::start(
        Wire::V2,
        CENT,
        Conduct::Redirect("https://elsewhere.example/"),
    );
    let service = Service::start(&Home::new(), POLICY);
    let answer = service.buy(&seller.url());
    assert_eq!(answer.status, 302);
    assert_eq!(
        answer.header("location"),
        Some("https://elsewhere.example/")
    );
}

#[test]
fn nothing_is_signed_for_an_agent_that_signs_itself_and_its_challenge_is_narrowed() {
    let seller = Seller::start(Wire::V2, 250_000, Conduct::Sell(REPORT));
    let service = Service::start(&Home::new(), POLICY);
    let answer = service.buy_as(SCREENED, &seller.url());
    assert_eq!(answer.code(), "policy.per_call");

    let cheap = Seller::start(Wire::V2, CENT, Conduct::Sell(REPORT));
    let answer = service.buy_as(SCREENED, &cheap.url());
    assert_eq!(answer.status, 402);
    assert!(answer.header("payment-required").is_some());
    assert!(cheap.payments().is_empty());
}

#[test]
fn a_payment_header_that_comes_twice_or_in_disguise_is_refused() {
    let seller = Seller::start(Wire::V2, CENT, Conduct::Sell(REPORT));
    let service = Service::start(&Home::new(), POLICY);
    let target = format!("/{}", seller.url().replace("://", "/"));
    for twin in [
        "PAYMENT-SIGNATURE: e30=\r\nPAYMENT-SIGNATURE: e30=\r\n",
        "PAYMENT_SIGNATURE: e30=\r\n",
        "X_PAYMENT: e30=\r\n",
    ] {
        let head = format!("X-X402-Agent-Token: {SCREENED}\r\n{twin}");
        let answer = ask(service.guard, "GET", &target, &head, "");
        assert!(
            (400..500).contains(&answer.status),
            "{twin}: {}",
            answer.head
        );
    }
    assert!(seller.seen().is_empty());
}

#[test]
fn an_unreachable_seller_is_a_bad_gateway() {
    let service = Service::start(&Home::new(), POLICY);
    let answer = service.buy("http://127.0.0.1:1/report");
    assert_eq!(
        (answer.status, &*answer.code()),
        (502, "gateway.unreachable")
    );
    assert_eq!(service.left(), "0.25");
}

#[test]
fn without_a_key_the_agent_is_told_what_is_missing() {
    let seller = Seller::start(Wire::V2, CENT, Conduct::Sell(REPORT));
    let service = Service::start_with(&Home::new(), POLICY, super::service::GUARD, |command| {
        command.env_remove("X402_PRIVATE_KEY");
    });
    assert_eq!(service.buy(&seller.url()).code(), "signer.no_key");
}

#[test]
fn the_demo_sells_a_report_to_whoever_follows_its_words() {
    let home = Home::new();
    let mut command = home.command();
    command
        .args([
            "serve",
            "--demo",
            "--listen",
            "127.0.0.1:0",
            "--admin-listen",
            "127.0.0.1:0",
        ])
        .args(["--log-format", "json"])
        .stdout(Stdio::piped());
    let (service, stdout) = {
        let mut service = Service::spawn(&home, command);
        let stdout = service.take_stdout();
        (service, stdout)
    };
    let exports: Vec<String> = BufReader::new(stdout)
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| Some(line.trim().strip_prefix("export ")?.to_owned()))
        .take(3)
        .collect();
    let token = exports[0].strip_prefix("X402_TOKEN=").unwrap();
    let path = exports[2].split_once(&service.guard.to_string()).unwrap().1;
    let head = format!("X-X402-Agent-Token: {token}\r\n");
    let bought = ask(service.guard, "GET", &format!("{path}/report"), &head, "");
    assert_eq!(bought.status, 200, "{}", bought.head);
    let refused = ask(service.guard, "GET", &format!("{path}/premium"), &head, "");
    assert_eq!(refused.code(), "policy.per_call");
}
