//! `screen`: personal data out of JSON lines.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::json;
use url::Url;

use crate::program::{Ended, Home};

const ALICE: &str = "alice@example.com";
const STRUCTURAL: [&str; 2] = ["--mode", "structural"];

fn screen(input: impl AsRef<[u8]>) -> Ended {
    Home::new().screen(STRUCTURAL, input)
}

#[test]
fn texts_are_redacted_and_what_was_found_is_listed() {
    let ended = screen(
        r#"{"id":7,"resource_url":"https://api.example.com/u?card=4111%201111%201111%201111","description":"for 4111-1111-1111-1111","reason":""}"#,
    );
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert_eq!(
        ended.out(),
        concat!(
            r#"{"id":7,"resource_url":"https://api.example.com/u?card=%3CREDACTED%3E","#,
            r#""description":"for <REDACTED>","reason":"","entities":["#,
            r#"{"entity_type":"CREDIT_CARD","field":"resource_url","start":31,"end":56,"score":1.00},"#,
            r#"{"entity_type":"CREDIT_CARD","field":"description","start":4,"end":23,"score":1.00}]}"#,
            "\n"
        )
    );
    assert_eq!(ended.err(), "");
}

#[test]
fn what_is_clean_comes_back_byte_for_byte() {
    let line = r#"{"z":1.50E+2,"a":-0,"big":123456789012345678901234567890,"t":"\u00e9\/\t","n":null,"o":{"b": [1 , {"c":"alice@example.com"}],"a":true},"\u006bey":"x"}"#;
    let expected = format!("{},\"entities\":[]}}\n", line.strip_suffix('}').unwrap());
    assert_eq!(screen(line).out(), expected);
}

