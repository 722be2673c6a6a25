use super::{assert_marked, found};
use crate::pii::Detector;
use crate::pii::EntityType::{
    self, CreditCard, EmailAddress, IbanCode, IpAddress, KrRrn, ThTnin, ZaIdNumber,
};

#[test]
fn the_longest_finding_names_what_it_contains() {
    assert_eq!(
        found("4111111111111111@example.com"),
        [(EmailAddress, "4111111111111111@example.com")]
    );
    assert_eq!(
        found("GB82WEST12345698765432@example.com"),
        [(EmailAddress, "GB82WEST12345698765432@example.com")]
    );
    assert_eq!(found("::ffff:8.8.8.8"), [(IpAddress, "::ffff:8.8.8.8")]);
}

#[test]
fn findings_side_by_side_stay_apart() {
    assert_eq!(
        found("4111111111111111,DE89370400440532013000"),
        [
            (CreditCard, "4111111111111111"),
            (IbanCode, "DE89370400440532013000")
        ],
    );
}

#[test]
fn the_minimum_score_hides_weaker_findings() {
    let text = "4111111111111111 alice@example.com 555-123-4567";
    let count = |min_score| Detector::new().with_min_score(min_score).scan(text).len();
    assert_eq!(
        [0, 60, 61, 95, 96, 100, 101].map(count),
        [3, 3, 2, 2, 1, 1, 0]
    );
}

/// Valid identity numbers of thirteen digits that are valid numbers of payment cards as well.
const BOTH: &[(EntityType, &str, &[&str])] = &[
    (
        ThTnin,
        "4377835337401",
        &["Thai ID ", "tnin=", "เลขประจำตัวประชาชน "],
    ),
    (
        ZaIdNumber,
        "6207141234182",
        &["South African ID number: ", "za_id=", "RSA ID "],
    ),
    (
        KrRrn,
        "4612171288366",
        &["RRN ", "\"rrn\": ", "주민등록번호 "],
    ),
];

#[test]
fn what_stands_beside_thirteen_digits_decides_between_two_valid_kinds() {
    for (entity, number, keys) in BOTH {
        for key in *keys {
            assert_marked(*entity, &[&format!("{key}«{number}» and more")]);
        }
        for other in ["", "card ", "pan=", "payment card number: ", "id "] {
            assert_marked(CreditCard, &[&format!("{other}«{number}»")]);
        }
    }
    // A key and a form of its own decide as well where digits are divided as cards may be.
    assert_marked(KrRrn, &["«461217-1288366»", "RRN «461217-1288366»"]);
    assert_marked(ThTnin, &["Thai ID «4377 8353 3740 1»"]);
    assert_marked(CreditCard, &["«4377 8353 3740 1»"]);
    // More digits than the kind has are a card whatever is beside them.
    assert_marked(CreditCard, &["Thai ID «4111111111111111»"]);
}
