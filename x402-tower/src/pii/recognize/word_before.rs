//! The word that stands directly before a value. From its last letters on, most words are no name of one.

use super::super::alphabet::Alphabet;
use super::super::steps::step;
use super::super::view::View;

const MAX_CONNECTORS: usize = 8;
/// As many of its last letters as are looked at.
pub(super) const LETTERS: usize = 3;
/// No word that is known is longer.
const LONGEST: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordBefore {
    /// There is none, or something else stands between it and the value than what joins the two.
    None,
    Ends {
        /// Its last letters, the last one first; NUL for those that it does not have.
        letters: [u8; LETTERS],
        end: usize,
    },
    /// One that has letters of other scripts, that a capital divides, or that is too long or too far away to be read.
    Other,
}

impl WordBefore {
    pub(super) fn at(view: &View<'_>, position: usize) -> Self {
        let end = skip_connectors_back(view, position);
        // From an opening parenthesis on, one byte more is skipped.
        if position - end == MAX_CONNECTORS {
            return Self::Other;
        }
        let upto_end = view.bytes().get(..end).unwrap_or_default();
        match upto_end.last_chunk::<LETTERS>() {
            Some([third, second, last])
                if third.is_ascii_lowercase()
                    && second.is_ascii_lowercase()
                    && last.is_ascii_lowercase() =>
            {
                let letters = [*last, *second, *third];
                Self::Ends { letters, end }
            }
            _ => Self::ending_otherwise(view, end),
        }
    }

    /// The same for short words and those in capitals.
    #[inline(never)]
    fn ending_otherwise(view: &View<'_>, end: usize) -> Self {
        let [last, second, third] = [0, 1, 2].map(|back| view.before(end.saturating_sub(back)));
        if last.is_ascii() && !last.is_ascii_alphabetic() {
            return Self::None;
        }
        if !(last.is_ascii() && second.is_ascii() && third.is_ascii()) {
            return Self::Other;
        }
        let letters = match [second.is_ascii_alphabetic(), third.is_ascii_alphabetic()] {
            [true, true] => [last, second, third],
            [true, false] => [last, second, 0],
            [false, _] => [last, 0, 0],
        };
        let [_, second, third] = letters;
        if begins_word_of_name(second, last, 0) || begins_word_of_name(third, second, last) {
            return Self::Other;
        }
        Self::Ends { letters, end }
    }

    /// The word directly before one that ends at `end`.
    pub(super) fn before_word(view: &View<'_>, end: usize) -> Self {
        let mut start = end;
        while view.before(start).is_ascii_alphabetic() {
            step();
            start -= 1;
            let (previous, letter, next) = (view.before(start), view.at(start), view.at(start + 1));
            if end - start > LONGEST || begins_word_of_name(previous, letter, next) {
                return Self::Other;
            }
        }
        Self::at(view, start)
    }
}

/// Whether a letter begins a word of a camelCase name, but not the first one: `userPesel`, `NHSNumber`.
#[inline]
pub(super) const fn begins_word_of_name(previous: u8, letter: u8, next: u8) -> bool {
    letter.is_ascii_uppercase()
        && (previous.is_ascii_lowercase()
            || (previous.is_ascii_uppercase() && next.is_ascii_lowercase()))
}

/// Where the word before `position` ends, if what joins a key to its value stands between them.
pub(super) fn skip_connectors_back(view: &View<'_>, position: usize) -> usize {
    let count = (0..MAX_CONNECTORS)
        .take_while(|back| {
            step();
            let byte = view.before(position.saturating_sub(*back));
            let joins = Alphabet::CONNECTOR.has(byte);
            // `/nhs?value=…`
            *back < position && (joins || (view.in_url() && matches!(byte, b'+' | b'?')))
        })
        .count();
    position - count
}
