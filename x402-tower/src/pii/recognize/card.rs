//! Payment card numbers.

use super::super::EntityType;
use super::super::entity::EntitySet;
use super::super::view::View;
use super::totals::{ends_of, largest_first, totals};
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
/// How networks group their numbers in print, by how many digits the groups end after.
const PRINTED: [u32; 8] = [
    ends_of(&[4, 4, 4, 4]),
    ends_of(&[4, 6, 5]),
    ends_of(&[4, 6, 4]),
    ends_of(&[4, 5, 6]),
    ends_of(&[4, 4, 5]),
    ends_of(&[4, 4, 4, 4, 3]),
    ends_of(&[6, 13]),
    ends_of(&[8, 8]),
];
/// How long groups may be that are divided by hyphens, whatever the length of each.
const USUAL: std::ops::RangeInclusive<u32> = 4..=8;

#[inline(never)]
fn match_at(view: &View<'_>, window: &Window<'_, '_>) -> Option<NumberMatch> {
    let issued = issuer::issued_lengths(window);
    let known = issued | if is_uatp(window) { 1 << UATP_LENGTH } else { 0 };
    let lengths = window.totals() & totals(LENGTHS) & known;
    let mut alike = None;
    // The longest first: a 19-digit card starts with groups that may pass for a 16-digit one.
    let total = largest_first(lengths).find(|total| {
        let is_even = window.is_divided_evenly(*total)
            && window.count_upto(*total)
                <= *alike.get_or_insert_with(|| window.groups_divided_alike());
        is_card(view, window, *total, issued, is_even)
    })?;
    let span = window.span(window.count_upto(total));
    Some((EntityType::CreditCard, span, score::CHECKSUM))
}

/// Whether the first `total` digits are a card. `is_even` says whether the same stands between groups of one length, the
/// last of which may be shorter.
fn is_card(
    view: &View<'_>,
    window: &Window<'_, '_>,
    total: u32,
    issued: u32,
    is_even: bool,
) -> bool {
    let count = window.count_upto(total);
    let is_printed = is_even || PRINTED.contains(&window.ends_upto(total));
    // Most groups of digits are divided in no such way.
    (count == 1 || is_printed || USUAL.contains(&window.first_length()))
        && (issued & 1 << total != 0 || (count == UATP.len() && is_uatp(window)))
        && luhn::holds(window.digit_values(count))
        && window.separated_by(count, SEPARATORS)
        && (count == 1
            || is_divided_as_usual(window, count)
            || (is_printed && !is_decimal(window, count)))
        && (count > 1 || window.digits(count).rev().take_while(|digit| *digit == 0).count() < ROUND)
        // A decimal fraction or its integer part.
        && !window.continues(count, b".")
        && !uuid::surrounds(view, &window.span(count))
}

/// UATP's numbers are known by their form alone: anything of 15 digits may start with 1.
fn is_uatp(window: &Window<'_, '_>) -> bool {
    window.starts_with(UATP) && matches!(window.leading_digits(), [1, ..])
}

/// Whether single hyphens or spaces stand between groups that are all long, but for the last one.
fn is_divided_as_usual(window: &Window<'_, '_>, count: usize) -> bool {
    window
        .lengths(count - 1)
        .all(|length| u32::try_from(length).is_ok_and(|length| USUAL.contains(&length)))
        && window.separators(count).all(|gap| gap.len() == 1)
        && window.separated_by(count, b"-")
}

/// Whether it may be decimals one after the other: a dot or comma and groups of three, or two groups.
fn is_decimal(window: &Window<'_, '_>, count: usize) -> bool {
    let marks = window
        .separators(count)
        .flatten()
        .any(|byte| matches!(byte, b'.' | b','));
    marks && (count == 2 || window.lengths(count).skip(1).all(|length| length == 3))
}
