//! International bank account numbers.

use std::ops::Range;

use super::super::EntityType;
use super::super::steps::step;
use super::super::view::View;
use super::iban_length::iban_length;
use super::{Hits, Recognizer, score};

/// The shortest IBAN, Norway's, has 15 characters, and at least half of them are digits.
pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: &[EntityType::IbanCode],
    may_match: |classes| classes.len >= 15 && classes.digits >= 8 && classes.has_letter(),
    recognize,
};

fn recognize(view: &View<'_>, hits: &mut Hits) {
    let mut position = 0;
    while position < view.bytes().len() {
        step();
        match match_at(view, position) {
            Some(span) => {
                position = span.end;
                hits.push(EntityType::IbanCode, span, score::CHECKSUM);
            }
            None => position += 1,
        }
    }
}

/// An IBAN that starts at `start`: a country code and two check digits, then as many letters and digits
/// as the country's have, with single spaces anywhere between.
fn match_at(view: &View<'_>, start: usize) -> Option<Range<usize>> {
    let country = [view.at(start), view.at(start + 1)];
    let is_head = country.iter().all(u8::is_ascii_alphabetic)
        && view.at(start + 2).is_ascii_digit()
        && view.at(start + 3).is_ascii_digit();
    if !is_head || !starts_token(view, start) {
        return None;
    }
    let length = iban_length(country)?;
    let mut characters = [0u8; 34];
    let mut position = start;
    for slot in characters.iter_mut().take(length) {
        step();
        if view.is_space(view.at(position)) {
            position += 1;
        }
        *slot = Some(view.at(position)).filter(u8::is_ascii_alphanumeric)?;
        position += 1;
    }
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
