use url::Url;

use crate::pii::{
    Detector, EntityType, Finding, Mask, Operators, RedactionOperator, RedactionTemplate,
};
use crate::replay::FingerprintKey;

fn key(digits: &str) -> FingerprintKey {
    FingerprintKey::from_hex(&digits.repeat(2)).unwrap()
}

fn all(operator: RedactionOperator) -> Operators {
    Operators::new().with_default(operator)
}

fn redacted(operators: &Operators, text: &str) -> String {
    let findings = Detector::new().scan(text);
    operators.redact(text, &findings).into_owned()
}

fn redacted_url(operators: &Operators, url: &str) -> String {
    let findings = Detector::new().scan_url(url);
    operators.redact_url(url, &findings).into_owned()
}

#[test]
fn each_kind_has_its_operator_and_all_others_the_default() {
    let operators = Operators::new()
        .with(EntityType::UsSsn, RedactionOperator::Remove)
        .with_default(RedactionOperator::Replace(
            RedactionTemplate::new("[{entity_type}]").unwrap(),
        ));
    assert_eq!(
        redacted(&operators, "536-22-8726, alice@example.com"),
        ", [EMAIL_ADDRESS]"
    );
}

#[test]
fn a_mask_keeps_the_number_of_characters() {
    let stars = Mask::new('*').unwrap();
    for (mask, expected) in [
        (stars, "to *****************, ok"),
        (stars.with_count(5), "to *****@éxample.com, ok"),
        (stars.with_count(3).from_end(), "to alice@éxample.***, ok"),
        (stars.with_count(99), "to *****************, ok"),
        (stars.with_count(0), "to alice@éxample.com, ok"),
    ] {
        let operators = all(RedactionOperator::Mask(mask));
        assert_eq!(redacted(&operators, "to alice@éxample.com, ok"), expected);
    }
    for character in ['a', '7', ' ', '\n', '٣'] {
        assert_eq!(
            Mask::new(character).unwrap_err().code(),
            "pii.mask.character"
        );
    }
}

#[test]
fn a_mask_in_a_url_counts_what_the_escapes_say_and_is_escaped() {
    let mask = Mask::new('#').unwrap().with_count(5);
    let operators = all(RedactionOperator::Mask(mask));
    assert_eq!(
        redacted_url(
            &operators,
            "https://x.example/?to=%61lice%40example.com&n=1"
        ),
        "https://x.example/?to=%23%23%23%23%23%40example.com&n=1"
    );
}

#[test]
fn a_hash_is_the_same_for_the_same_value_under_one_key_only() {
    let ones = all(RedactionOperator::Hash(key(
        "000102030405060708090a0b0c0d0e0f",
    )));
    let others = all(RedactionOperator::Hash(key(
        "f00102030405060708090a0b0c0d0e0f",
    )));
    let hashed = redacted(&ones, "alice@example.com");
    assert!(
        hashed.starts_with("<EMAIL_ADDRESS:") && hashed.ends_with('>'),
        "{hashed}"
    );
    assert_eq!(hashed.len(), "<EMAIL_ADDRESS:>".len() + 16);
    assert_eq!(
        redacted(&ones, "mail alice@example.com"),
        format!("mail {hashed}")
    );
    assert_ne!(redacted(&ones, "bob@example.com"), hashed);
    assert_ne!(redacted(&others, "alice@example.com"), hashed);
    let url = redacted_url(&ones, "https://x.example/?to=alice%40example.com");
    let url = Url::parse(&url).unwrap();
    assert_eq!(url.query_pairs().next().unwrap().1, hashed);
    assert!(Detector::new().scan(&hashed).is_empty(), "{hashed}");
}

#[test]
fn removing_changes_neither_host_nor_the_number_of_segments() {
    let operators = all(RedactionOperator::Remove);
    for (url, expected) in [
        (
            "https://x.example/alice@example.com/evil.example",
            "https://x.example/-/evil.example",
        ),
        ("/alice@example.com/evil.example", "/-/evil.example"),
        ("alice@example.com/evil.example", "-/evil.example"),
        (
            "https://x.example/?to=alice@example.com&n=1",
            "https://x.example/?to=&n=1",
        ),
        (
            "https://x.example/a?alice@example.com",
            "https://x.example/a?",
        ),
        (
            "https://x.example/a#alice@example.com",
            "https://x.example/a#",
        ),
        (
            "https://alice%40example.com@x.example/",
            "https://-@x.example/",
        ),
    ] {
        assert_eq!(redacted_url(&operators, url), expected);
    }
    assert_eq!(redacted(&operators, "to alice@example.com."), "to .");
}

#[test]
fn findings_that_overlap_are_one_text_for_the_operator() {
    let findings = [
        Finding::new(EntityType::PhoneNumber, 2..6, 60),
        Finding::new(EntityType::UsSsn, 4..9, 60),
        Finding::new(EntityType::Person, 9..10, 60),
    ];
    let operators = all(RedactionOperator::Mask(Mask::new('*').unwrap()))
        .with(EntityType::Person, RedactionOperator::Remove);
    assert_eq!(operators.redact("0123456789abc", &findings), "01*******abc");
}
