//! What the command line makes of a request.

use crate::program::{Ended, Home, KEY};
use crate::seller::{Conduct, REPORT, Seller, Wire};

fn selling() -> Seller {
    Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT))
}

#[test]
fn json_data_is_posted_as_json_both_times() {
    let seller = selling();
    let data = r#"{"query": "rain"}"#;
    assert_eq!(Home::new().fetch([&seller.url(), "-d", data]).code(), 0);
    let seen = seller.seen();
    assert_eq!(seen.len(), 2);
    for request in seen {
        assert_eq!(request.method, "POST");
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.body, data.as_bytes());
    }
}

#[test]
fn other_data_is_posted_as_a_form() {
    let seller = selling();
    Home::new().fetch([&seller.url(), "-d", "query=rain"]);
    let form = Some("application/x-www-form-urlencoded");
    assert_eq!(seller.seen()[0].header("content-type"), form);
}

#[test]
fn a_given_content_type_and_method_win() {
    let seller = selling();
    let args = [
        &seller.url(),
        "-d",
        "{}",
        "-X",
        "PUT",
        "-H",
        "Content-Type: text/plain",
    ];
    Home::new().fetch(args);
    let seen = seller.seen();
    assert_eq!(seen[1].method, "PUT");
    assert_eq!(seen[1].header("content-type"), Some("text/plain"));
}

#[test]
fn data_comes_from_a_file_as_it_is() {
    let seller = selling();
    let home = Home::new();
    let file = home.write("query", "two\nlines\n");
    let data = format!("@{}", file.display());
    home.fetch([&seller.url(), "-d", &data]);
    assert_eq!(seller.seen()[1].body, b"two\nlines\n");
}

#[test]
fn data_comes_from_standard_input_as_it_is() {
    let seller = selling();
    let ended = Home::new().fetch_with_input(&[&seller.url(), "-d", "@-"], b"\x00\xff\n");
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert_eq!(seller.seen()[1].body, b"\x00\xff\n");
}

#[test]
fn data_from_a_file_that_is_not_there_is_a_failure() {
    let seller = selling();
    let ended = Home::new().fetch([&seller.url(), "-d", "@/no/such/file"]);
    assert_eq!(ended.code(), 1);
    assert!(ended.err().contains("/no/such/file"), "{}", ended.err());
    assert!(seller.seen().is_empty());
}

#[test]
fn headers_and_the_idempotency_key_arrive() {
    let seller = selling();
    let args = [
        &seller.url(),
        "-H",
        "X-Trace: 7",
        "--idempotency-key",
        "order-7",
    ];
    Home::new().fetch(args);
    for request in seller.seen() {
        assert_eq!(request.header("x-trace"), Some("7"));
        assert_eq!(request.header("idempotency-key"), Some("order-7"));
    }
}

#[test]
fn a_payment_that_somebody_else_signed_is_sent_as_it_is() {
    let seller = selling();
    Home::new().fetch([seller.url()]);
    let payment = seller.payments().remove(0);
    let home = Home::new();
    let mut command = home.command();
    let header = format!("PAYMENT-SIGNATURE: {payment}");
    command.args(["fetch", &seller.url(), "-H", &header]);
    let ended = Ended::of(command);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert_eq!(seller.payments(), [payment]);
}

#[test]
fn a_payment_that_somebody_else_signed_stays_inside_the_policy() {
    let seller = selling();
    Home::new().fetch([seller.url()]);
    let payment = seller.payments().remove(0);
    let home = Home::new();
    let policy = home.write("policy.toml", "max_per_call_usd = 0.01\n");
    let header = format!("PAYMENT-SIGNATURE: {payment}");
    let policy = policy.to_str().unwrap();
    let ended = home.fetch([&seller.url(), "-H", &header, "--policy", policy]);
    assert_eq!(ended.code(), 10);
    assert!(seller.payments().is_empty());
}

#[test]
fn what_cannot_be_right_is_a_usage_error_and_is_not_quoted() {
    let url = "http://127.0.0.1:9/";
    let canary = "ada@example.com";
    let header = format!("no header {canary}");
    let method = format!("GET {canary}");
    let cases: [&[&str]; 7] = [
        &["ada@example.com/report"],
        &["ftp://ada@example.com/"],
        &[url, "-H", &header],
        &[url, "-X", &method],
        &[url, "--idempotency-key", "ada@example.com\n"],
        &[url, "--key-env", "ada@example.com"],
        &[url, "--key-env", KEY],
    ];
    for args in cases {
        let ended = Home::new().fetch(args);
        assert_eq!(ended.code(), 2, "{args:?}");
        assert!(ended.stdout().is_empty());
        assert!(ended.err().contains("fetch --help"), "{}", ended.err());
        assert!(!ended.err().contains("ada"), "{}", ended.err());
        assert!(!ended.err().contains(KEY), "{}", ended.err());
    }
}

#[test]
fn a_missing_url_is_a_usage_error() {
    assert_eq!(Home::new().fetch::<&str>([]).code(), 2);
}
