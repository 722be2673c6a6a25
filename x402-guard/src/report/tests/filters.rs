//! Periods, agents, subjects, and command lines that cannot be right.

use serde_json::{Value, json};
use x402_tower::audit::{AuditEventType, AuditRecord};

use super::log::{
    DAY, Logs, NEW_YEAR, SELLER, args, intent, report, resolved, settled, text, unknown, worth,
};
use crate::exit::Exit;
use crate::report::args::Format;
use crate::report::{document, run};

#[test]
fn the_period_begins_with_its_first_moment_and_ends_before_its_last() {
    let logs = Logs::new();
    let log = logs.log(
        "audit.jsonl",
        &[
            settled("d-1", NEW_YEAR - 1),
            settled("d-2", NEW_YEAR),
            settled("d-3", NEW_YEAR + DAY - 1),
            settled("d-4", NEW_YEAR + DAY),
        ],
    );
    let of = |from_to: &[&str]| {
        let (report, _) = report(&[&log], from_to);
        let outside = report["records"]["outside_period"].as_u64().unwrap();
        (worth(&report, "settled").0, outside)
    };
    assert_eq!(of(&["--from", "2026-01-01", "--to", "2026-01-02"]), (2, 2));
    assert_eq!(of(&["--from", "2026-01-01"]), (3, 1));
    assert_eq!(of(&["--to", "2026-01-01T00:00:00Z"]), (1, 3));
    assert_eq!(of(&["--from", "2026-01-01T00:00:00.001Z"]), (2, 2));
    assert_eq!(
        of(&[
            "--from",
            "2026-01-01T01:00:00+01:00",
            "--to",
            "2026-01-02T00:00:00.001Z"
        ]),
        (3, 1)
    );
}

#[test]
fn periods_that_follow_each_other_add_up_to_the_whole() {
    let logs = Logs::new();
    let log = logs.log(
        "audit.jsonl",
        &[
            intent("d-1", NEW_YEAR - 5),
            unknown("d-1", NEW_YEAR - 4),
            intent("d-2", NEW_YEAR - 3),
            settled("d-2", NEW_YEAR + 1),
            resolved("d-1", "settled", NEW_YEAR + 2),
        ],
    );
    let (before, _) = report(&[&log], &["--to", "2026-01-01"]);
    let (after, _) = report(&[&log], &["--from", "2026-01-01"]);
    assert_eq!(
        (worth(&before, "settled").0, worth(&after, "settled").0),
        (0, 2)
    );
    assert_eq!(
        (worth(&before, "unknown").0, worth(&after, "unknown").0),
        (1, 0)
    );
    assert_eq!((worth(&before, "open").0, worth(&after, "open").0), (1, 0));
    // It ended, if only after the period.
    assert_eq!(before["dangling"]["payments"], 0);
    assert_eq!(before["unknown"]["listed"][0]["later"], "settled");
}

#[test]
fn one_agent_can_be_picked() {
    let logs = Logs::new();
    let other = |record: AuditRecord<'static>| record.agent_id("other");
    let log = logs.log(
        "audit.jsonl",
        &[
            intent("d-1", NEW_YEAR),
            other(intent("d-2", NEW_YEAR)),
            settled("d-1", NEW_YEAR + 1),
            other(settled("d-2", NEW_YEAR + 1)),
            other(intent("d-3", NEW_YEAR + 2)),
        ],
    );
    let (report, _) = report(&[&log], &["--agent", "researcher"]);
    assert_eq!(worth(&report, "settled"), (1, 50_000));
    assert_eq!(
        (&report["agent"], &report["records"]["of_other_agents"]),
        (&json!("researcher"), &json!(3))
    );
    assert_eq!(report["dangling"]["payments"], 0);
    assert_eq!(report["by_agent"]["rows"].as_array().unwrap().len(), 1);
}

fn found(subject: &Value) -> Vec<(u64, Vec<&str>)> {
    let listed = subject["listed"].as_array().unwrap().iter();
    let found = listed.map(|record| {
        let fields = record["fields"].as_array().unwrap().iter();
        (
            record["line"].as_u64().unwrap(),
            fields.map(|field| field.as_str().unwrap()).collect(),
        )
    });
    found.collect()
}

