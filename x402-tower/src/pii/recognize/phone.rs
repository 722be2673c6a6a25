//! Telephone numbers.

use std::ops::Range;

use super::super::EntityType;
use super::super::view::View;
use super::calling_code::{NORTH_AMERICA, calling_code};
use super::context::{Phrase, preceded_by};
use super::numbers::{Numbers, Window};
use super::{Hits, Recognizer, score};

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: &[EntityType::PhoneNumber],
    may_match: |classes| {
        classes.digits >= NATIONAL_LENGTH
            || (classes.has_plus() && classes.digits >= *INTERNATIONAL_LENGTHS.start())
    },
    recognize,
};

/// Digits with the calling code: E.164 allows 15; no shorter number is in wide use.
const INTERNATIONAL_LENGTHS: std::ops::RangeInclusive<usize> = 8..=15;
/// Area code, exchange and line.
const NATIONAL_LENGTH: usize = 10;
/// Below this an unseparated `+12345678` is a signed amount as likely as a number.
const SHORTEST_UNSEPARATED: usize = 9;
/// This many zeros at the end make a signed amount, not a subscriber.
const ROUND: usize = 6;

/// Keys that make a number written with spaces alone, or with no separators, a telephone number.
const KEYS: &[Phrase] = &[
    &["phone"],
    &["telephone"],
    &["tel"],
    &["mobile"],
    &["cell"],
    &["cellphone"],
    &["fax"],
    &["sms"],
    &["whatsapp"],
];

fn recognize(view: &View<'_>, hits: &mut Hits) {
    let mut numbers = Numbers::new(view);
    let mut end = None;
    while let Some(window) = numbers.next() {
        if window.glued() {
            continue;
        }
        let found = international(view, &window, end).or_else(|| national(view, &window));
        if let Some((span, score)) = found {
            numbers.skip_to(span.end);
            end = Some(span.end);
            hits.push(EntityType::PhoneNumber, span, score);
        }
    }
}

/// `+` and a calling code. Right after another number, which ended at `end`, a `+` begins the next one: with that one
/// redacted, nothing stands before it.
fn international(
    view: &View<'_>,
    window: &Window<'_, '_>,
    end: Option<usize>,
) -> Option<(Range<usize>, u8)> {
    let opening = opening(view, window.start());
    let plus = opening
        .checked_sub(1)
        .filter(|plus| view.at(*plus) == b'+')?;
    let follows = end == Some(plus);
    if view.before(plus).is_ascii_alphanumeric() && !follows && !preceded_by(view, plus, KEYS) {
        return None;
    }
    let count = (1..=window.len()).rev().find(|count| {
        is_international(window, *count)
            && window
                .separators(*count)
                .all(|separator| !separator.contains(&b'_'))
    })?;
    Some((plus..window.span(count).end, score::STRUCTURE))
}

fn is_international(window: &Window<'_, '_>, count: usize) -> bool {
    let total = window.total(count);
    let shortest = if count == 1 {
        SHORTEST_UNSEPARATED
    } else {
        *INTERNATIONAL_LENGTHS.start()
    };
    if total < shortest || total > *INTERNATIONAL_LENGTHS.end() {
        return false;
    }
    let fits = match calling_code(window.leading(3)) {
        Some(NORTH_AMERICA) => total == 11 && window.leading(2) % 10 >= 2,
        Some(_) => true,
        None => false,
    };
    fits && window
        .digits(count)
        .rev()
        .take_while(|digit| *digit == 0)
        .count()
        < ROUND
}

/// The North American forms: area code, exchange, line, with or without a leading 1.
fn national(view: &View<'_>, window: &Window<'_, '_>) -> Option<(Range<usize>, u8)> {
    let layout = national_layout(window)?;
    let count = layout.groups.len();
    let closes = window.separators(count).flatten().any(|byte| *byte == b')');
    let start = if closes {
        opening(view, window.start())
    } else {
        window.start()
    };
    let span = start..window.span(count).end;
    let mut digits = window.digits(count).skip(layout.prefix).map(u32::from);
    let (area, exchange) = (digits.next()?, digits.nth(2)?);
    if area < 2 || window.continues(count, b"-.") {
        return None;
    }
    let punctuated = closes
        || (layout.separated
            && window
                .separators(count)
                .flatten()
                .any(|byte| !view.is_space(*byte)));
    if preceded_by(view, span.start, KEYS) {
        Some((span, score::STRUCTURE))
    } else if !punctuated {
        None
    } else if exchange >= 2 {
        Some((span, score::STRUCTURE))
    } else {
        // No exchange starts with 0 or 1, yet made-up numbers of people often do.
        Some((span, score::FORM))
    }
}

/// A way to write a national number.
struct Layout {
    groups: &'static [usize],
    /// How many of the digits are the trunk prefix 1.
    prefix: usize,
    /// Whether punctuation between all three parts is enough to tell it from an order number.
    separated: bool,
}

const LAYOUTS: &[Layout] = &[
    Layout {
        groups: &[3, 3, 4],
        prefix: 0,
        separated: true,
    },
    Layout {
        groups: &[3, 7],
        prefix: 0,
        separated: false,
    },
    Layout {
        groups: &[10],
        prefix: 0,
        separated: false,
    },
    Layout {
        groups: &[1, 3, 3, 4],
        prefix: 1,
        separated: true,
    },
    Layout {
        groups: &[1, 3, 7],
        prefix: 1,
        separated: false,
    },
    Layout {
        groups: &[1, 10],
        prefix: 1,
        separated: false,
    },
    Layout {
        groups: &[11],
        prefix: 1,
        separated: false,
    },
];

fn national_layout(window: &Window<'_, '_>) -> Option<&'static Layout> {
    let starts_with_trunk_prefix = window.leading(1) == 1;
    LAYOUTS.iter().find(|layout| {
        window.starts_with(layout.groups)
            && (layout.prefix == 0 || starts_with_trunk_prefix)
            && window
                .separators(layout.groups.len())
                .flatten()
                .all(|byte| !matches!(byte, b'_' | b'/'))
    })
}

/// The position of a parenthesis before `start`, else `start`.
fn opening(view: &View<'_>, start: usize) -> usize {
    if view.before(start) == b'(' {
        start - 1
    } else {
        start
    }
}
