//! `eval pii`: a detector held against labels.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::program::{Ended, Home};

/// A record whose labels are the pieces of its reason that are named.
fn sample(reason: &str, labels: &[(&str, &str)]) -> Value {
    let labels = labels.iter().map(|(entity, text)| {
        let at = reason.find(text).unwrap();
        let start = reason[..at].chars().count();
        let end = start + text.chars().count();
        json!({"field": "reason", "entity_type": entity, "start": start, "end": end, "original_text": text})
    });
    let labels: Vec<_> = labels.collect();
    json!({"id": "mallory@example.com", "reason": reason, "pii_positive": !labels.is_empty(), "labels": labels})
}

fn corpus(home: &Home, samples: &[Value]) -> PathBuf {
    let lines: Vec<_> = samples.iter().map(Value::to_string).collect();
    home.write("corpus.jsonl", &lines.join("\n"))
}

fn report(samples: &[Value], args: &[&str]) -> Value {
    let home = Home::new();
    let corpus = corpus(&home, samples);
    let args = ["--mode", "structural", "--format", "json"]
        .iter()
        .chain(args);
    let ended = home.eval(&corpus, args);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    ended.json()
}

fn of_type<'a>(report: &'a Value, name: &str) -> &'a Value {
    let all = report["per_entity"].as_array().unwrap();
    all.iter().find(|e| e["entity_type"] == name).unwrap()
}

