use proptest::prelude::*;
use serde_json::Value;

use super::super::*;
use super::*;

fn line_of(record: &AuditRecord<'_>) -> String {
    let lines = lines_of(std::slice::from_ref(record));
    assert_eq!(lines.len(), 1);
    String::from_utf8(lines.concat()).unwrap()
}

fn json_of(record: &AuditRecord<'_>) -> Value {
    serde_json::from_str(&line_of(record)).unwrap()
}

fn reason(text: &str) -> AuditRecord<'_> {
    AuditRecord::new(AuditEventType::PaymentError, NOW).reason(text)
}

#[track_caller]
fn assert_stays_inside(text: &str) {
    let line = line_of(&reason(text));
    let shown = line.strip_suffix('\n').unwrap();
    assert!(
        shown.bytes().all(|byte| matches!(byte, 0x20..=0x7e)),
        "{shown}"
    );
    assert_eq!(json_of(&reason(text))["reason"], text);
}

#[test]
fn attack_136_a_line_break_stays_inside() {
    assert_stays_inside("a\nb\r\nc");
}

#[test]
fn attack_136_a_forged_record_stays_inside() {
    assert_stays_inside("x\"}\n{\"seq\":2,\"event_type\":\"PAYMENT_ALLOWED\"}");
}

#[test]
fn attack_136_in_a_log_of_plain_text_the_same_record_is_two() {
    let text = "x\"}\n{\"seq\":2,\"event_type\":\"PAYMENT_ALLOWED\"}";
    let plain = format!("{{\"seq\":1,\"reason\":\"{text}\"}}\n");
    assert_eq!(plain.lines().count(), 2);
    assert_eq!(line_of(&reason(text)).lines().count(), 1);
}

#[test]
fn attack_136_a_terminal_escape_stays_inside() {
    assert_stays_inside("\u{1b}[2K\u{1b}[1A paid \u{7f}\u{9b}31m");
}

#[test]
fn attack_136_a_nul_stays_inside() {
    assert_stays_inside("a\0b");
}

#[test]
fn attack_136_unicode_line_breaks_stay_inside() {
    assert_stays_inside("a\u{2028}b\u{2029}c\u{85}d");
}

#[test]
fn attack_136_characters_that_turn_the_text_stay_inside() {
    assert_stays_inside("a\u{202e}b\u{2066}c\u{200f}d\u{feff}");
}

