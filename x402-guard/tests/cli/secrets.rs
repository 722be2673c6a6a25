//! What never leaves: keys, signatures, personal data.

use std::fs;

use crate::program::{Ended, Home, KEY};
use crate::seller::{Conduct, REPORT, Seller, Wire, decode};

const EMAIL: &str = "ada.lovelace@example.com";

/// Everything that a run leaves behind, in lower case.
fn traces(home: &Home, ended: &Ended) -> String {
    let log = fs::read_to_string(home.audit_log()).unwrap();
    format!("{}\n{}\n{log}", ended.out(), ended.err()).to_lowercase()
}

fn check(wire: Wire, conduct: Conduct, json: bool) {
    let seller = Seller::start(wire, 50_000, conduct);
    let home = Home::new();
    let url = format!("{}?email={EMAIL}", seller.url());
    let ended = home.fetch(std::iter::once(url.as_str()).chain(json.then_some("--json")));
    let traces = traces(&home, &ended);
    assert!(traces.contains("payment_intent"), "{traces}");
    let payment = seller.payments().remove(0);
    let signature = decode(&payment)["payload"]["signature"].clone();
    let signature = signature.as_str().unwrap().trim_start_matches("0x");
    let nonce = decode(&payment)["payload"]["authorization"]["nonce"].clone();
    let nonce = nonce.as_str().unwrap().trim_start_matches("0x");
    let secrets = [
        KEY,
        EMAIL,
        "ada.lovelace",
        "ada%2elovelace",
        &payment,
        signature,
        nonce,
    ];
    for secret in secrets {
        let found = traces.contains(&secret.to_lowercase());
        assert!(!found, "{secret} in:\n{traces}");
    }
}

#[test]
fn not_where_the_payment_is_settled() {
    check(Wire::V2, Conduct::Sell(REPORT), false);
    check(Wire::V1, Conduct::Sell(REPORT), true);
}

#[test]
fn not_where_the_seller_refuses() {
    check(Wire::V2, Conduct::Refuse, false);
    check(Wire::V1, Conduct::Refuse, true);
}

#[test]
fn not_where_the_connection_breaks() {
    check(Wire::V2, Conduct::HangUp, false);
    check(Wire::V1, Conduct::HangUp, true);
}

#[test]
fn not_where_a_control_denies() {
    for json in [None, Some("--json")] {
        let seller = Seller::start(Wire::V2, 250_000, Conduct::Sell(REPORT));
        let home = Home::new();
        let url = format!("{}?email={EMAIL}", seller.url());
        let ended = home.fetch(std::iter::once(url.as_str()).chain(json));
        assert_eq!(ended.code(), 10);
        let traces = traces(&home, &ended);
        assert!(traces.contains("policy.per_call"), "{traces}");
        assert!(!traces.contains(KEY), "{traces}");
        assert!(!traces.contains("lovelace"), "{traces}");
    }
}

#[test]
fn not_where_the_server_is_not_there() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let home = Home::new();
    let ended = home.fetch([format!("http://127.0.0.1:{port}/?email={EMAIL}")]);
    assert_eq!(ended.code(), 1);
    assert!(!traces(&home, &ended).contains("lovelace"));
}
