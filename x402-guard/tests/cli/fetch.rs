//! How a fetch ends, as a shell sees it.

use std::net::TcpListener;

use crate::program::{Home, PAYER};
use crate::seller::{BINARY_REPORT, Conduct, PAY_TO, REPORT, Seller, TRANSACTION, Wire, decode};

const FIVE_CENTS: u64 = 50_000;

#[test]
fn a_v2_seller_is_paid_and_its_bytes_arrive_as_they_are() {
    let seller = Seller::start(Wire::V2, FIVE_CENTS, Conduct::Sell(BINARY_REPORT));
    let ended = Home::new().fetch([seller.url()]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert_eq!(ended.stdout(), BINARY_REPORT);
}

#[test]
fn a_v1_seller_is_paid_and_its_bytes_arrive_as_they_are() {
    let seller = Seller::start(Wire::V1, FIVE_CENTS, Conduct::Sell(BINARY_REPORT));
    let ended = Home::new().fetch([seller.url()]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert_eq!(ended.stdout(), BINARY_REPORT);
}

#[test]
fn what_was_paid_is_what_was_asked_and_by_the_key() {
    let seller = Seller::start(Wire::V2, FIVE_CENTS, Conduct::Sell(REPORT));
    Home::new().fetch([seller.url()]);
    let payments = seller.payments();
    assert_eq!(payments.len(), 1);
    let paid = decode(&payments[0]);
    let authorization = &paid["payload"]["authorization"];
    let from = authorization["from"].as_str().unwrap();
    assert!(from.eq_ignore_ascii_case(PAYER), "{from}");
    let to = authorization["to"].as_str().unwrap();
    assert!(to.eq_ignore_ascii_case(PAY_TO), "{to}");
    assert_eq!(authorization["value"], "50000");
}

#[test]
fn a_settled_payment_is_told_on_standard_error() {
    let seller = Seller::start(Wire::V2, FIVE_CENTS, Conduct::Sell(REPORT));
    let ended = Home::new().fetch([seller.url()]);
    assert!(ended.err().contains("0.05 USD"), "{}", ended.err());
    assert!(ended.err().contains(TRANSACTION), "{}", ended.err());
}

#[test]
fn a_payment_over_the_limit_is_denied() {
    let seller = Seller::start(Wire::V2, 250_000, Conduct::Sell(REPORT));
    let ended = Home::new().fetch([seller.url()]);
    assert_eq!(ended.code(), 10);
    assert!(ended.stdout().is_empty());
    assert!(ended.err().contains("policy.per_call"), "{}", ended.err());
    assert!(seller.payments().is_empty());
}

#[test]
fn a_refusal_by_the_seller_has_its_own_code() {
    let seller = Seller::start(Wire::V2, FIVE_CENTS, Conduct::Refuse);
    let ended = Home::new().fetch([seller.url()]);
    assert_eq!(ended.code(), 12);
    assert_eq!(ended.stdout(), b"refused");
    assert!(
        ended.err().contains("insufficient_funds"),
        "{}",
        ended.err()
    );
}

#[test]
fn a_connection_that_closes_after_the_payment_leaves_the_outcome_unknown() {
    let seller = Seller::start(Wire::V2, FIVE_CENTS, Conduct::HangUp);
    let ended = Home::new().fetch([seller.url()]);
    assert_eq!(ended.code(), 11);
    assert!(
        ended.err().contains("it cannot be paid twice"),
        "{}",
        ended.err()
    );
    assert_eq!(seller.payments().len(), 1, "sent once");
}

#[test]
fn attack_087_the_next_run_sends_the_same_payment_again() {
    let (home, seller) = (
        Home::new(),
        Seller::start(Wire::V2, FIVE_CENTS, Conduct::HangUp),
    );
    for _ in 0..2 {
        assert_eq!(home.fetch([seller.url()]).code(), 11);
    }
    let payments = seller.payments();
    assert_eq!(payments.len(), 2);
    assert_eq!(payments[0], payments[1], "byte for byte");
    let shown = home.ledger(["show", "--json"]).json();
    assert_eq!(shown["payments"].as_array().unwrap().len(), 1, "{shown}");
}

#[test]
fn attack_088_a_key_that_is_used_for_another_request_is_refused() {
    let (home, seller) = (
        Home::new(),
        Seller::start(Wire::V2, FIVE_CENTS, Conduct::Sell(REPORT)),
    );
    let other = format!("{}?page=2", seller.url());
    let named = |url: String| home.fetch([url, "--idempotency-key".into(), "order-1".into()]);
    assert_eq!(named(seller.url()).code(), 0);
    let refused = named(other);
    assert_eq!(refused.code(), 10);
    assert!(
        refused.err().contains("replay.key_reused"),
        "{}",
        refused.err()
    );
    assert_eq!(seller.payments().len(), 1);
}

#[test]
fn attack_070_the_next_run_has_what_this_one_has_left() {
    let home = Home::new();
    let policy = home.write("policy.toml", "daily_limit_usd = 0.12\n");
    let policy = policy.to_str().unwrap();
    let codes: Vec<_> = (0..3)
        .map(|page| {
            let seller = Seller::start(Wire::V2, FIVE_CENTS, Conduct::Sell(REPORT));
            let url = format!("{}?page={page}", seller.url());
            home.fetch([url.as_str(), "--policy", policy]).code()
        })
        .collect();
    assert_eq!(codes, [0, 0, 10]);
}

#[test]
fn an_answer_without_a_receipt_is_delivered_and_its_outcome_unknown() {
    let seller = Seller::start(Wire::V2, FIVE_CENTS, Conduct::NoReceipt);
    let ended = Home::new().fetch([seller.url()]);
    assert_eq!(ended.code(), 11);
    assert_eq!(ended.stdout(), REPORT);
}

#[test]
fn a_paid_answer_that_is_an_error_is_a_failure() {
    let seller = Seller::start(Wire::V2, FIVE_CENTS, Conduct::SettleAndFail);
    let ended = Home::new().fetch([seller.url()]);
    assert_eq!(ended.code(), 1);
    assert!(ended.err().contains("HTTP 500"), "{}", ended.err());
}

#[test]
fn a_paid_answer_that_breaks_off_is_a_failure_that_tells_of_the_payment() {
    let seller = Seller::start(Wire::V2, FIVE_CENTS, Conduct::BreakOff);
    let ended = Home::new().fetch([seller.url()]);
    assert_eq!(ended.code(), 1);
    assert_eq!(ended.stdout(), b"the beginning");
    assert!(ended.err().contains(TRANSACTION), "{}", ended.err());
    assert!(ended.err().contains("broke off"), "{}", ended.err());
}

#[test]
fn a_free_answer_is_delivered_whatever_its_status() {
    let seller = Seller::start(Wire::V2, 0, Conduct::Free(404));
    let ended = Home::new().fetch([seller.url()]);
    assert_eq!(ended.code(), 0);
    assert_eq!(ended.stdout(), REPORT);
    assert!(ended.err().contains("HTTP 404"), "{}", ended.err());
}

#[test]
fn a_redirect_to_another_origin_is_the_answer() {
    let seller = Seller::start(Wire::V2, 0, Conduct::Redirect("http://192.0.2.1/"));
    let ended = Home::new().fetch([seller.url()]);
    assert_eq!(ended.code(), 0);
    assert!(ended.err().contains("HTTP 302"), "{}", ended.err());
    assert_eq!(seller.seen().len(), 1);
}

#[test]
fn a_server_that_is_not_there_is_a_failure() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let ended = Home::new().fetch([format!("http://127.0.0.1:{port}/")]);
    assert_eq!(ended.code(), 1);
    assert!(ended.err().contains("nothing was paid"), "{}", ended.err());
}

#[test]
fn without_a_key_a_free_answer_is_delivered() {
    let seller = Seller::start(Wire::V2, 0, Conduct::Free(200));
    let home = Home::new();
    let mut command = home.command();
    command.args(["fetch", &seller.url()]);
    let ended = crate::program::Ended::of(command);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert_eq!(ended.stdout(), REPORT);
}

#[test]
fn without_a_key_a_payment_is_denied_and_the_variable_named() {
    let seller = Seller::start(Wire::V1, FIVE_CENTS, Conduct::Sell(REPORT));
    let home = Home::new();
    let mut command = home.command();
    command.args(["fetch", &seller.url(), "--key-env", "AGENT_KEY"]);
    let ended = crate::program::Ended::of(command);
    assert_eq!(ended.code(), 10);
    assert!(ended.err().contains("signer.no_key"), "{}", ended.err());
    assert!(ended.err().contains("AGENT_KEY"), "{}", ended.err());
}
