//! Payment card numbers.

use super::super::EntityType;
use super::super::entity::EntitySet;
use super::super::view::View;
use super::totals::totals;
use super::window::Window;
use super::{NumberMatch, NumberRecognizer, issuer, luhn, score, uuid};

pub(super) const RECOGNIZER: NumberRecognizer = NumberRecognizer {
    entities: EntitySet::of(&[EntityType::CreditCard]),
    may_match: |window| {
        let lengths = window.totals() & totals(LENGTHS);
        lengths != 0
            && (lengths & issuer::lengths_by_leading(window) != 0 || is_uatp(window))
            && !window.glued()
    },
    match_at: |view, window, _, _| match_at(view, window),
};

const LENGTHS: std::ops::RangeInclusive<usize> = 13..=19;
/// How UATP divides its numbers.
const UATP: &[usize] = &[4, 5, 6];
const UATP_LENGTH: usize = 15;
/// Undivided digits with this many zeros at their end are a round amount, not an account.
const ROUND: usize = 8;
/// What people put between the groups of a card beside spaces.
const SEPARATORS: &[u8] = b"-._/,:*|~\"";
/// How networks group their numbers in print; the last group may be shorter.
const PRINTED: &[&[usize]] = &[
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 5, 6],
    &[4, 4, 5],
    &[4, 4, 4, 4, 3],
    &[6, 13],
    &[8, 8],
];

#[inline(never)]
fn match_at(view: &View<'_>, window: &Window<'_, '_>) -> Option<NumberMatch> {
    let issued = issuer::issued_lengths(window);
    let known = issued | if is_uatp(window) { 1 << UATP_LENGTH } else { 0 };
    let lengths = window.totals() & totals(LENGTHS) & known;
    // The longest first: a 19-digit card starts with groups that may pass for a 16-digit one.
    let count = window
        .counts(lengths)
        .find(|count| is_card(view, window, *count, issued))?;
    Some((EntityType::CreditCard, window.span(count), score::CHECKSUM))
}

fn is_card(view: &View<'_>, window: &Window<'_, '_>, count: usize, issued: u32) -> bool {
    let length = window.total(count);
    (issued & 1 << length != 0 || (count == UATP.len() && is_uatp(window)))
        && luhn::holds(window.digit_values(count))
        && has_card_grouping(window, count)
        && (count > 1 || window.digits(count).rev().take_while(|digit| *digit == 0).count() < ROUND)
        // A decimal fraction or its integer part.
        && !window.continues(count, b".")
        && !uuid::surrounds(view, &window.span(count))
}

/// UATP's numbers are known by their form alone: anything of 15 digits may start with 1.
fn is_uatp(window: &Window<'_, '_>) -> bool {
    window.starts_with(UATP) && matches!(window.leading_digits(), [1, ..])
}

/// No separators; groups as they are printed, whatever is between; or the same between groups of one length, the last
/// of which may be shorter.
fn has_card_grouping(window: &Window<'_, '_>, count: usize) -> bool {
    if !window.separated_by(count, SEPARATORS) {
        return false;
    }
    if count == 1
        || (PRINTED
            .iter()
            .any(|groups| groups.len() == count && window.starts_with(groups))
            && !is_decimal(window, count))
    {
        return true;
    }
    let first = window.total(1);
    let last = window.total(count) - window.total(count - 1);
    let single = window
        .separators(count)
        .all(|separator| separator.len() == 1);
    let usual = single && window.separated_by(count, b"-");
    (usual
        && window
            .lengths(count - 1)
            .all(|length| (4..=8).contains(&length)))
        || (window.separated_alike(count)
            && last <= first
            && window.lengths(count - 1).all(|length| length == first)
            && !is_decimal(window, count))
}

/// Whether it may be decimals one after the other: a dot or comma and groups of three, or two groups.
fn is_decimal(window: &Window<'_, '_>, count: usize) -> bool {
    let marks = window
        .separators(count)
        .flatten()
        .any(|byte| matches!(byte, b'.' | b','));
    marks && (count == 2 || window.lengths(count).skip(1).all(|length| length == 3))
}
