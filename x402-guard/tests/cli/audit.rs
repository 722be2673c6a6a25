//! `audit verify`.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};
use x402_tower::audit::{AuditEventType, AuditKey, AuditLog, AuditRecord, FileSink};

use crate::program::{Ended, Home, KEY};
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

/// The log's lines.
fn lines(home: &Home) -> Vec<String> {
    let text = fs::read_to_string(home.audit_log()).unwrap();
    text.split_inclusive('\n').map(str::to_owned).collect()
}

fn write_lines(home: &Home, lines: &[String]) {
    fs::write(home.audit_log(), lines.concat()).unwrap();
}

fn head_file(home: &Home) -> PathBuf {
    home.state().join("audit.jsonl.head")
}

#[track_caller]
fn assert_broken(home: &Home, line: impl Into<Value>, code: &str) {
    let (exit, report) = verify_json(home);
    assert_eq!((exit, &report["code"]), (1, &json!(code)), "{report}");
    assert_eq!(report["line"], line.into(), "{report}");
}

#[test]
fn attack_132_what_was_done_to_lines_is_told_apart() {
    let home = with_log();
    let intact = lines(&home);
    let without_second = [&intact[..1], &intact[2..]].concat();
    write_lines(&home, &without_second);
    assert_broken(&home, 2, "audit.removed");
    let mut swapped = intact.clone();
    swapped.swap(1, 2);
    write_lines(&home, &swapped);
    assert_broken(&home, 2, "audit.reordered");
    let mut repeated = intact.clone();
    repeated.insert(2, intact[1].clone());
    write_lines(&home, &repeated);
    assert_broken(&home, 3, "audit.duplicate");
    write_lines(&home, &intact);
    assert_eq!(verify_json(&home).0, 0);
}

#[test]
fn attack_134_a_log_that_was_continued_twice_is_a_fork() {
    let home = with_log();
    let common = lines(&home);
    let head = fs::read(head_file(&home)).unwrap();
    let pay = || {
        let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
        assert_eq!(home.fetch([seller.url()]).code(), 0);
    };
    pay();
    let one = lines(&home);
    write_lines(&home, &common);
    fs::write(head_file(&home), head).unwrap();
    pay();
    let other = lines(&home);
    let both = [&one[..], &other[common.len()..]].concat();
    write_lines(&home, &both);
    let ended = home.verify([home.audit_log()]);
    assert_eq!(ended.code(), 1);
    let place = format!("broken at line {} (audit.fork)", one.len() + 1);
    assert!(ended.err().contains(&place), "{}", ended.err());
}

#[test]
fn attack_131_an_end_that_was_cut_off_is_counted() {
    let home = with_log();
    write_lines(&home, &lines(&home)[..2]);
    let ended = home.verify([home.audit_log()]);
    assert_eq!(ended.code(), 1);
    let shown = "the log ends 2 records too early";
    assert!(ended.err().contains(shown), "{}", ended.err());
    assert_broken(&home, 3, "audit.truncated");
}

#[test]
fn attack_131_a_log_that_was_cut_pays_nothing_more() {
    let home = with_log();
    write_lines(&home, &lines(&home)[..2]);
    let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
    let ended = home.fetch([seller.url()]);
    assert_eq!(ended.code(), 1);
    assert!(
        ended.err().contains("2 records are gone"),
        "{}",
        ended.err()
    );
    assert!(seller.seen().is_empty());
}

#[test]
fn attack_131_without_its_head_file_a_log_is_not_called_intact() {
    let home = with_log();
    write_lines(&home, &lines(&home)[..2]);
    fs::remove_file(head_file(&home)).unwrap();
    assert_broken(&home, Value::Null, "audit.head_missing");
    assert_eq!(verify_json(&home).1["intact"], Value::Null);
    let log = home.audit_log();
    let lines_alone = home.verify([log.to_str().unwrap(), "--no-head-file"]);
    assert_eq!(lines_alone.code(), 0, "the lines that are there are sound");
}

