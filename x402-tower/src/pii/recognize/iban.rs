//! International bank account numbers.

use std::ops::Range;

use super::super::EntityType;
use super::super::alphabet::Alphabet;
use super::super::entity::EntitySet;
use super::super::outline::Outline;
use super::super::steps::step;
use super::super::view::View;
use super::iban_length::iban_length;
use super::{Hits, Recognizer, score};

/// The shortest IBAN, Norway's, has 15 characters, and at least half of them are digits.
pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: EntitySet::of(&[EntityType::IbanCode]),
    may_match: |outline| !outline.accounts.is_empty() && outline.len >= 15 && outline.digits >= 8,
    recognize,
};

/// ` - ` between groups.
const MAX_SEPARATORS: usize = 3;

fn recognize(view: &View<'_>, outline: &Outline, hits: &mut Hits) {
    let starts = outline.accounts.range();
    let mut position = starts.start;
    while let Some(start) = next_start(view, position..starts.end) {
        position = start + 1;
        if let Some(span) = match_at(view, start) {
            position = span.end;
            hits.push(EntityType::IbanCode, span, score::CHECKSUM);
        }
    }
}

/// The next letter in a range that begins a word, or what may follow `IBAN` without a space.
fn next_start(view: &View<'_>, range: Range<usize>) -> Option<usize> {
    let mut previous = view.before(range.start);
    let rest = view.bytes().get(range.clone())?;
    let ahead = rest.iter().position(|byte| {
        step();
        let may_start = (!Alphabet::ALPHANUMERIC.has(previous) || matches!(previous, b'n' | b'N'))
            && Alphabet::LETTER.has(*byte);
        previous = *byte;
        may_start
    })?;
    Some(range.start + ahead)
}

/// Whether two bytes may begin an IBAN: most words and most pairs of letters do not.
fn may_be_country(view: &View<'_>, first: u8, second: u8) -> bool {
    if Alphabet::LETTER.has(second) {
        iban_length([first, second]).is_some()
    } else {
        is_separator(view, second)
    }
}

/// Whether account numbers of a country begin with these letters, in either case.
pub(in super::super) fn is_country(letters: [u8; 2]) -> bool {
    iban_length(letters).is_some()
}

/// Whether an IBAN begins with these characters; `iban` may stand before its country.
pub(super) fn may_begin(head: [u8; 4]) -> bool {
    let [first, second, check @ ..] = head;
    head.eq_ignore_ascii_case(b"iban")
        || (iban_length([first, second]).is_some() && check.iter().all(u8::is_ascii_digit))
}

/// An IBAN that starts at `start`: a country code and two check digits, then as many letters and digits
/// as the country's have, with up to [`MAX_SEPARATORS`] spaces or marks anywhere between.
fn match_at(view: &View<'_>, start: usize) -> Option<Range<usize>> {
    if !may_be_country(view, view.at(start), view.at(start + 1)) || !starts_token(view, start) {
        return None;
    }
    let mut characters = [0u8; 34];
    let (head, account) = characters.split_at_mut(4);
    let mut position = read(view, start, head)?;
    let [first, second, check @ ..] = &*head else {
        return None;
    };
    if !second.is_ascii_alphabetic() || !check.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let length = iban_length([*first, *second])?;
    position = read(view, position, account.get_mut(..length - head.len())?)?;
    if view.at(position).is_ascii_alphanumeric() {
        return None;
    }
    let characters = characters.get(..length)?;
    let digits = characters
        .iter()
        .filter(|byte| byte.is_ascii_digit())
        .count();
    // Prose such as `at 12 of the …` has letters; account numbers are digits for the greater part.
    (digits * 2 >= length && remainder_97(characters) == 1).then_some(start..position)
}

/// Reads the next letters and digits, and says where they end.
fn read(view: &View<'_>, start: usize, characters: &mut [u8]) -> Option<usize> {
    let mut position = start;
    for slot in characters {
        step();
        position += (0..MAX_SEPARATORS)
            .take_while(|ahead| is_separator(view, view.at(position + ahead)))
            .count();
        *slot = Some(view.at(position)).filter(u8::is_ascii_alphanumeric)?;
        position += 1;
    }
    Some(position)
}

fn is_separator(view: &View<'_>, byte: u8) -> bool {
    view.is_space(byte) || matches!(byte, b'-' | b'.' | b'_' | b'/' | b':')
}

/// Nothing before, or the word `IBAN` without a space.
fn starts_token(view: &View<'_>, start: usize) -> bool {
    !view.before(start).is_ascii_alphanumeric()
        || start
            .checked_sub(4)
            .is_some_and(|word| view.slice(word..start).eq_ignore_ascii_case(b"iban"))
}

/// ISO 7064 MOD 97-10 over the number with its first four characters moved to the end.
fn remainder_97(characters: &[u8]) -> u32 {
    let (head, account) = characters.split_at_checked(4).unwrap_or((characters, &[]));
    account.iter().chain(head).fold(0, |remainder, byte| {
        step();
        let value = char::from(*byte).to_digit(36).unwrap_or(0);
        let shifted = if value < 10 {
            remainder * 10
        } else {
            remainder * 100
        };
        (shifted + value) % 97
    })
}
