//! Telephone numbers.

use std::ops::Range;

use super::super::EntityType;
use super::super::entity::EntitySet;
use super::super::view::View;
use super::calling_code::{ITALY, NORTH_AMERICA, calling_code};
use super::context::{Phrases, preceded_by};
use super::phone_plan::{Proof, may_be_national, national_plan};
use super::totals::totals;
use super::window::Window;
use super::{NumberMatch, NumberRecognizer, score, uuid};

pub(super) const RECOGNIZER: NumberRecognizer = NumberRecognizer {
    entities: EntitySet::of(&[EntityType::PhoneNumber]),
    may_match,
    match_at: |view, window, _, end| match_at(view, window, end),
};

/// Digits with the calling code: E.164 allows 15; no shorter number is in wide use.
const INTERNATIONAL_LENGTHS: std::ops::RangeInclusive<usize> = 8..=15;
/// Below this an unseparated `+12345678` is a signed amount as likely as a number.
const SHORTEST_UNSEPARATED: usize = 9;
/// After an exit code, which has two digits or more.
const SHORTEST_DIALLED: usize = 10;
const SHORTEST_WITH_EXIT_CODE: usize = 2 + SHORTEST_DIALLED;
/// This many zeros at the end make a signed amount, not a subscriber.
const ROUND: usize = 6;
/// How many digits a number may have that a key names: divided, and undivided.
const KEYED_LENGTHS: (usize, usize) = (7, 9);
const LONGEST_KEYED: usize = 12;
/// What stands between the parts of a number beside spaces.
const SEPARATORS: &[u8] = b"-.()/";

/// Keys that make a number written with spaces alone, or with no separators, a telephone number.
pub(super) static KEYS: Phrases = Phrases::of(&[
    &["phone"],
    &["phones"],
    &["phoneno"],
    &["phonenumber"],
    &["telephone"],
    &["tel"],
    &["mobile"],
    &["mob"],
    &["cell"],
    &["cellphone"],
    &["fax"],
    &["sms"],
    &["whatsapp"],
    &["call"],
    &["dial"],
    &["msisdn"],
    &["contact"],
    &["landline"],
    &["hotline"],
    &["telefon"],
    &["telefonnummer"],
    &["handy"],
    &["handynummer"],
    &["mobil"],
    &["mobilnummer"],
    &["rufnummer"],
    &["telefono"],
    &["cellulare"],
    &["movil"],
    &["celular"],
    &["telefone"],
    &["portable"],
    &["telefoon"],
    &["mobiel"],
    &["telefonu"],
    &["komorka"],
    &["numer", "telefonu"],
    &["denwa"],
    &["keitai"],
]);
/// Keys that are written without anything between them and the number.
pub(super) static GLUED_KEYS: Phrases =
    Phrases::of(&[&["phone"], &["telephone"], &["tel"], &["mobile"], &["fax"]]);

/// Without a key before it, a number has a `+`, is dialled from abroad or has the form of a national one.
#[inline]
fn may_match(window: &Window<'_, '_>) -> bool {
    let view = window.view();
    window.named().may_be_phone()
        || matches!(view.before(window.start()), b'+' | b'(')
        || may_have_exit_code(window)
        || may_be_national(window)
}