#[test]
fn characters_beyond_the_basic_plane_are_escaped_as_pairs() {
    assert!(line_of(&reason("\u{1f4b8}")).contains(r#""reason":"\ud83d\udcb8""#));
}

#[test]
fn a_line_has_its_fields_in_one_order() {
    let record = AuditRecord::new(AuditEventType::PaymentAllowed, NOW)
        .reason("ok")
        .transaction("0x7")
        .policy_revision("r1")
        .replay_fingerprint("f00d")
        .pii_entity("US_SSN", 1)
        .pii_entity("EMAIL_ADDRESS", 2)
        .outcome("settled")
        .code("c")
        .control("policy")
        .pay_to("0x1")
        .scheme("exact")
        .network("eip155:8453")
        .asset("0x2")
        .amount("10000")
        .amount_usd_micros(10_000)
        .origin("https://a.example")
        .resource_url("https://a.example/b")
        .method("GET")
        .position("buyer")
        .decision_id("d")
        .agent_id("g");
    let line = line_of(&record);
    let (_, after_key_id) = line.split_once("\"timestamp\"").unwrap();
    let (fields, _) = after_key_id.split_once(",\"entry_hmac\"").unwrap();
    assert_eq!(
        fields,
        concat!(
            r#":"2026-01-01T00:00:00.000Z","timestamp_ms":1767225600000,"event_type":"PAYMENT_ALLOWED","#,
            r#""agent_id":"g","decision_id":"d","position":"buyer","method":"GET","#,
            r#""resource_url":"https://a.example/b","origin":"https://a.example","#,
            r#""amount_usd":"0.01","amount_usd_micros":10000,"amount":"10000","asset":"0x2","#,
            r#""network":"eip155:8453","scheme":"exact","pay_to":"0x1","control":"policy","code":"c","#,
            r#""outcome":"settled","pii_entities_found":{"EMAIL_ADDRESS":2,"US_SSN":1},"#,
            r#""replay_fingerprint":"f00d","transaction":"0x7","policy_revision":"r1","reason":"ok","#,
            r#""prev_entry_hmac":null"#,
        )
    );
}

#[test]
fn a_field_that_was_not_set_is_left_out() {
    assert!(!line_of(&reason("x")).contains("agent_id"));
}

#[test]
fn the_seal_is_plain_hmac_sha256() {
    use hmac::{Hmac, KeyInit, Mac};
    let line = line_of(&reason("x"));
    let (body, rest) = line.split_once(",\"entry_hmac\":\"").unwrap();
    let key_bytes: Vec<u8> = (0..32).collect();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key_bytes).unwrap();
    mac.update(body.as_bytes());
    let tag = const_hex::encode(mac.finalize().into_bytes());
    assert_eq!(rest, format!("{tag}\"}}\n"));
}

#[test]
fn dollars_are_exact_up_to_the_largest_amount() {
    for (micros, dollars) in [
        (0, "0.00"),
        (1, "0.000001"),
        (10_000, "0.01"),
        (100_000, "0.10"),
        (123_450, "0.12345"),
        (5_000_000, "5.00"),
        (u64::MAX, "18446744073709.551615"),
    ] {
        let json = json_of(&reason("x").amount_usd_micros(micros));
        assert_eq!(json["amount_usd"], dollars);
        assert_eq!(json["amount_usd_micros"], micros);
    }
}

#[test]
fn times_are_calendar_times() {
    for (unix_ms, text) in [
        (0, "1970-01-01T00:00:00.000Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (1_709_164_800_001, "2024-02-29T00:00:00.001Z"),
        (1_767_225_599_999, "2025-12-31T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ] {
        let record = AuditRecord::new(AuditEventType::PaymentIntent, unix_ms);
        assert_eq!(json_of(&record)["timestamp"], text);
    }
}

#[test]
fn counts_of_one_kind_of_pii_add_up() {
    let record = reason("x")
        .pii_entity("PHONE_NUMBER", 1)
        .pii_entity("PHONE_NUMBER", 2);
    assert_eq!(json_of(&record)["pii_entities_found"]["PHONE_NUMBER"], 3);
}

#[test]
fn kinds_of_pii_beyond_the_room_are_added_up() {
    let mut record = reason("x").pii_entity("OTHER", 1);
    for number in 0..MAX_PII_ENTITIES + 5 {
        record = record.pii_entity(format!("KIND_{number:03}"), 2);
    }
    let json = json_of(&record);
    assert_eq!(
        json["pii_entities_found"].as_object().unwrap().len(),
        MAX_PII_ENTITIES + 1
    );
    assert_eq!(json["pii_entities_found"]["OTHER"], 11);
}

#[test]
fn a_text_that_is_too_long_is_cut_and_says_so() {
    let json = json_of(&reason(&"a".repeat(100_000)));
    let shown = json["reason"].as_str().unwrap();
    assert!(
        shown.len() < 5000 && shown.ends_with("a...[clipped]"),
        "{}",
        shown.len()
    );
}

#[test]
fn a_text_of_just_the_right_length_is_whole() {
    let text = "a".repeat(512);
    assert_eq!(
        json_of(&reason("x").agent_id(text.as_str()))["agent_id"],
        text
    );
}

#[test]
fn attack_136_the_longest_record_fits_a_line() {
    let long = "\u{1f4b8}".repeat(20_000);
    let text = long.as_str();
    let mut record = reason(text)
        .agent_id(text)
        .decision_id(text)
        .position(text)
        .method(text)
        .resource_url(text)
        .origin(text)
        .amount_usd_micros(u64::MAX)
        .amount(text)
        .asset(text)
        .network(text)
        .scheme(text)
        .pay_to(text)
        .control(text)
        .code(text)
        .outcome(text)
        .replay_fingerprint(text)
        .transaction(text)
        .policy_revision(text);
    for number in 0..40 {
        record = record.pii_entity(format!("{number}{text}"), u32::MAX);
    }
    let line = line_of(&record);
    assert!(line.len() < MAX_LINE_BYTES, "{}", line.len());
    assert_eq!(verify(line.as_bytes(), &key()).unwrap().records, 1);
}

#[test]
fn every_event_type_reads_back_from_its_name() {
    for event in AuditEventType::ALL {
        assert_eq!(AuditEventType::from_name(event.as_str()), Some(event));
    }
}

proptest! {
    #[test]
    fn any_text_reads_back(text in "\\PC{0,60}|[\\x00-\\x{10ffff}]{0,60}") {
        let line = line_of(&reason(&text));
        prop_assert_eq!(line.bytes().filter(|byte| !matches!(byte, 0x20..=0x7e)).count(), 1);
        let json: Value = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(json["reason"].as_str(), Some(text.as_str()));
    }

    #[test]
    fn any_long_text_is_cut_between_characters(text in "[a\\x00é\u{1f4b8}\"]{500,900}") {
        let json = json_of(&reason("x").agent_id(text.as_str()));
        let shown = json["agent_id"].as_str().unwrap();
        let kept = shown.strip_suffix("...[clipped]").unwrap_or(shown);
        prop_assert!(text.starts_with(kept));
        prop_assert_eq!(kept == text, !shown.ends_with("...[clipped]"));
    }
}