#[test]
fn attack_131_a_head_file_that_was_edited_is_named() {
    let home = with_log();
    let head = fs::read_to_string(head_file(&home)).unwrap();
    fs::write(head_file(&home), head.replace("{\"seq\":4", "{\"seq\":2")).unwrap();
    assert_broken(&home, Value::Null, "audit.head_broken");
    assert_eq!(verify_json(&home).1["intact"], false);
}

#[test]
fn attack_131_a_log_taken_back_with_its_head_shows_against_a_head_kept_elsewhere() {
    let home = with_log();
    let (log, earlier) = (home.audit_log(), lines(&home));
    let earlier_head = fs::read(head_file(&home)).unwrap();
    let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
    assert_eq!(home.fetch([seller.url()]).code(), 0);
    let (_, report) = verify_json(&home);
    let elsewhere = report["head"].as_str().unwrap().to_owned();

    write_lines(&home, &earlier);
    fs::write(head_file(&home), earlier_head).unwrap();
    assert_eq!(home.verify([&log]).code(), 0, "nothing here knows better");
    let ended = home.verify([log.to_str().unwrap(), "--head", &elsewhere]);
    assert_eq!(ended.code(), 1);
    assert!(ended.err().contains("audit.truncated"), "{}", ended.err());
}

#[test]
fn a_head_kept_elsewhere_does_instead_of_the_head_file() {
    let home = with_log();
    let (_, report) = verify_json(&home);
    let head = report["head"].as_str().unwrap();
    fs::remove_file(head_file(&home)).unwrap();
    let log = home.audit_log();
    for more in [&[][..], &["--no-head-file"]] {
        let args = [&[log.to_str().unwrap(), "--head", head][..], more].concat();
        assert_eq!(home.verify(args).code(), 0);
    }
}

#[test]
fn attack_134_runs_at_the_same_time_keep_one_chain() {
    let home = Home::new();
    let sellers = [(); 4].map(|()| Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT)));
    let runs = sellers.each_ref().map(|seller| {
        let mut command = home.command();
        command.env("X402_PRIVATE_KEY", KEY);
        command.args(["fetch", &seller.url()]);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().unwrap()
    });
    for run in runs {
        let output = run.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
    }
    let (code, report) = verify_json(&home);
    assert_eq!(code, 0, "{report}");
    assert_eq!(
        (&report["records"], &report["writers"]),
        (&json!(8), &json!(4))
    );
    assert_eq!(report["dangling_intents"], json!([]));
}

#[test]
fn a_payment_without_an_outcome_is_a_warning() {
    let home = Home::new();
    let path = home.path().join("audit.jsonl");
    let key = AuditKey::load_or_create(home.path().join("audit.key")).unwrap();
    let log = AuditLog::open(FileSink::open(&path).unwrap(), &key).unwrap();
    let intent = AuditRecord::new(AuditEventType::PaymentIntent, 1_767_225_600_000);
    log.write(&intent.decision_id("d-1")).unwrap();
    drop(log);
    let strict = home.verify([path.to_str().unwrap(), "--strict"]);
    assert_eq!(strict.code(), 3, "{}", strict.err());
    let ended = home.verify([&path]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    let shown = "warning: payments without an outcome";
    assert!(ended.out().contains(shown), "{}", ended.out());
    let line = "line 1  2026-01-01T00:00:00.000Z  d-1";
    assert!(ended.out().contains(line), "{}", ended.out());
}

#[test]
fn an_intact_log_without_open_payments_is_intact_also_when_checked_strictly() {
    let home = with_log();
    let log = home.audit_log();
    let ended = home.verify([log.to_str().unwrap(), "--strict"]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
}

#[test]
fn a_key_that_is_made_is_said_once_with_what_it_is_no_good_against() {
    let home = Home::new();
    let seller = Seller::start(Wire::V2, 0, Conduct::Free(200));
    let first = home.fetch([seller.url()]);
    assert!(
        first
            .err()
            .contains("whoever can read it can write the log anew")
    );
    let seller = Seller::start(Wire::V2, 0, Conduct::Free(200));
    assert!(
        !home
            .fetch([seller.url()])
            .err()
            .contains("made the log's key")
    );
}
