//! `ledger show`, `ledger unknown` and `ledger resolve`.

use std::fs;

use serde_json::Value;
use x402_tower::{PaymentId, Usd};

use crate::books::{Ends, HOST, PAY_TO, counted, counted_on, home_with, id, redis_with};
use crate::program::{Ended, Home};

const FIVE_CENTS: Usd = Usd::from_micros(50_000);
const WHY: &str = "the explorer shows it";

fn resolve(home: &Home, id: &str, state: &str, more: &[&str]) -> Ended {
    let args = ["resolve", id, "--as", state, "--why", WHY];
    home.ledger(args.iter().chain(more))
}

fn last_record(home: &Home) -> Value {
    let log = fs::read_to_string(home.audit_log()).unwrap();
    serde_json::from_str(log.lines().last().unwrap()).unwrap()
}

#[test]
fn payments_are_listed_in_80_columns_with_their_totals() {
    let home = home_with(&[(id(1), Ends::HourAgo), (id(2), Ends::InAnHour)]);
    let ended = home.ledger(["show"]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    let out = ended.out();
    for shown in [
        "01010101",
        "02020202",
        "unknown",
        "0.05",
        "0x2096\u{2026}287c",
        HOST,
    ] {
        assert!(out.contains(shown), "{shown} is missing:\n{out}");
    }
    assert!(
        out.contains("unknown         2           0.10 USD"),
        "{out}"
    );
    for line in out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn ids_are_as_long_as_it_takes_to_tell_them_apart() {
    let mut twin = [1; 16];
    (twin[5], twin[15]) = (2, 2);
    let home = home_with(&[
        (id(1), Ends::HourAgo),
        (PaymentId::from_bytes(twin), Ends::HourAgo),
    ]);
    let ended = home.ledger(["show"]);
    assert!(ended.out().contains("\n010101010101 "), "{}", ended.out());
    assert!(ended.out().contains("\n010101010102 "), "{}", ended.out());
    let refused = resolve(&home, "01010101", "settled", &[]);
    assert_eq!(refused.code(), 1);
    assert!(
        refused.err().contains("write more of the id"),
        "{}",
        refused.err()
    );
    let resolved = resolve(&home, "010101010102", "settled", &[]);
    assert_eq!(resolved.code(), 0, "{}", resolved.err());
}

#[test]
fn payments_are_listed_as_json() {
    let home = home_with(&[(id(1), Ends::HourAgo)]);
    let listed = home.ledger(["show", "--json"]).json();
    let payment = &listed["payments"][0];
    assert_eq!(payment["id"], id(1).to_string());
    assert_eq!(payment["state"], "unknown");
    assert_eq!(payment["usd"], "0.05");
    assert_eq!(payment["pay_to"], PAY_TO);
    assert_eq!(payment["kind"], "eip3009");
    assert_eq!(listed["totals"]["unknown"]["payments"], 1);
    assert_eq!(listed["not_listed"], 0);
}

#[test]
fn open_payments_come_with_what_to_do() {
    let home = home_with(&[(id(1), Ends::HourAgo), (id(2), Ends::InAnHour)]);
    let ended = home.ledger(["unknown"]);
    assert_eq!(ended.code(), 3, "{}", ended.err());
    let (over, payable) = ended.out().split_once("02020202").unwrap();
    assert!(over.contains("reconcile --rpc eip155:8453=URL"), "{over}");
    assert!(
        over.contains("resolve 01010101 --as settled|released"),
        "{over}"
    );
    assert!(
        payable.contains("resolve 02020202 --as settled --why"),
        "{payable}"
    );
    assert!(payable.contains("open: 2, 0.10 USD"), "{payable}");
}

#[test]
fn without_open_payments_unknown_says_so() {
    let home = home_with(&[(id(1), Ends::HourAgo)]);
    assert_eq!(resolve(&home, "01010101", "settled", &[]).code(), 0);
    let ended = home.ledger(["unknown"]);
    assert_eq!(ended.code(), 0);
    assert_eq!(ended.out(), "no payment is open\n");
    assert!(home.ledger(["show"]).out().contains("settled"));
}

#[test]
fn what_is_settled_stays_counted_and_is_on_record() {
    let home = home_with(&[(id(1), Ends::InAnHour)]);
    let ended = resolve(&home, "01010101", "settled", &[]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert!(
        ended.out().contains("0.05 USD stay counted"),
        "{}",
        ended.out()
    );
    assert_eq!(counted(&home, 1), (FIVE_CENTS, true));
    let record = last_record(&home);
    assert_eq!(record["event_type"], "PAYMENT_RESOLVED");
    assert_eq!(record["decision_id"], id(1).to_string());
    assert_eq!(record["outcome"], "settled");
    assert_eq!(record["reason"], "operator");
    assert_eq!(record["note"], WHY);
    assert_eq!(home.verify([home.audit_log()]).code(), 0);
}

#[test]
fn what_is_released_counts_no_longer_and_its_request_may_be_paid_anew() {
    let home = home_with(&[(id(1), Ends::HourAgo)]);
    assert_eq!(counted(&home, 1), (FIVE_CENTS, true));
    let ended = resolve(&home, &id(1).to_string(), "released", &["--json"]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert_eq!(ended.json()["is"], "released");
    assert_eq!(counted(&home, 1), (Usd::ZERO, false));
    assert_eq!(last_record(&home)["outcome"], "released");
}

#[test]
fn attack_074_what_may_still_settle_is_not_released_unless_forced() {
    let home = home_with(&[(id(1), Ends::InAnHour)]);
    let refused = resolve(&home, "01010101", "released", &[]);
    assert_eq!(refused.code(), 10);
    assert!(refused.err().contains("--force"), "{}", refused.err());
    assert_eq!(counted(&home, 1), (FIVE_CENTS, true));

    let forced = resolve(&home, "01010101", "released", &["--force"]);
    assert_eq!(forced.code(), 0, "{}", forced.err());
    assert_eq!(counted(&home, 1), (Usd::ZERO, false));
    assert_eq!(last_record(&home)["warnings"][0], "reconcile.may_settle");
}

#[test]
fn attack_116_the_reason_is_on_record_without_personal_data() {
    let home = home_with(&[(id(1), Ends::HourAgo)]);
    let why = "ada.lovelace@example.com looked it up";
    let args = ["resolve", "01010101", "--as", "settled", "--why", why];
    let ended = home.ledger(args);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert_eq!(last_record(&home)["note"], "<REDACTED> looked it up");
    let log = fs::read_to_string(home.audit_log()).unwrap();
    assert!(!format!("{log}{}{}", ended.out(), ended.err()).contains("lovelace"));
}

#[test]
fn what_cannot_be_put_on_record_is_not_resolved() {
    let home = home_with(&[(id(1), Ends::HourAgo)]);
    fs::create_dir(home.audit_log()).unwrap();
    let ended = resolve(&home, "01010101", "released", &[]);
    assert_eq!(ended.code(), 1);
    assert_eq!(counted(&home, 1), (FIVE_CENTS, true));
}

#[test]
fn what_is_not_there_or_not_open_is_not_resolved() {
    let home = home_with(&[(id(1), Ends::HourAgo)]);
    let missing = resolve(&home, "02020202", "settled", &[]);
    assert_eq!(missing.code(), 1);
    assert!(missing.err().contains("no payment"), "{}", missing.err());
    assert_eq!(resolve(&home, "01010101", "settled", &[]).code(), 0);
    let again = resolve(&home, "01010101", "released", &[]);
    assert_eq!(again.code(), 1);
    assert!(again.err().contains("not open"), "{}", again.err());
}

#[test]
fn a_command_line_that_cannot_be_right_changes_nothing() {
    let home = home_with(&[(id(1), Ends::HourAgo)]);
    for args in [
        &["resolve", "0101", "--as", "settled", "--why", "x"][..],
        &["resolve", "01010101", "--as", "settled", "--why", " "],
        &[
            "resolve", "01010101", "--as", "settled", "--why", "x", "--force",
        ],
        &["resolve", "01010101", "--as", "lost", "--why", "x"],
        &["resolve", "01010101", "--as", "settled"],
    ] {
        assert_eq!(home.ledger(args).code(), 2, "{args:?}");
    }
    assert!(!home.audit_log().exists());
}

#[test]
fn where_there_is_no_ledger_none_is_made() {
    let home = Home::new();
    let ended = home.ledger(["show"]);
    assert_eq!(ended.code(), 1);
    assert!(
        ended.err().contains("there is no ledger"),
        "{}",
        ended.err()
    );
    assert!(!home.state().join("ledger.sqlite").exists());
}

#[test]
fn a_ledger_on_a_redis_server_is_listed_and_resolved() {
    let server = redis_with("x402-guard", id(1), Ends::HourAgo);
    let home = Home::new();
    let url = server.url();
    let ended = home.ledger(["unknown", "--redis", &url]);
    assert_eq!(ended.code(), 3, "{}", ended.err());
    assert!(
        ended.out().contains("01010101  unknown  0.05 USD"),
        "{}",
        ended.out()
    );
    let ended = resolve(&home, "01010101", "released", &["--redis", &url]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert_eq!(counted_on(&server, "x402-guard", 1), (Usd::ZERO, false));
    assert_eq!(last_record(&home)["outcome"], "released");
}

#[test]
fn another_namespace_on_a_redis_server_is_another_ledger() {
    let server = redis_with("elsewhere", id(1), Ends::HourAgo);
    let home = Home::new();
    let url = server.url();
    assert_eq!(home.ledger(["unknown", "--redis", &url]).code(), 0);
    let args = ["unknown", "--redis", &url, "--namespace", "elsewhere"];
    assert_eq!(home.ledger(args).code(), 3);
}
