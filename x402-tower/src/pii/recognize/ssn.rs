//! United States social security numbers.

use std::ops::Range;

use super::super::EntityType;
use super::super::entity::EntitySet;
use super::super::steps::step;
use super::super::view::View;
use super::context::{Phrases, preceded_by};
use super::totals::{ends_of, totals};
use super::window::Window;
use super::{NumberRecognizer, score, uuid};

pub(super) const RECOGNIZER: NumberRecognizer = NumberRecognizer {
    entities: EntitySet::of(&[EntityType::UsSsn]),
    may_match,
    match_at: |view, window, _, _| {
        let (span, score) = match_at(view, window)?;
        Some((EntityType::UsSsn, span, score))
    },
};

const DIGITS: usize = 9;
/// No word is looked at further back than this.
const LONGEST_WORD: usize = 24;
const GROUPS: &[usize] = &[3, 2, 4];
pub(super) static KEYS: Phrases = Phrases::of(&[
    &["ssn"],
    &["ssns"],
    &["social", "security"],
    &["socialsecurity"],
    &["socialsecuritynumber"],
    &["soc", "sec"],
]);
/// Path segments before what identifies a person.
pub(super) static PERSON_SEGMENTS: Phrases = Phrases::of(&[
    &["patient"],
    &["patients"],
    &["record"],
    &["records"],
    &["taxpayer"],
    &["taxpayers"],
    &["citizen"],
    &["citizens"],
    &["beneficiary"],
    &["beneficiaries"],
]);
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

/// Nine digits are in three groups, or in one beside which a word may stand.
#[inline]
fn may_match(window: &Window<'_, '_>) -> bool {
    let ends = window.totals() & totals(1..=DIGITS);
    ends == ends_of(GROUPS) || (ends == ends_of(&[DIGITS]) && may_be_named(window))
}

/// Whether a word may stand beside digits without separators.
fn may_be_named(window: &Window<'_, '_>) -> bool {
    let view = window.view();
    let end = window.start() + DIGITS;
    let next = view.at(end);
    window.named().may_be_ssn()
        || next == b'('
        || (next == b' ' && matches!(view.at(end + 1), b'(' | b'[' | b'i' | b'I'))
}

#[inline(never)]
fn match_at(view: &View<'_>, window: &Window<'_, '_>) -> Option<(Range<usize>, u8)> {
    if !is_issuable(window.leading(DIGITS)) {
        return None;
    }
    let grouped = window.starts_with(GROUPS);
    let count = if grouped { GROUPS.len() } else { 1 };
    let span = window.span(count);
    if is_named(view, &span) {
        return Some((span, score::UNMISTAKABLE));
    }
    if count == 1
        && view.in_url()
        && view.before(span.start) == b'/'
        && preceded_by(view, span.start, &PERSON_SEGMENTS)
    {
        return Some((span, score::FORM));
    }
    // Nine bare digits are an amount far more often than a number of a person.
    if !grouped || !window.separated_alike(count) || (window.glued() && !follows_word(view, &span))
    {
        return None;
    }
    let separator = window.separators(count).next()?;
    let (score, joiners) = match separator {
        b"-" if !window.glued() => (score::STRUCTURE, b"-".as_slice()),
        b"-" | b"." | b"_" => (score::FORM, separator),
        [byte] if view.is_space(*byte) => (score::FORM, b" +".as_slice()),
        _ => return None,
    };
    (!window.continues(count, joiners) && !uuid::surrounds(view, &span)).then_some((span, score))
}

/// Whether the letters that touch the number are a word, not the digits of a hexadecimal one.
fn follows_word(view: &View<'_>, span: &Range<usize>) -> bool {
    let letters = (0..LONGEST_WORD)
        .take_while(|back| {
            step();
            span.start
                .checked_sub(*back)
                .is_some_and(|end| view.before(end).is_ascii_alphabetic())
        })
        .count();
    let word = view.slice(span.start.saturating_sub(letters)..span.start);
    let before = view.before(span.start.saturating_sub(letters));
    letters >= 2 && !before.is_ascii_alphanumeric() && !word.iter().all(u8::is_ascii_hexdigit)
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
    followed || preceded_by(view, span.start, &KEYS)
}
