//! `ledger reconcile`.

use std::fs;

use x402_tower::Usd;

use crate::books::{Ends, counted, home_with, id};
use crate::node::Node;
use crate::program::Ended;

const FIVE_CENTS: Usd = Usd::from_micros(50_000);

#[test]
fn what_the_chain_used_is_settled() {
    let home = home_with(&[(id(1), Ends::HourAgo)]);
    let node = Node::saying(true);
    let ended = home.ledger(["reconcile", "--rpc", &node.on("eip155:8453")]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert!(ended.out().contains("1 settled"), "{}", ended.out());
    assert_eq!(counted(&home, 1), (FIVE_CENTS, true));
}

#[test]
fn what_the_chain_did_not_use_is_released_and_on_record() {
    let home = home_with(&[(id(1), Ends::HourAgo)]);
    let node = Node::saying(false);
    let args = ["reconcile", "--json", "--rpc", &node.on("eip155:8453")];
    let ended = home.ledger(args);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert_eq!(ended.json()["released"], 1);
    assert_eq!(counted(&home, 1), (Usd::ZERO, false));
    let log = fs::read_to_string(home.audit_log()).unwrap();
    assert!(log.contains(r#""outcome":"released","#), "{log}");
    assert!(log.contains(r#""reason":"oracle_unused""#), "{log}");
}

#[test]
fn attack_074_what_may_still_settle_is_left_open() {
    let home = home_with(&[(id(1), Ends::InAnHour)]);
    let node = Node::saying(false);
    let ended = home.ledger(["reconcile", "--rpc", &node.on("eip155:8453")]);
    assert_eq!(ended.code(), 3, "{}", ended.err());
    assert_eq!(counted(&home, 1), (FIVE_CENTS, true));
}

#[test]
fn attack_116_an_endpoint_from_the_environment_is_never_shown() {
    let home = home_with(&[(id(1), Ends::HourAgo)]);
    let node = Node::saying(false);
    let mut command = home.command();
    // A node of Base that is named for another chain as well.
    let both = format!("{} {}", node.on("eip155:8453"), node.on("eip155:1"));
    command.env("X402_RPC", both).args(["ledger", "reconcile"]);
    let ended = Ended::of(command);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    let log = fs::read_to_string(home.audit_log()).unwrap();
    assert!(!format!("{log}{}{}", ended.out(), ended.err()).contains("a-key"));
}

#[test]
fn an_endpoint_that_fails_changes_nothing_and_is_told_by_its_code() {
    let home = home_with(&[(id(1), Ends::HourAgo)]);
    let ended = home.ledger(["reconcile", "--rpc", "eip155:8453=http://127.0.0.1:1/a-key"]);
    assert_eq!(ended.code(), 1);
    assert!(
        ended.out().contains("oracle.unreachable"),
        "{}",
        ended.out()
    );
    assert!(!format!("{}{}", ended.out(), ended.err()).contains("a-key"));
    assert_eq!(counted(&home, 1), (FIVE_CENTS, true));
}

#[test]
fn attack_116_an_endpoint_that_cannot_be_right_is_refused_and_not_quoted() {
    let home = home_with(&[]);
    for rpc in [
        "https://rpc.example.com/a-key",
        "eip155:8453=http://rpc.example.com/a-key",
        "eip155:08453=https://rpc.example.com/a-key",
        "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp=https://rpc.example.com/a-key",
        "eip155:8453=a-key",
        "",
    ] {
        let ended = home.ledger(["reconcile", "--rpc", rpc]);
        assert_eq!(ended.code(), 2, "{rpc}");
        assert!(!ended.err().contains("a-key"), "{}", ended.err());
    }
}
