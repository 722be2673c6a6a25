//! Where a country and two digits may begin an account number.

use super::super::recognize::is_country_of_accounts;
use super::gap::{Gap, Joint};
use super::hull::Hull;
use super::word::Word;

/// ` - ` between the characters.
const LONGEST_GAP: usize = 3;

/// The word before, as far as an account number may begin with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begun {
    Nothing,
    /// One letter.
    Letter,
    /// Two letters, and maybe a digit.
    Country,
    /// Two words of one letter.
    Letters,
}

#[derive(Debug)]
pub(super) struct Accounts {
    begun: Begun,
    /// Where the first and the last of the words before start.
    start: usize,
    last: usize,
    /// Where a number may start.
    pub(super) hull: Hull,
}

impl Accounts {
    pub(super) const fn new() -> Self {
        Self {
            begun: Begun::Nothing,
            start: 0,
            last: 0,
            hull: Hull::EMPTY,
        }
    }

    /// Most words have no digits.
    #[inline]
    pub(super) fn letters(&mut self, gap: &Gap, word: &Word) {
        let begun = match word.len {
            1 if matches!(self.begun, Begun::Letter | Begun::Letters) && joins(gap) => {
                self.begun = Begun::Letters;
                (self.start, self.last) = (self.last, word.start);
                return;
            }
            1 => Begun::Letter,
            2 => Begun::Country,
            _ => Begun::Nothing,
        };
        (self.begun, self.start, self.last) = (begun, word.start, word.start);
    }

    pub(super) fn word(&mut self, gap: &Gap, word: &Word, bytes: &[u8]) {
        if self.begun != Begun::Nothing && joins(gap) {
            match self.begun {
                // The second letter is the first of this word.
                Begun::Letter | Begun::Letters if word.digits & 0b11 == 0b10 => self.add(self.last),
                Begun::Letters if word.starts_with_digit() => self.add(self.start),
                Begun::Country
                    if word.starts_with_digit() && begins_with_country(bytes, self.start) =>
                {
                    self.add(self.start);
                }
                _ => {}
            }
        }
        self.begun = Begun::Nothing;
        match (word.len, word.digits & 0b1111) {
            (3, 0b100) => {
                (self.begun, self.start, self.last) = (Begun::Country, word.start, word.start);
            }
            (4.., 0b1100) if begins_with_country(bytes, word.start) => self.add(word.start),
            _ => {}
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

/// What may stand between the characters.
fn joins(gap: &Gap) -> bool {
    gap.len <= LONGEST_GAP && gap.is(Joint::ACCOUNT)
}

fn begins_with_country(bytes: &[u8], start: usize) -> bool {
    matches!(bytes.get(start..start + 2), Some([first, second]) if is_country_of_accounts([*first, *second]))
}