#[inline(never)]
fn match_at(view: &View<'_>, window: &Window<'_, '_>, end: Option<usize>) -> Option<NumberMatch> {
    if window.glued() && !preceded_by(view, window.start(), &GLUED_KEYS) {
        return None;
    }
    let (span, score) = international(view, window, end)
        .or_else(|| with_exit_code(view, window))
        .or_else(|| national(view, window))
        .or_else(|| keyed(view, window))?;
    (!uuid::surrounds(view, &span)).then_some((EntityType::PhoneNumber, span, score))
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
    if view.before(plus).is_ascii_alphanumeric() && !follows && !preceded_by(view, plus, &KEYS) {
        return None;
    }
    let count = window.counts(totals(INTERNATIONAL_LENGTHS)).find(|count| {
        is_international(window, *count) && window.separated_by(*count, SEPARATORS)
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
    fits && !ends_round(window, count)
}

fn ends_round(window: &Window<'_, '_>, count: usize) -> bool {
    let zeros = window.digits(count).rev().take_while(|digit| *digit == 0);
    zeros.count() >= ROUND
}

/// Whether divided digits start with one, and enough of them.
fn may_have_exit_code(window: &Window<'_, '_>) -> bool {
    matches!(window.leading_digits(), [0, 0 | 1, _])
        && window.digits_in_all() >= SHORTEST_WITH_EXIT_CODE
        && window.len() > 1
}

/// `00` or `011`, as one dials in place of the `+`, and a calling code.
fn with_exit_code(view: &View<'_>, window: &Window<'_, '_>) -> Option<(Range<usize>, u8)> {
    if window.leading(1) != 0 {
        return None;
    }
    let exit = match window.leading(3) {
        0..=9 => 2,
        11 => 3,
        _ => return None,
    };
    let lengths = totals(SHORTEST_DIALLED..=*INTERNATIONAL_LENGTHS.end()) << exit;
    let count = window
        .counts(lengths)
        .find(|count| window.separated_by(*count, SEPARATORS) && !ends_round(window, *count))?;
    let after = window.digits(count).skip(exit).take(3);
    let first_three = after.fold(0, |number, digit| number * 10 + u32::from(digit));
    let code = calling_code(first_three)?;
    // No national number starts with the trunk prefix after a calling code, but in Italy.
    let national = exit + digits_of(code);
    if code != ITALY && window.digits(count).nth(national) == Some(0) {
        return None;
    }
    let span = window.span(count);
    let named = preceded_by(view, span.start, &KEYS);
    // Undivided digits with zeros before them may be padded ids.
    let first = window.lengths(1).next();
    let divided = count > 1 && (first == Some(exit) || first == Some(exit + digits_of(code)));
    match (named, divided) {
        (true, _) => Some((span, score::UNMISTAKABLE)),
        (false, true) => Some((span, score::FORM)),
        (false, false) => None,
    }
}

const fn digits_of(code: u32) -> usize {
    match code {
        0..=9 => 1,
        10..=99 => 2,
        _ => 3,
    }
}

/// The national forms of the countries in [`phone_plan`](super::phone_plan).
fn national(view: &View<'_>, window: &Window<'_, '_>) -> Option<(Range<usize>, u8)> {
    let plan = national_plan(window)?;
    let count = plan.groups;
    let closes = window.separators(count).flatten().any(|byte| *byte == b')');
    let start = if closes {
        opening(view, window.start())
    } else {
        window.start()
    };
    let span = start..window.span(count).end;
    if !window.separated_by(count, SEPARATORS) || window.continues(count, b"-.") {
        return None;
    }
    if preceded_by(view, span.start, &KEYS) {
        return Some((span, score::UNMISTAKABLE));
    }
    // A slash in print is one between area and line; elsewhere it divides other things.
    let slashes = window
        .separators(count)
        .flatten()
        .filter(|byte| **byte == b'/')
        .count();
    let punctuated = window
        .separators(count)
        .flatten()
        .any(|byte| !view.is_space(*byte));
    let score = match plan.proof {
        _ if slashes > 1 => return None,
        Proof::Form => plan.score,
        Proof::Punctuation if closes || (punctuated && slashes == 0) => plan.score,
        Proof::Parenthesis if closes => plan.score,
        Proof::Punctuation | Proof::Parenthesis | Proof::Key => return None,
    };
    Some((span, score))
}

/// Any number that a key or word calls a telephone number.
fn keyed(view: &View<'_>, window: &Window<'_, '_>) -> Option<(Range<usize>, u8)> {
    if window.first_length() == 1 {
        return None;
    }
    let start = opening(view, window.start());
    let divided = window
        .lengths(window.len())
        .take_while(|length| *length > 1)
        .count();
    if window.total(divided) < KEYED_LENGTHS.0 {
        return None;
    }
    let lengths = totals(KEYED_LENGTHS.0..=LONGEST_KEYED);
    let count = window.counts(lengths).find(|count| {
        let is_long_enough = *count > 1 || window.total(1) >= KEYED_LENGTHS.1;
        *count <= divided && is_long_enough && window.separated_by(*count, SEPARATORS)
    })?;
    let span = start..window.span(count).end;
    let fits = !ends_round(window, count)
        && !window.continues(count, b"-.")
        && preceded_by(view, span.start, &KEYS);
    fits.then_some((span, score::FORM))
}

/// The position of a parenthesis before `start`, else `start`.
fn opening(view: &View<'_>, start: usize) -> usize {
    if view.before(start) == b'(' {
        start - 1
    } else {
        start
    }
}