#[test]
fn offsets_count_code_points_of_the_text_and_not_of_its_json() {
    let before = "\u{1F600}\u{1F1E9}\u{1F1EA} e\u{301} \u{6771}\u{4EAC} ";
    for written in [
        serde_json::to_string(&format!("{before}{ALICE}")).unwrap(),
        format!(r#""\ud83d\ude00\ud83c\udde9\ud83c\uddea e\u0301 \u6771\u4eac {ALICE}""#),
    ] {
        let ended = screen(format!(r#"{{"reason":{written}}}"#));
        let record = &ended.json_lines()[0];
        let entity = &record["entities"][0];
        assert_eq!(entity["start"], before.chars().count());
        assert_eq!(
            entity["end"],
            before.chars().count() + ALICE.chars().count()
        );
        assert_eq!(record["reason"], format!("{before}<REDACTED>"));
    }
}

#[test]
fn urls_stay_urls() {
    let urls = [
        "https://alice%40example.com:key@api.example.com/",
        "https://api.example.com/users/alice@example.com/profile",
        "https://api.example.com/u?mail=alice%40example.com&to=bob%2540example.com",
        "http://10.0.0.1:4021/lookup/8.8.8.8#alice@example.com",
        "https://api.example.com/v1/by ssn/219-09-9999 or alice@example.com",
    ];
    for url in urls {
        for field in ["resource_url", "url", "resource", "endpoint"] {
            let ended = screen(json!({ field: url }).to_string());
            let record = &ended.json_lines()[0];
            let redacted = record[field].as_str().unwrap();
            assert_ne!(record["entities"], json!([]), "{url}");
            let (before, after) = (Url::parse(url).unwrap(), Url::parse(redacted).unwrap());
            assert_eq!(before.origin(), after.origin(), "{redacted}");
            assert!(redacted.contains("%3CREDACTED%3E"), "{redacted}");
            assert!(!redacted.contains("alice"), "{redacted}");
        }
    }
}

#[test]
fn many_workers_keep_the_order() {
    let mut input = String::new();
    for number in 0..20_000 {
        // Lines of very different lengths, so that some workers are late.
        let filling = "filling ".repeat(if number % 997 == 0 { 4000 } else { number % 7 });
        input.push_str(&format!(
            "{{\"id\":{number},\"reason\":\"{filling}{ALICE}\"}}\n"
        ));
    }
    let one = Home::new().screen(["--mode", "structural", "--jobs", "1"], &input);
    let many = Home::new().screen(["--mode", "structural", "--jobs", "16"], &input);
    assert_eq!((one.code(), many.code()), (0, 0));
    assert!(one.out() == many.out(), "the order differs");
    let ids = many.json_lines();
    assert!((0..20_000).eq(ids.iter().map(|record| record["id"].as_i64().unwrap())));
}

#[test]
fn bad_lines_are_named_without_what_they_hold_and_the_rest_is_screened() {
    let mut input = Vec::new();
    input.extend(b"{\"id\":1}\n");
    input.extend(b"{\"id\":\"mallory@example.com\"\n");
    input.extend(b"\n");
    input.extend(b"[\"mallory@example.com\"]\n");
    input.extend(b"{\"mallory\":\"\xff\"}\n");
    input.extend(b"{\"mallory\":1,\"mallory\":2}\n");
    input.extend(b"{\"mallory\":\"\\ud83d\"}\n");
    input.extend(b"{\"entities\":[\"mallory\"]}\n");
    input.extend(b"{\"id\":9}");
    let ended = screen(input);
    assert_eq!(ended.code(), 3);
    let ids: Vec<_> = ended
        .json_lines()
        .iter()
        .map(|record| record["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids, [1, 9]);
    for part in [
        "line 2 is left out: not JSON from column 27 on\n",
        "line 4 is left out: not a JSON object\n",
        "line 5 is left out: not UTF-8 from byte 13 on\n",
        "line 6 is left out: a key stands twice in it\n",
        "line 7 is left out: a text holds half of a surrogate pair\n",
        "line 8 is left out: its key \"entities\" is one that is written here; rename it\n",
        "6 of 8 lines are left out\n",
    ] {
        assert!(ended.err().contains(part), "{part}: {}", ended.err());
    }
    assert!(!ended.err().contains("mallory"), "{}", ended.err());
}

#[test]
fn a_line_over_8_mib_is_bad_and_one_of_8_mib_is_not() {
    let of_length = |length: usize| {
        let filling = "x".repeat(length - r#"{"a":""}"#.len());
        format!("{{\"a\":\"{filling}\"}}\n")
    };
    const MIB: usize = 1024 * 1024;
    let input = [
        of_length(8 * MIB + 1),
        of_length(8 * MIB),
        of_length(20 * MIB),
        of_length(10),
    ];
    let ended = screen(input.concat());
    assert_eq!(ended.code(), 3);
    assert_eq!(ended.out().lines().count(), 2);
    for line in [1, 3] {
        let part = format!("line {line} is left out: longer than 8 MiB\n");
        assert!(ended.err().contains(&part), "{}", ended.err());
    }
}

#[test]
fn blocking_leaves_the_text_and_says_so_where_something_was_found() {
    let args = ["--mode", "structural", "--action", "block"];
    let input = "{\"reason\":\"alice@example.com\"}\n{\"reason\":\"clean\"}\n";
    let records = Home::new().screen(args, input).json_lines();
    assert_eq!(records[0]["reason"], ALICE);
    assert_eq!(records[0]["blocked"], true);
    assert_eq!(records[0]["entities"][0]["field"], "reason");
    assert_eq!(records[1], json!({"reason": "clean", "entities": []}));
    let ended = Home::new().screen(args, "{\"blocked\":false}\n");
    assert_eq!(ended.code(), 3, "{}", ended.out());
}

#[test]
fn a_record_with_a_secret_is_blocked_and_does_not_show_it() {
    let key = concat!("sk_", "live_51HqLyjWDarjtT1zdp7dcABCD");
    let ended = screen(json!({"reason": format!("use {key}")}).to_string());
    let record = &ended.json_lines()[0];
    assert_eq!(record["entities"][0]["entity_type"], "SECRET");
    assert_eq!(record["blocked"], true);
    assert_eq!(record["reason"], "use <REDACTED>");
}

#[test]
fn warning_leaves_the_text_and_lists_what_was_found() {
    let args = ["--mode", "structural", "--action", "warn"];
    let input = r#"{"reason":"alice@example.com"}"#;
    let record = &Home::new().screen(args, input).json_lines()[0];
    assert_eq!(record["reason"], ALICE);
    assert_eq!(record["entities"].as_array().unwrap().len(), 1);
    assert!(record.get("blocked").is_none());
}

#[test]
fn only_the_types_and_scores_that_were_asked_for_count() {
    let input = r#"{"reason":"alice@example.com, 4111 1111 1111 1111, 415-555-2671"}"#;
    let found = |args: &[&str]| {
        let ended = Home::new().screen(args, input);
        let record = ended.json_lines().remove(0);
        let entities = record["entities"].as_array().unwrap().clone();
        let types = entities.iter().map(|e| e["entity_type"].to_string());
        types.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        found(&["--entities", "CREDIT_CARD,PHONE_NUMBER"]),
        r#""CREDIT_CARD" "PHONE_NUMBER""#
    );
    assert_eq!(
        found(&["--entities", "CREDIT_CARD,PHONE_NUMBER", "--min-score", "1"]),
        r#""CREDIT_CARD""#
    );
}

#[test]
fn a_type_that_does_not_exist_is_refused_with_those_that_do() {
    let ended = Home::new().screen(["--entities", "EMAIL_ADDRESS,SHOE_SIZE"], "");
    assert_eq!(ended.code(), 2);
    for name in ["SHOE_SIZE", "EMAIL_ADDRESS", "IBAN_CODE", "PERSON"] {
        assert!(ended.err().contains(name), "{name}: {}", ended.err());
    }
}

#[test]
fn scores_outside_0_to_1_are_refused() {
    for score in ["1.01", "-0.1", "85", "high", ""] {
        let ended = Home::new().screen([format!("--min-score={score}")], "");
        assert_eq!(ended.code(), 2, "{score}");
    }
}

#[test]
fn a_file_is_screened_and_one_that_is_not_there_is_a_failure() {
    let home = Home::new();
    let file = home.write(
        "records.jsonl",
        "\u{feff}{\"reason\":\"alice@example.com\"}\r\n",
    );
    let ended = home.screen([&file], "");
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert_eq!(ended.json_lines()[0]["reason"], "<REDACTED>");
    let ended = home.screen([home.path().join("nowhere")], "");
    assert_eq!(ended.code(), 1);
    assert!(ended.err().contains("check the path"), "{}", ended.err());
}

#[test]
fn a_record_leaves_before_the_next_one_has_arrived() {
    let mut command = Home::new().command();
    command.arg("screen").stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for number in 0..3 {
        writeln!(stdin, "{{\"id\":{number}}}").unwrap();
        let mut record = String::new();
        stdout.read_line(&mut record).unwrap();
        assert_eq!(record, format!("{{\"id\":{number},\"entities\":[]}}\n"));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let mut command = Home::new().command();
    command
        .args(["screen", "--jobs", "2"])
        .stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    // Its input stays open: it has to end without the end of it.
    while writeln!(stdin, "{{\"id\":1}}").is_ok() {}
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
}
