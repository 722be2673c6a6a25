//! Personal data that is written so that a plain pattern misses it, and what only looks like personal data.

use x402_tower::pii::{Detector, EntityType, RedactionTemplate, redact};
use x402_tower::policy::PolicyConfig;

/// What was found, and what is left of the text afterwards.
fn screened(text: &str) -> (Vec<EntityType>, String) {
    let findings = Detector::new().scan(text);
    let kinds = findings.iter().map(|found| found.entity).collect();
    let left = redact(text, &findings, &RedactionTemplate::default());
    (kinds, left.into_owned())
}

fn assert_hidden(text: &str) {
    let (kinds, left) = screened(&format!("mail {text} today"));
    assert_eq!(kinds, [EntityType::EmailAddress], "{text}");
    assert_eq!(left, "mail <REDACTED> today", "{text}");
}

#[test]
fn an_address_with_letters_of_another_script_is_found_whole() {
    assert_hidden("\u{430}lice@ex\u{430}mple.com");
}

#[test]
fn an_address_with_an_invisible_joiner_is_found_whole() {
    assert_hidden("ali\u{200d}ce@exam\u{200d}ple.com");
}

#[test]
fn an_address_with_a_soft_hyphen_is_found() {
    let (kinds, left) = screened("mail ali\u{ad}ce@example.com today");
    assert_eq!(kinds, [EntityType::EmailAddress]);
    assert!(!left.contains("example"), "{left}");
}

#[test]
fn digits_of_other_scripts_are_a_social_security_number() {
    let arabic = "\u{661}\u{662}\u{663}-\u{664}\u{665}-\u{666}\u{667}\u{668}\u{669}";
    assert_eq!(screened(arabic).0, [EntityType::UsSsn]);
}

#[test]
fn digits_of_other_scripts_are_a_card() {
    let digits = "4111111111111111".bytes().map(|byte| {
        let value = u32::from(byte - b'0');
        char::from_u32(0x966 + value).unwrap()
    });
    assert_eq!(
        screened(&digits.collect::<String>()).0,
        [EntityType::CreditCard]
    );
}

#[test]
fn a_way_to_detect_that_is_not_there_is_refused() {
    let read = |detector: &str| {
        let text = format!("[pii]\ndetector = \"{detector}\"");
        PolicyConfig::from_toml(&text, "policy.toml")
    };
    for there in ["regex", "structural", "nlp"] {
        assert!(read(there).is_ok(), "{there}");
    }
    let error = read("spacy").unwrap_err();
    assert_eq!(error.problems()[0].code(), "config.choice");
}

/// P14: letters that look alike are folded for Cyrillic alone there, and two rounds of decoding are not three.
#[test]
fn defect_p14_an_address_with_greek_letters_is_found_whole() {
    assert_hidden("\u{3b1}lice@example.com");
    assert_hidden("alice@\u{3b5}xample.com");
}

#[test]
fn defect_p14_an_address_that_was_encoded_three_times_is_found() {
    let url = "https://api.example.com/report?for=alice%252540example.com&page=2";
    let findings = Detector::new().scan_url(url);
    let kinds: Vec<_> = findings.iter().map(|found| found.entity).collect();
    assert_eq!(kinds, [EntityType::EmailAddress]);
}
