//! Where a country and two digits may begin an account number.

use super::super::recognize::is_country_of_accounts;
use super::class::Class;
use super::hull::Hull;
use super::word::{Word, is_alphanumeric_before};

/// ` - ` between the characters.
const LONGEST_GAP: usize = 3;

#[derive(Debug)]
pub(super) struct Accounts {
    /// Where a number may start.
    pub(super) hull: Hull,
}

impl Accounts {
    pub(super) const fn new() -> Self {
        Self { hull: Hull::EMPTY }
    }

    /// Looks for a country before the first digit of a word.
    #[inline]
    pub(super) fn word(&mut self, word: &Word, bytes: &[u8]) {
        if let Some((first, second)) = letters_before_digit(word, bytes)
            && let (Some(country), Some(letter)) = (bytes.get(first), bytes.get(second))
            && is_country_of_accounts([*country, *letter])
            && !is_alphanumeric_before(bytes, first)
        {
            self.add(first);
        }
    }

    /// Looks for `iban` around a `b`, after which a number may stand without a space.
    pub(super) fn bee(&mut self, at: usize, bytes: &[u8]) {
        let start = at + 3;
        let is_named = at
            .checked_sub(1)
            .and_then(|first| bytes.get(first..start))
            .is_some_and(|name| name.eq_ignore_ascii_case(b"iban"));
        if is_named && bytes.get(start).is_some_and(u8::is_ascii_alphabetic) {
            self.add(start);
        }
    }

    fn add(&mut self, start: usize) {
        self.hull.add(start, start + 1);
    }
}

/// Where the two letters stand before the first digit of a word, in it, apart from it or one of them in it.
fn letters_before_digit(word: &Word, bytes: &[u8]) -> Option<(usize, usize)> {
    match word.letters {
        0 => {
            let second = letter_before(bytes, word.start)?;
            let before = second.checked_sub(1)?;
            let touches = bytes.get(before).is_some_and(u8::is_ascii_alphabetic);
            let first = if touches {
                before
            } else {
                letter_before(bytes, second)?
            };
            Some((first, second))
        }
        1 => Some((letter_before(bytes, word.start)?, word.start)),
        letters => {
            let digit = word.start + letters;
            // After one digit the next one may stand apart.
            let goes_on = bytes.get(digit + 1).is_some_and(u8::is_ascii_digit);
            (goes_on || word.end() == digit + 1).then(|| (digit - 2, digit - 1))
        }
    }
}

/// The letter before a gap that ends at `position`.
fn letter_before(bytes: &[u8], position: usize) -> Option<usize> {
    let before = bytes.get(..position)?;
    let gap = before
        .iter()
        .rev()
        .take(LONGEST_GAP)
        .take_while(|byte| Class::of(**byte).has(Class::IN_ACCOUNT))
        .count();
    let last = (position - gap).checked_sub(1).filter(|_| gap > 0)?;
    bytes
        .get(last)
        .is_some_and(u8::is_ascii_alphabetic)
        .then_some(last)
}
