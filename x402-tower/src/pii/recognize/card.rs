//! Payment card numbers.

use super::super::EntityType;
use super::super::view::View;
use super::numbers::{Numbers, Window};
use super::{Hits, Recognizer, issuer, score, uuid};

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: &[EntityType::CreditCard],
    may_match: |classes| classes.digits >= *LENGTHS.start(),
    recognize,
};

const LENGTHS: std::ops::RangeInclusive<usize> = 13..=19;
/// Undivided digits with this many zeros at their end are a round amount, not an account.
const ROUND: usize = 8;

fn recognize(view: &View<'_>, hits: &mut Hits) {
    let mut numbers = Numbers::new(view);
    while let Some(window) = numbers.next() {
        // The longest first: a 19-digit card starts with groups that may pass for a 16-digit one.
        let card = (1..=window.len())
            .rev()
            .find(|count| is_card(view, &window, *count));
        if let Some(count) = card {
            let span = window.span(count);
            numbers.skip_to(span.end);
            hits.push(EntityType::CreditCard, span, score::CHECKSUM);
        }
    }
}

fn is_card(view: &View<'_>, window: &Window<'_, '_>, count: usize) -> bool {
    let length = window.total(count);
    LENGTHS.contains(&length)
        && !window.glued()
        && has_card_grouping(view, window, count)
        && is_issued(window, count, length)
        && passes_luhn(window, count, length)
        && (count > 1 || window.digits(count).rev().take_while(|digit| *digit == 0).count() < ROUND)
        // A decimal fraction or its integer part.
        && !window.continues(count, b".")
        && !uuid::surrounds(view, &window.span(count))
}

fn is_issued(window: &Window<'_, '_>, count: usize, length: usize) -> bool {
    let first_six = window.leading(6);
    issuer::issues(first_six, length)
        || (issuer::issued_by_uatp(first_six, length)
            && count == 3
            && window.starts_with(&[4, 5, 6]))
}

/// No separators, or one space or dash between groups as networks print them: four digits or more, but
/// for the last group.
fn has_card_grouping(view: &View<'_>, window: &Window<'_, '_>, count: usize) -> bool {
    let separated = window
        .separators(count)
        .all(|separator| matches!(separator, [byte] if *byte == b'-' || view.is_space(*byte)));
    separated
        && window
            .lengths(count)
            .take(count - 1)
            .all(|length| (4..=8).contains(&length))
}

/// The check digit of ISO/IEC 7812-1, annex B.
fn passes_luhn(window: &Window<'_, '_>, count: usize, length: usize) -> bool {
    let sum: u32 = window
        .digits(count)
        .zip((0..length).rev())
        .map(
            |(digit, from_right)| match (u32::from(digit), from_right % 2) {
                (digit, 0) => digit,
                (digit @ 0..=4, _) => digit * 2,
                (digit, _) => digit * 2 - 9,
            },
        )
        .sum();
    sum.is_multiple_of(10)
}
