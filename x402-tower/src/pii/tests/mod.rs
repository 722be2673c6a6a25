//! Tests at the public surface of the detector.

mod card;
mod crypto;
mod custom;
mod disguise;
mod email;
mod evasion;
mod generators;
mod iban;
mod ip;
mod linear;
mod names;
mod national;
mod operators;
mod outline;
mod overlap;
mod payment_fields;
mod phone;
mod properties;
mod redaction;
mod secret;
mod split;
mod ssn;
mod url;

use super::{Detector, EntityType, Finding};

/// What was found in `text`, as kind and matched text.
fn found(text: &str) -> Vec<(EntityType, &str)> {
    quoted(text, &Detector::new().scan(text))
}

/// What was found in `url`, as kind and matched text.
fn found_in_url(url: &str) -> Vec<(EntityType, &str)> {
    quoted(url, &Detector::new().scan_url(url))
}

fn quoted<'t>(text: &'t str, findings: &[Finding]) -> Vec<(EntityType, &'t str)> {
    findings
        .iter()
        .map(|found| (found.entity, &text[found.span.clone()]))
        .collect()
}

/// Asserts for each case that the part between `«` and `»` is found as `entity` and nothing else is; a
/// case without them must be clean.
fn assert_marked(entity: EntityType, cases: &[&str]) {
    assert_marked_for(&Detector::new(), entity, cases);
}

/// The same for a detector of other kinds.
fn assert_marked_for(detector: &Detector, entity: EntityType, cases: &[&str]) {
    for case in cases {
        let text = case.replace(['«', '»'], "");
        let expected: Vec<(EntityType, &str)> = case
            .split('«')
            .skip(1)
            .map(|rest| (entity, rest.split('»').next().unwrap()))
            .collect();
        let found = quoted(&text, &detector.scan(&text));
        assert_eq!(found, expected, "in {case:?}");
    }
}
