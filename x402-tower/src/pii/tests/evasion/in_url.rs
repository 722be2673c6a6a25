//! What a path segment or a parameter names, in the ways in which URLs are written.

use base64::Engine as _;

use super::transforms::{Encode, percent};
use super::values::values;
use crate::pii::EntityType::*;
use crate::pii::{Detector, RedactionTemplate, redact};

const WAYS: &[(&str, Encode)] = &[
    ("percent where needed", |value| {
        value
            .chars()
            .map(|character| {
                if character.is_alphanumeric() || "-_.~".contains(character) {
                    character.to_string()
                } else {
                    percent(character)
                }
            })
            .collect()
    }),
    ("percent", |value| value.chars().map(percent).collect()),
    ("percent twice", |value| {
        let once: String = value.chars().map(percent).collect();
        once.replace('%', "%25")
    }),
    ("zero-width space", |value| {
        let mut written: String = value
            .chars()
            .map(|character| format!("{}%E2%80%8B", percent(character)))
            .collect();
        written.truncate(written.len() - "%E2%80%8B".len());
        written
    }),
    ("base64 for URLs", |value| {
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(value)
    }),
    ("hexadecimal", |value| const_hex::encode(value)),
];

#[test]
fn every_kind_is_hidden_in_every_place_of_a_url() {
    let mut leaks = Vec::new();
    let mut texts = 0;
    for value in values() {
        let name = value
            .before
            .trim_end_matches([' ', ':', '='])
            .replace(' ', "_");
        // Only `=` and `:` name words of provisioning, and slashes end a segment that is no known key.
        let is_named_otherwise = matches!(
            value.entity,
            WorkloadClass | DataClassification | QueryPattern
        ) || (value.entity == Secret && value.text.contains('/'));
        if name.is_empty() || !name.is_ascii() || is_named_otherwise {
            continue;
        }
        let detector = if crate::pii::EntityType::DEFAULT.contains(&value.entity) {
            Detector::new()
        } else {
            Detector::with_entities([value.entity])
        };
        for (way, encode) in WAYS {
            let written = encode(&value.text);
            for [before, after] in [
                [
                    format!("https://h.example/v1/x?{name}="),
                    "&page=2".to_owned(),
                ],
                [format!("https://h.example/v1/{name}/"), "/info".to_owned()],
                [format!("https://h.example/v1/{name}?q="), "#top".to_owned()],
            ] {
                texts += 1;
                let url = format!("{before}{written}{after}");
                let findings = detector.scan_url(&url);
                let redacted = redact(&url, &findings, &RedactionTemplate::default());
                let is_known = findings.iter().any(|found| found.entity == value.entity);
                if redacted != format!("{before}<REDACTED>{after}") || !is_known {
                    leaks.push(format!(
                        "{} with {way}: {url} became {redacted}\n",
                        value.entity
                    ));
                }
            }
        }
    }
    super::assert_none(&leaks);
    assert!(texts >= 480, "{texts}");
}