#[test]
fn every_record_about_a_subject_is_listed_whole() {
    let logs = Logs::new();
    let note = resolved("d-1", "settled", NEW_YEAR + 3).note("Alice Example said so");
    let log = logs.log(
        "audit.jsonl",
        &[
            intent("d-1", NEW_YEAR).approval("alice"),
            unknown("d-1", NEW_YEAR + 1),
            intent("d-2", NEW_YEAR + 2)
                .agent_id("alice")
                .pay_to("0xother"),
            note,
        ],
    );
    let lookup = |wanted: &str| report(&[&log], &["--subject", wanted]).0["subject"].clone();
    let alice = lookup("alice");
    assert_eq!(
        found(&alice),
        [
            (1, vec!["approvals"]),
            (3, vec!["agent_id"]),
            (4, vec!["note"])
        ]
    );
    assert_eq!(alice["records"], 3);
    assert_eq!(
        alice["listed"][0]["record"]["decision_id"], "d-1",
        "the whole record is there"
    );
    assert!(alice["erasure"][0].as_str().unwrap().contains("HMAC"));
    // Hexadecimal has two spellings; a name has one, and a part of it is none.
    assert_eq!(lookup(&SELLER.to_uppercase())["records"], 3);
    assert_eq!(lookup("research")["records"], 0);
    assert_eq!(lookup("d-2")["records"], 1);
    assert_eq!(lookup("example.COM/report")["records"], 3);
    let shown = text(&[&log], &["--subject", "alice"], Format::Md);
    assert!(shown.contains("Art. 17 GDPR"), "{shown}");
}

#[test]
fn a_subject_is_looked_for_within_the_period() {
    let logs = Logs::new();
    let log = logs.log(
        "audit.jsonl",
        &[settled("d-1", NEW_YEAR), settled("d-2", NEW_YEAR + DAY)],
    );
    let (report, _) = report(
        &[&log],
        &["--subject", "researcher", "--from", "2026-01-02"],
    );
    assert_eq!(found(&report["subject"]), [(2, vec!["agent_id"])]);
}

#[test]
fn command_lines_that_cannot_be_right_are_usage_errors() {
    let logs = Logs::new();
    let log = logs.log("audit.jsonl", &[settled("d-1", NEW_YEAR)]);
    let path = log.to_str().unwrap();
    let before = std::fs::read(&log).unwrap();
    for more in [
        &["--from", "2026-01-02", "--to", "2026-01-02"][..],
        &["--from", "2026-01-02", "--to", "2026-01-01"],
        &["--subject", " "],
        &["--audit", path],
        &["--out", path],
    ] {
        assert!(document(&args(&[&log], more)).is_err(), "{more:?}");
        assert_eq!(run(&args(&[&log], more)), Exit::Usage, "{more:?}");
    }
    assert_eq!(std::fs::read(&log).unwrap(), before);
}

#[test]
fn the_exit_code_tells_whether_all_was_vouched_for() {
    let logs = Logs::new();
    let log = logs.log("audit.jsonl", &[settled("d-1", NEW_YEAR)]);
    let out = logs.path("report.html");
    let to_file = ["--format", "html", "--out", out.to_str().unwrap()];
    assert_eq!(run(&args(&[&log], &to_file)), Exit::Done);
    let page = std::fs::read_to_string(&out).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    assert!(!logs.path("report.html.partial").exists());
    std::fs::remove_file(logs.path("audit.jsonl.head")).unwrap();
    assert_eq!(run(&args(&[&log], &to_file)), Exit::Failed);
    let page = std::fs::read_to_string(&out).unwrap();
    assert!(page.contains("Not verified"), "it is written all the same");
    let nowhere = ["--out", "/nowhere/at/all.md"];
    assert_eq!(run(&args(&[&log], &nowhere)), Exit::Failed);
}

#[test]
fn an_event_of_no_payment_alone_is_counted() {
    let logs = Logs::new();
    let recovered = AuditRecord::new(AuditEventType::LogRecovered, NEW_YEAR);
    let log = logs.log("audit.jsonl", &[recovered]);
    let (report, _) = report(&[&log], &[]);
    assert_eq!(report["records"]["counted"], 1);
    assert_eq!(worth(&report, "open"), (0, 0));
}
