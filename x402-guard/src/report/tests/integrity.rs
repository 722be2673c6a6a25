//! Files that are broken, torn, split, copied, empty or not checked.

use std::fs;

use serde_json::json;
use x402_tower::audit::AuditEventType;

use super::log::{DAY, Logs, NEW_YEAR, intent, record, report, settled, text, worth};
use crate::report::args::Format;

#[test]
fn a_broken_chain_is_named_and_what_follows_is_counted_apart() {
    let logs = Logs::new();
    let records = [
        intent("d-1", NEW_YEAR),
        settled("d-1", NEW_YEAR + 1),
        intent("d-2", NEW_YEAR + 2),
        settled("d-2", NEW_YEAR + 3),
    ];
    let log = logs.log("audit.jsonl", &records);
    let lines = fs::read_to_string(&log).unwrap();
    let edited: Vec<_> = lines
        .lines()
        .enumerate()
        .map(|(at, line)| match at {
            2 => line.replace("researcher", "Researcher"),
            _ => line.to_owned(),
        })
        .collect();
    fs::write(&log, edited.join("\n") + "\n").unwrap();
    let (report, good) = report(&[&log], &[]);
    assert!(!good);
    let file = &report["files"][0];
    assert_eq!(
        (&file["integrity"], &file["line"]),
        (&json!("broken"), &json!(3))
    );
    assert_eq!(file["code"], "audit.edited");
    assert_eq!((&file["lines"], &file["checked"]), (&json!(4), &json!(2)));
    assert_eq!(report["integrity"], "broken");
    assert_eq!(worth(&report, "settled"), (2, 100_000));
    assert_eq!(report["settled_in_checked_records_usd_micros"], 50_000);
    assert_eq!(report["records"]["counted_unchecked"], 2);
    for format in [Format::Md, Format::Html] {
        let shown = text(&[&log], &[], format);
        assert!(shown.contains("broken at line 3"), "{shown}");
    }
}

#[test]
fn without_a_key_nothing_is_called_intact() {
    let logs = Logs::new();
    let log = logs.log("audit.jsonl", &[settled("d-1", NEW_YEAR)]);
    let key = logs.path("audit.key");
    let (unasked, good) = report(&[&log], &["--no-verify"]);
    assert!(good, "nobody asked for a check");
    assert_eq!(unasked["integrity"], "unverified");
    fs::rename(&key, logs.path("elsewhere.key")).unwrap();
    let (keyless, good) = report(&[&log], &[]);
    assert!(good, "there is no key to check with");
    assert_eq!(keyless["files"][0]["code"], "audit.no_key");
    assert_eq!(
        (&keyless["integrity"], &keyless["files"][0]["checked"]),
        (&json!("unverified"), &json!(0))
    );
    assert_eq!(worth(&keyless, "settled"), (1, 50_000));
    assert_eq!(keyless["settled_in_checked_records_usd_micros"], 0);
    let (named, good) = report(&[&log], &["--key-file", key.to_str().unwrap()]);
    assert!(!good, "a key was named, and is not there");
    assert_eq!(named["integrity"], "unverified");
    let elsewhere = logs.path("elsewhere.key");
    let (checked, good) = report(&[&log], &["--key-file", elsewhere.to_str().unwrap()]);
    assert!(good);
    assert_eq!(checked["integrity"], "intact");
    for format in [Format::Md, Format::Html] {
        let shown = text(&[&log], &[], format).to_lowercase();
        let body = shown.split("</head>").last().unwrap();
        assert!(body.contains("unverified"), "{body}");
        assert!(!body.contains("intact"), "{body}");
    }
}

