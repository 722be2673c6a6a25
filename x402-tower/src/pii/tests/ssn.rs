use super::assert_marked;
use crate::pii::EntityType::UsSsn;
use crate::pii::{Detector, EntityType};

#[test]
fn finds_dashed_and_spaced_numbers() {
    assert_marked(
        UsSsn,
        &[
            "«123-45-6789»",
            "SSN: «123-45-6789».",
            "«123 45 6789»",
            "«123.45.6789»",
            "«123_45_6789»",
            "patient«123-45-6789»",
            "order-«123-45-6789»-x",
            "ssn=«123-45-6789»&x=1",
            "(«899-99-9999»)",
            "«123-45-6789» 2024-01-01",
        ],
    );
}

#[test]
fn finds_other_forms_directly_beside_a_key() {
    assert_marked(
        UsSsn,
        &[
            "ssn=«123456789»",
            "SSN «123456789»",
            "ssn«123456789»",
            "\"ssn\": \"«123456789»\"",
            "\\\"ssn\\\":\\\"«123456789»\\\"",
            "userSsn: «123456789»",
            "customer_ssn:«123456789»",
            "SSN # «123456789»",
            "social security number is «123456789»",
            "Social-Security No. «123456789»",
            "social_security=«123456789»",
            "«123456789» (SSN)",
            "«123456789» is my ssn",
            "ssn «123.45.6789»",
            "ssn «123_45_6789»",
        ],
    );
}

#[test]
fn leaves_bare_digits_without_a_key_of_their_own() {
    assert_marked(
        UsSsn,
        &[
            "312456789",
            "amount=312456789",
            "ts=312456789",
            "ssn=&amount=312456789",
            "{\"ssn\":null,\"amount\":312456789}",
            "{\"amount\":312456789,\"ssn\":null}",
            "class sn 312456789",
            "lessn 312456789",
            "session=312456789",
        ],
    );
}

#[test]
fn leaves_numbers_that_were_never_issued() {
    assert_marked(
        UsSsn,
        &[
            "000-45-6789",
            "666-45-6789",
            "900-45-6789",
            "999-45-6789",
            "123-00-6789",
            "123-45-0000",
            "078-05-1120",
            "219-09-9999",
            "ssn=000456789",
        ],
    );
}

#[test]
fn leaves_parts_of_longer_numbers() {
    assert_marked(
        UsSsn,
        &[
            "1-123-45-6789",
            "123-45-6789-1",
            "123-45-67890",
            "9123-45-6789",
            "123-45 6789",
            "a123-45-6789",
            "123-45-6789b",
            "7 123 45 6789",
            "2024-01-15",
        ],
    );
}

#[test]
fn is_surer_of_a_dashed_number_than_of_a_spaced_one() {
    let score = |text: &str| Detector::with_entities([EntityType::UsSsn]).scan(text)[0].score;
    assert!(score("ssn 123456789") > score("123-45-6789"));
    assert!(score("123-45-6789") > score("123 45 6789"));
}

#[test]
fn nine_digits_behind_the_path_segment_of_persons_are_found() {
    use super::found_in_url;
    assert_eq!(
        found_in_url("https://ehr.example.com/patients/312456789/history"),
        [(UsSsn, "312456789")]
    );
    assert_eq!(
        found_in_url("https://api.example.com/blocks/312456789/history"),
        []
    );
}
