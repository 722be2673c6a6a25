//! `audit verify`.

use std::fs;

use serde_json::{Value, json};
use x402_tower::audit::{AuditEventType, AuditKey, AuditLog, AuditRecord, FileSink};

use crate::program::{Ended, Home};
use crate::seller::{Conduct, REPORT, Seller, Wire};

/// A home with a log of two payments: four records.
fn with_log() -> Home {
    let home = Home::new();
    for _ in 0..2 {
        let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
        assert_eq!(home.fetch([seller.url()]).code(), 0);
    }
    home
}

fn verify_json(home: &Home) -> (i32, Value) {
    let log = home.audit_log();
    let ended = home.verify([log.to_str().unwrap(), "--json"]);
    (ended.code(), ended.json())
}

/// Makes the second line say something else.
fn edit_line_2(home: &Home) {
    let text = fs::read_to_string(home.audit_log()).unwrap();
    let lines = text.lines().enumerate().map(|(at, line)| {
        let edited = line.replace(r#""amount_usd":"0.05""#, r#""amount_usd":"0.01""#);
        let line = if at == 1 { edited.as_str() } else { line };
        format!("{line}\n")
    });
    let edited: String = lines.collect();
    assert_ne!(edited, text);
    fs::write(home.audit_log(), edited).unwrap();
}

#[test]
fn an_intact_log_is_summed_up_in_80_columns() {
    let home = with_log();
    let ended = home.verify([home.audit_log()]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    let (first, rest) = ended.out().split_once('\n').unwrap();
    assert!(first.ends_with("audit.jsonl: intact"), "{first}");
    assert!(rest.contains("PAYMENT_INTENT            2"), "{rest}");
    assert!(rest.contains("PAYMENT_ALLOWED           2"), "{rest}");
    for line in rest.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn an_intact_log_is_summed_up_as_json() {
    let (code, report) = verify_json(&with_log());
    assert_eq!(code, 0);
    assert_eq!(report["intact"], true);
    assert_eq!(report["records"], 4);
    assert_eq!(report["writers"], 2);
    let events = json!({"PAYMENT_INTENT": 2, "PAYMENT_ALLOWED": 2});
    assert_eq!(report["events"], events);
    assert_eq!(report["dangling_intents"], json!([]));
}

#[test]
fn an_edited_line_is_named() {
    let home = with_log();
    edit_line_2(&home);
    let ended = home.verify([home.audit_log()]);
    assert_eq!(ended.code(), 1);
    assert!(ended.err().contains("broken at line 2"), "{}", ended.err());
    assert!(ended.err().contains("audit.edited"), "{}", ended.err());
    assert!(ended.stdout().is_empty());
}

#[test]
fn an_edited_line_is_named_in_json() {
    let home = with_log();
    edit_line_2(&home);
    let (code, report) = verify_json(&home);
    assert_eq!(code, 1);
    assert_eq!(report["intact"], false);
    assert_eq!(report["line"], 2);
    assert_eq!(report["code"], "audit.edited");
}

#[test]
fn a_missing_key_says_where_it_was_looked_for() {
    let home = with_log();
    fs::remove_file(home.state().join("audit.key")).unwrap();
    let ended = home.verify([home.audit_log()]);
    assert_eq!(ended.code(), 1);
    for place in [
        "X402_CHAIN_KEY",
        "audit.jsonl.key",
        "audit.key",
        "--key-file",
    ] {
        assert!(ended.err().contains(place), "{}", ended.err());
    }
    let (_, report) = verify_json(&home);
    assert_eq!(report["intact"], Value::Null);
    assert_eq!(report["code"], "audit.no_key");
}

#[test]
fn a_key_file_elsewhere_can_be_named() {
    let home = with_log();
    let kept = home.path().join("kept.key");
    fs::rename(home.state().join("audit.key"), &kept).unwrap();
    let log = home.audit_log();
    let args = [log.as_os_str(), "--key-file".as_ref(), kept.as_os_str()];
    assert_eq!(home.verify(args).code(), 0);
}

#[test]
fn the_key_of_the_environment_goes_before_the_file_beside_the_log() {
    let home = with_log();
    let mut command = home.command();
    command.env("X402_CHAIN_KEY", "0123456789abcdef".repeat(4));
    command.args(["audit", "verify"]).arg(home.audit_log());
    let ended = Ended::of(command);
    assert_eq!(ended.code(), 1);
    let code = "audit.foreign_key_line";
    assert!(ended.err().contains(code), "{}", ended.err());
}

#[test]
fn a_log_that_is_not_there_is_not_called_broken() {
    let home = with_log();
    let gone = home.state().join("gone.jsonl");
    let ended = home.verify([gone.to_str().unwrap(), "--json"]);
    assert_eq!(ended.code(), 1);
    assert_eq!(ended.json()["intact"], Value::Null);
    assert_eq!(ended.json()["code"], "audit.unreadable");
}

#[test]
fn an_end_that_was_cut_off_shows_against_its_head() {
    let home = with_log();
    let (_, report) = verify_json(&home);
    let head = report["head"].as_str().unwrap().to_owned();
    let text = fs::read_to_string(home.audit_log()).unwrap();
    let shorter: String = text.split_inclusive('\n').take(2).collect();
    fs::write(home.audit_log(), shorter).unwrap();
    assert_eq!(home.verify([home.audit_log()]).code(), 0);
    let log = home.audit_log();
    let ended = home.verify([log.to_str().unwrap(), "--head", &head]);
    assert_eq!(ended.code(), 1);
    assert!(ended.err().contains("audit.truncated"), "{}", ended.err());
}

#[test]
fn a_payment_without_an_outcome_is_a_warning() {
    let home = Home::new();
    let path = home.path().join("audit.jsonl");
    let key = AuditKey::load_or_create(home.path().join("audit.key")).unwrap();
    let log = AuditLog::open(FileSink::open(&path).unwrap(), &key).unwrap();
    let intent = AuditRecord::new(AuditEventType::PaymentIntent, 1_767_225_600_000);
    log.write(&intent.decision_id("d-1")).unwrap();
    let ended = home.verify([&path]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    let shown = "warning: payments without an outcome";
    assert!(ended.out().contains(shown), "{}", ended.out());
    let line = "line 1  2026-01-01T00:00:00.000Z  d-1";
    assert!(ended.out().contains(line), "{}", ended.out());
}