fn in_80_columns(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

/// Three of four e-mail addresses that a detector can find, one phone number that is labelled as a card, a clean sample, and
/// a clean sample that holds an address after all.
fn mixed() -> Vec<Value> {
    vec![
        sample(
            "\u{6771}\u{4EAC} alice@example.com",
            &[("EMAIL_ADDRESS", "alice@example.com")],
        ),
        sample(
            "bob@example.com, carol@example.com",
            &[
                ("EMAIL_ADDRESS", "bob@example.com"),
                ("EMAIL_ADDRESS", "carol@example.com"),
            ],
        ),
        sample("dave at example", &[("EMAIL_ADDRESS", "dave at example")]),
        sample("call 415-555-2671", &[("CREDIT_CARD", "415-555-2671")]),
        sample("nothing", &[]),
        sample("eve@example.com", &[]),
    ]
}

#[test]
fn findings_are_held_against_labels() {
    let report = report(&mixed(), &[]);
    let mail = of_type(&report, "EMAIL_ADDRESS");
    assert_eq!((&mail["labels"], &mail["findings"]), (&json!(4), &json!(4)));
    assert_eq!(mail["partial"]["true_positives"], 3);
    assert_eq!(mail["partial"]["precision"].to_string(), "0.75");
    assert_eq!(mail["exact"]["f1"].to_string(), "0.75");
    assert_eq!(
        of_type(&report, "CREDIT_CARD")["partial"]["recall"],
        json!(0.0)
    );
    assert_eq!(
        of_type(&report, "PHONE_NUMBER")["partial"]["precision"],
        json!(0.0)
    );
    assert_eq!(report["micro"]["labels"], 5);
    assert_eq!(report["micro"]["findings"], 5);
    assert_eq!(report["micro"]["partial"]["f1"].to_string(), "0.6");
}

#[test]
fn samples_are_flagged_or_not() {
    let report = report(&mixed(), &[]);
    let samples = &report["samples"];
    let numbers = ["positive", "positive_flagged", "clean", "clean_flagged"].map(|n| &samples[n]);
    assert_eq!(numbers, [4, 3, 2, 1].map(|n| json!(n)).each_ref());
    assert_eq!(samples["clean_flagged_rate"].to_string(), "0.5");
    assert_eq!(samples["precision"].to_string(), "0.75");
}

#[test]
fn what_was_hidden_as_another_type_is_covered_but_not_found() {
    let report = report(
        &[sample(
            "call 415-555-2671",
            &[("CREDIT_CARD", "415-555-2671")],
        )],
        &[],
    );
    let card = of_type(&report, "CREDIT_CARD");
    assert_eq!(card["partial"]["true_positives"], 0);
    assert_eq!(card["full_cover"]["labels"], 1);
}

#[test]
fn what_was_hidden_in_part_is_found_but_not_covered() {
    let text = "pay Alice alice@example.com now";
    let report = report(
        &[sample(
            text,
            &[("EMAIL_ADDRESS", "Alice alice@example.com")],
        )],
        &[],
    );
    let mail = of_type(&report, "EMAIL_ADDRESS");
    assert_eq!(mail["partial"]["true_positives"], 1);
    assert_eq!(mail["exact"]["true_positives"], 0);
    assert_eq!(mail["full_cover"]["labels"], 0);
}

#[test]
fn what_is_no_letter_need_not_be_covered() {
    let texts = ["(alice@example.com)", "%28alice@example.com%29"];
    let samples = texts.map(|text| sample(text, &[("EMAIL_ADDRESS", text)]));
    let report = report(&samples, &[]);
    assert_eq!(of_type(&report, "EMAIL_ADDRESS")["full_cover"]["labels"], 2);
}

#[test]
fn a_finding_counts_for_one_label() {
    let text = "alice@example.com";
    let labels = [("EMAIL_ADDRESS", "alice"), ("EMAIL_ADDRESS", "example.com")];
    let report = report(&[sample(text, &labels)], &[]);
    let mail = of_type(&report, "EMAIL_ADDRESS");
    assert_eq!(mail["partial"]["true_positives"], 1);
    assert_eq!(mail["full_cover"]["labels"], 2);
}

#[test]
fn labels_of_types_that_were_not_asked_for_do_not_count() {
    let report = report(&mixed(), &["--entities", "CREDIT_CARD"]);
    assert_eq!(report["micro"]["labels"], 1);
    assert_eq!(report["samples"]["positive"], 1);
    assert_eq!(report["samples"]["clean"], 5);
}

#[test]
fn only_what_a_payment_shows_and_what_a_label_names_is_screened() {
    let mut other = sample("clean", &[]);
    other["note"] = json!("frank@example.com");
    assert_eq!(report(&[other.clone()], &[])["micro"]["findings"], 0);
    let label = json!({"field": "note", "entity_type": "EMAIL_ADDRESS", "start": 0, "end": 17});
    other["labels"] = json!([label]);
    assert_eq!(report(&[other], &[])["micro"]["findings"], 1);
}

#[test]
fn intervals_hold_the_share_and_can_be_repeated() {
    let samples: Vec<_> = mixed().into_iter().cycle().take(60).collect();
    let first = report(&samples, &["--seed", "7"]);
    let interval = first["micro"]["partial"]["f1_95"].clone();
    let (low, high) = (interval[0].to_string(), interval[1].to_string());
    // They are decimals below 1, so their texts are in the order of their values.
    assert!(*low < *"0.6" && *"0.6" < *high, "{interval}");
    let again = |seed| report(&samples, &["--seed", seed])["micro"].clone();
    assert_eq!(again("7"), first["micro"]);
    assert_ne!(again("8"), first["micro"]);
}

#[test]
fn the_text_fits_80_columns() {
    let home = Home::new();
    let long = sample(
        "PPP 131052-308T",
        &[("FI_PERSONAL_IDENTITY_CODE", "131052-308T")],
    );
    let mut samples = mixed();
    samples.push(long);
    let corpus = corpus(&home, &samples);
    for args in [&["--latency"][..], &["--sweep"]] {
        let ended = home.eval(&corpus, args);
        assert_eq!(ended.code(), 0, "{}", ended.err());
        in_80_columns(&ended.out().replace(corpus.to_str().unwrap(), "FILE"));
        assert!(ended.out().contains("FULL"), "{}", ended.out());
    }
}

#[test]
fn markdown_has_the_same_numbers() {
    let home = Home::new();
    let corpus = corpus(&home, &mixed());
    let ended = home.eval(
        &corpus,
        ["--mode", "structural", "--format", "md", "--latency"],
    );
    let rows = ended.out();
    assert!(
        rows.contains("| EMAIL_ADDRESS | 4 | 4 | 0.750 | 0.750 | 0.750 ("),
        "{rows}"
    );
    assert!(rows.contains("| clean | 2 | 1 | 0.500 ("), "{rows}");
    assert!(rows.contains("times memchr's"), "{rows}");
}

#[test]
fn times_are_taken_where_they_are_asked_for() {
    let report = report(&mixed(), &["--latency"]);
    let latency = &report["latency"];
    assert_eq!(latency["record"]["items"], 6);
    assert_eq!(latency["clean_field"]["items"], 2);
    assert_eq!(latency["other_field"]["items"], 4);
    let scan = &latency["other_field"]["scan_ns"];
    assert!(scan["p50"].as_u64().unwrap() > 0);
    assert!(scan["p50"].as_u64() <= scan["p95"].as_u64());
    assert!(scan["p95"].as_u64() <= scan["p99"].as_u64());
    assert!(latency["times_memchr"].is_number());
}

#[test]
fn a_sweep_writes_42_configurations() {
    let home = Home::new();
    let corpus = corpus(&home, &mixed());
    let out = home.path().join("sweep");
    let ended = home.eval(&corpus, ["--sweep", "--out", out.to_str().unwrap()]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    let lines = std::fs::read_to_string(out.join("sweep.jsonl")).unwrap();
    let rows: Vec<Value> = lines
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(rows.len(), 42);
    let of_mode = |mode: &str| rows.iter().filter(|row| row["mode"] == mode).count();
    assert_eq!((of_mode("structural"), of_mode("nlp")), (7, 35));
    let mail = &rows[0];
    assert_eq!(mail["entities"], json!(["EMAIL_ADDRESS"]));
    assert_eq!(mail["min_score"].to_string(), "0.5");
    assert_eq!(mail["f1"].to_string(), "0.75");
    assert_eq!(mail["of_all_labels"]["labels"], 5);
    let table = std::fs::read_to_string(out.join("sweep.md")).unwrap();
    assert_eq!(table.lines().count(), 44);
}

#[test]
fn a_corpus_with_a_wrong_label_is_refused_with_its_line() {
    let good = sample(
        "alice@example.com",
        &[("EMAIL_ADDRESS", "alice@example.com")],
    );
    let with = |change: fn(&mut Value)| {
        let mut bad = good.clone();
        change(&mut bad);
        let home = Home::new();
        let corpus = corpus(&home, &[good.clone(), bad]);
        home.eval(&corpus, [""; 0])
    };
    let refused: [(&str, Ended); 6] = [
        (
            "pii_positive is missing",
            with(|s| s["pii_positive"] = json!("yes")),
        ),
        ("labels is missing", with(|s| s["labels"] = json!(null))),
        (
            "does not lie in its field",
            with(|s| s["labels"][0]["end"] = json!(18)),
        ),
        (
            "does not lie in its field",
            with(|s| s["labels"][0]["end"] = json!(0)),
        ),
        (
            "original_text is not",
            with(|s| s["labels"][0]["start"] = json!(1)),
        ),
        (
            "names a field that is not there",
            with(|s| s["labels"][0]["field"] = json!("x")),
        ),
    ];
    for (problem, ended) in refused {
        assert_eq!(ended.code(), 1);
        assert!(
            ended.err().contains("corpus.jsonl: line 2: "),
            "{}",
            ended.err()
        );
        assert!(ended.err().contains(problem), "{problem}: {}", ended.err());
        assert!(!ended.err().contains("alice"), "{}", ended.err());
    }
}

#[test]
fn differences_are_places_and_no_texts() {
    let mut samples = mixed();
    samples.insert(
        0,
        sample(
            "x Alice alice@example.com",
            &[("EMAIL_ADDRESS", "Alice alice@example.com")],
        ),
    );
    let home = Home::new();
    let file = corpus(&home, &samples);
    let ended = home.eval(&file, ["--mode", "structural", "--differences"]);
    let table = ended.out().split_once("WHAT\n").unwrap().1;
    let rows: Vec<_> = table
        .lines()
        .map(|row| row.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        rows,
        [
            "1 reason 2-25 EMAIL_ADDRESS not_covered",
            "4 reason 0-15 EMAIL_ADDRESS missed",
            "5 reason 5-17 CREDIT_CARD other_type",
            "5 reason 5-17 PHONE_NUMBER extra",
            "7 reason 0-15 EMAIL_ADDRESS extra",
        ]
    );
    let report = report(&samples, &["--differences"]);
    assert_eq!(
        report["differences"][0],
        json!({"line": 1, "field": "reason", "start": 2, "end": 25, "entity_type": "EMAIL_ADDRESS", "what": "not_covered"})
    );
}
