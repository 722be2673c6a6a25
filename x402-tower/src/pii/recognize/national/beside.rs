//! Whether a word stands directly beside a value, which may name it. Most numbers in lists of numbers have none on either
//! side.

use super::super::super::steps::step;
use super::super::super::view::View;

/// How far from a value the word that names it may start.
const REACH: usize = 12;

/// Whether a letter comes first before `start`.
pub(super) fn follows_word(view: &View<'_>, start: usize) -> bool {
    is_letter_first((0..REACH).map(|back| view.before(start.saturating_sub(back))))
}

/// Whether a letter comes next after `end`.
pub(super) fn precedes_word(view: &View<'_>, end: usize) -> bool {
    is_letter_first((0..REACH).map(|ahead| view.at(end + ahead)))
}

/// Whether the first letter or digit is a letter.
fn is_letter_first(mut bytes: impl Iterator<Item = u8>) -> bool {
    bytes
        .find(|byte| {
            step();
            byte.is_ascii_alphanumeric() || !byte.is_ascii()
        })
        .is_some_and(|byte| !byte.is_ascii_digit())
}
