//! United States social security numbers.

use std::ops::Range;

use super::super::EntityType;
use super::super::view::View;
use super::context::{Phrase, preceded_by};
use super::numbers::{Numbers, Window};
use super::{Hits, Recognizer, score};

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: &[EntityType::UsSsn],
    may_match: |classes| classes.digits >= DIGITS,
    recognize,
};

const DIGITS: usize = 9;
const GROUPS: &[usize] = &[3, 2, 4];
const KEYS: &[Phrase] = &[
    &["ssn"],
    &["ssns"],
    &["social", "security"],
    &["socialsecurity"],
    &["socialsecuritynumber"],
    &["soc", "sec"],
];
/// What may stand between a number and a key that follows it: `123456789 (SSN)`, `… is my ssn`.
const TRAILING_KEYS: &[&str] = &[
    "(ssn",
    " (ssn",
    " [ssn",
    " is my ssn",
    " is the ssn",
    " is my social security",
];

/// Numbers that were printed in advertisements and that the SSA never issued again.
const PUBLISHED: &[u32] = &[78_051_120, 219_099_999];

fn recognize(view: &View<'_>, hits: &mut Hits) {
    let mut numbers = Numbers::new(view);
    while let Some(window) = numbers.next() {
        if let Some((span, score)) = match_at(view, &window) {
            numbers.skip_to(span.end);
            hits.push(EntityType::UsSsn, span, score);
        }
    }
}

fn match_at(view: &View<'_>, window: &Window<'_, '_>) -> Option<(Range<usize>, u8)> {
    let grouped = window.starts_with(GROUPS);
    let count = if grouped { GROUPS.len() } else { 1 };
    if window.total(count) != DIGITS || !is_issuable(window.leading(DIGITS)) {
        return None;
    }
    let span = window.span(count);
    if is_named(view, &span) {
        return Some((span, score::UNMISTAKABLE));
    }
    // Nine bare digits are an amount far more often than a number of a person.
    if !grouped || window.glued() {
        return None;
    }
    let form_score = if window.separators(count).all(|separator| separator == b"-") {
        score::STRUCTURE
    } else if window
        .separators(count)
        .all(|separator| matches!(separator, [byte] if view.is_space(*byte)))
    {
        score::FORM
    } else {
        return None;
    };
    let joiners = if form_score == score::STRUCTURE {
        b"-".as_slice()
    } else {
        b" +".as_slice()
    };
    (!window.continues(count, joiners)).then_some((span, form_score))
}

/// The rules of the SSA for numbers issued before and after randomisation (2011): no area 000, 666 or
/// 900 to 999, no group 00, no serial 0000.
fn is_issuable(number: u32) -> bool {
    let (area, group, serial) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
    !matches!(area, 0 | 666 | 900..=999)
        && group != 0
        && serial != 0
        && !PUBLISHED.contains(&number)
}

fn is_named(view: &View<'_>, span: &Range<usize>) -> bool {
    let followed = TRAILING_KEYS.iter().any(|key| {
        let found = view.slice(span.end..span.end + key.len());
        found.eq_ignore_ascii_case(key.as_bytes())
            && !view.at(span.end + key.len()).is_ascii_alphanumeric()
    });
    followed || preceded_by(view, span.start, KEYS)
}
