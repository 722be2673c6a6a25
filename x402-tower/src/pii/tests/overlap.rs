use super::found;
use crate::pii::Detector;
use crate::pii::EntityType::{CreditCard, EmailAddress, IbanCode, IpAddress};

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