#[test]
fn files_that_were_moved_away_are_read_in_their_order() {
    let logs = Logs::new();
    let older = logs.log(
        "audit.jsonl.2",
        &[intent("d-1", NEW_YEAR), settled("d-1", NEW_YEAR + 1)],
    );
    // A payment that is under way while the log is changed.
    let old = logs.log("audit.jsonl.1", &[intent("d-2", NEW_YEAR + DAY)]);
    let new = logs.log("audit.jsonl", &[settled("d-2", NEW_YEAR + 2 * DAY)]);
    let (report, good) = report(&[&new, &older, &old], &[]);
    assert!(good, "{report}");
    let names = report["files"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|file| file["file"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [&older, &old, &new].map(|path| path.to_str().unwrap())
    );
    assert_eq!(worth(&report, "settled"), (2, 100_000));
    assert_eq!(report["dangling"]["payments"], 0);
    assert_eq!(report["files"][2]["chain"], 3);
}

#[test]
fn a_stream_that_was_split_is_one_chain() {
    let logs = Logs::new();
    let ids: Vec<String> = (0..6).map(|at| format!("d-{at}")).collect();
    let records: Vec<_> = ids
        .iter()
        .zip(NEW_YEAR..)
        .map(|(id, at)| settled(id, at))
        .collect();
    let lines = logs.stream(&records);
    let lines: Vec<_> = lines.lines().collect();
    let part = |name: &str, range: std::ops::Range<usize>| {
        logs.write(name, &(lines[range].join("\n") + "\n"))
    };
    let (one, two, three) = (part("1", 0..2), part("2", 2..4), part("3", 4..6));
    let (whole, good) = report(&[&three, &one, &two], &["--no-head-file"]);
    assert!(good, "{whole}");
    assert_eq!(
        (&whole["integrity"], &whole["files"][2]["chain"]),
        (&json!("intact"), &json!(1))
    );
    assert_eq!(worth(&whole, "settled"), (6, 300_000));
    // Without its head, nobody can tell whether more followed.
    let (headless, good) = report(&[&one, &two, &three], &[]);
    assert!(!good);
    assert_eq!(headless["files"][2]["code"], "audit.head_missing");
    assert_eq!(headless["files"][2]["integrity"], "unverified");
    // A part that is missing is not passed over.
    let (gap, good) = report(&[&one, &three], &["--no-head-file"]);
    assert!(!good);
    let files = &gap["files"];
    assert_eq!(
        (&files[0]["integrity"], &files[1]["integrity"]),
        (&json!("intact"), &json!("broken"))
    );
    // What is edited in one part is named there, and what follows is not vouched for.
    fs::write(
        &two,
        fs::read_to_string(&two).unwrap().replacen("d-3", "d-9", 1),
    )
    .unwrap();
    let (edited, _) = report(&[&one, &two, &three], &["--no-head-file"]);
    let states = [0, 1, 2].map(|at| edited["files"][at]["integrity"].as_str().unwrap());
    assert_eq!(states, ["intact", "broken", "unverified"]);
    assert_eq!(edited["files"][1]["line"], 2);
    assert_eq!(worth(&edited, "settled"), (6, 300_000));
}

#[test]
fn a_torn_last_line_is_skipped_and_said() {
    let logs = Logs::new();
    let log = logs.log(
        "audit.jsonl",
        &[settled("d-1", NEW_YEAR), settled("d-2", NEW_YEAR + 1)],
    );
    let bytes = fs::read(&log).unwrap();
    fs::write(&log, &bytes[..bytes.len() - 40]).unwrap();
    let (report, good) = report(&[&log], &[]);
    assert!(!good);
    let file = &report["files"][0];
    assert_eq!(
        (&file["code"], &file["line"]),
        (&json!("audit.torn_last_line"), &json!(2))
    );
    assert_eq!(report["records"]["skipped"], json!({"torn": 1}));
    assert_eq!(worth(&report, "settled"), (1, 50_000));
    assert_eq!(report["settled_in_checked_records_usd_micros"], 50_000);
}

#[test]
fn lines_that_are_no_records_are_skipped_with_their_reason() {
    let logs = Logs::new();
    let good = logs.stream(&[settled("d-1", NEW_YEAR)]);
    let other = good.replace("PAYMENT_ALLOWED", "PAYMENT_TELEPORTED");
    let long = format!("{{\"seq\":1,\"note\":\"{}\"}}", "x".repeat(200_000));
    let log = logs.write("audit.jsonl", &format!("{good}\n[]\n{long}\n{other}{good}"));
    let (report, _) = report(&[&log], &["--no-verify"]);
    let skipped = json!({"not_a_record": 2, "too_long": 1, "unknown_event": 1});
    assert_eq!(report["records"]["skipped"], skipped);
    assert_eq!(
        (&report["records"]["read"], &report["records"]["counted"]),
        (&json!(6), &json!(2))
    );
}

#[test]
fn an_empty_log_is_an_empty_report() {
    let logs = Logs::new();
    let log = logs.log("audit.jsonl", &[]);
    let (report, good) = report(&[&log], &[]);
    assert!(good, "{report}");
    assert_eq!(
        (&report["integrity"], &report["records"]["read"]),
        (&json!("intact"), &json!(0))
    );
    assert_eq!(worth(&report, "settled"), (0, 0));
    for format in [Format::Md, Format::Html] {
        assert!(text(&[&log], &[], format).contains("none"));
    }
}

#[test]
fn a_log_of_one_record_is_reported() {
    let logs = Logs::new();
    let log = logs.log(
        "audit.jsonl",
        &[record(AuditEventType::PaymentIntent, "d-1", NEW_YEAR)],
    );
    let (report, good) = report(&[&log], &[]);
    assert!(good, "a payment without an outcome is no break");
    assert_eq!(report["dangling"]["payments"], 1);
    assert_eq!(
        report["period"]["first_record"],
        report["period"]["last_record"]
    );
}

#[test]
fn a_file_that_cannot_be_read_is_said_and_the_others_are_counted() {
    let logs = Logs::new();
    let log = logs.log("audit.jsonl", &[settled("d-1", NEW_YEAR)]);
    let gone = logs.path("gone.jsonl");
    let folder = logs.path("");
    let (report, good) = report(&[&log, &gone, &folder], &[]);
    assert!(!good);
    assert_eq!(report["integrity"], "unreadable");
    assert_eq!(report["files"][0]["integrity"], "intact");
    assert_eq!(report["files"][1]["integrity"], "unreadable");
    assert_eq!(worth(&report, "settled"), (1, 50_000));
}

#[test]
fn a_copy_is_not_counted_twice() {
    let logs = Logs::new();
    let log = logs.log("audit.jsonl", &[settled("d-1", NEW_YEAR)]);
    let copy = logs.path("copy.jsonl");
    fs::copy(&log, &copy).unwrap();
    let (report, good) = report(&[&log, &copy], &[]);
    assert!(!good);
    assert_eq!(worth(&report, "settled"), (1, 50_000));
    assert_eq!(report["files"][1]["code"], "report.same_beginning");
}

#[test]
fn an_end_that_was_cut_off_is_named() {
    let logs = Logs::new();
    let log = logs.log(
        "audit.jsonl",
        &[settled("d-1", NEW_YEAR), settled("d-2", NEW_YEAR)],
    );
    let lines = fs::read_to_string(&log).unwrap();
    let first = lines.lines().next().unwrap();
    fs::write(&log, format!("{first}\n")).unwrap();
    let (report, good) = report(&[&log], &[]);
    assert!(!good);
    assert_eq!(report["files"][0]["code"], "audit.truncated");
    assert_eq!(report["files"][0]["checked"], 1);
}
