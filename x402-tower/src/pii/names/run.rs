//! Letters and digits in a row.

use super::super::steps::step;
use super::letters::{Letter, char_at, letter};
use super::word::is_letter_byte;

/// Letters and digits in a row beyond which they are no word but a digest, a key or an attack.
const MAX_RUN: usize = 40;
/// The length of a UUID in text.
pub(super) const UUID: usize = 36;
/// A letter after a digit makes a code of a run this long: `q8Zkabcd`.
const CODE: usize = 8;

/// Letters and digits in a row.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) end: usize,
    /// How often a letter follows a digit.
    turns: usize,
}

impl Run {
    /// The run that starts at `start`.
    pub(super) fn measure(bytes: &[u8], start: usize) -> Self {
        let mut run = Self {
            end: start,
            turns: 0,
        };
        let mut after_digit = false;
        loop {
            step();
            if at(bytes, run.end).is_ascii_digit() {
                after_digit = true;
                run.end += 1;
                continue;
            }
            let Some(width) = letter_width(bytes, run.end) else {
                match apostrophe(bytes, run.end) {
                    Some(width) if run.end > start => run.end += width,
                    _ => return run,
                }
                continue;
            };
            if after_digit {
                run.turns += 1;
                after_digit = false;
            }
            run.end += width;
        }
    }

    /// Whether this is an address, a digest or another code, whose letters are no words.
    pub(super) fn is_code(&self, bytes: &[u8], start: usize) -> bool {
        let is_hex = matches!(bytes.get(start..start + 2), Some(b"0x" | b"0X"));
        let len = self.end - start;
        self.turns >= 2 || (self.turns == 1 && len >= CODE) || is_hex || len > MAX_RUN
    }
}

/// Whether a UUID starts at `start`: its letters are no words.
pub(super) fn is_uuid(bytes: &[u8], start: usize) -> bool {
    let Some(bytes) = bytes.get(start..start.saturating_add(UUID)) else {
        return false;
    };
    let has_hyphens = [8, 13, 18, 23]
        .iter()
        .all(|at| bytes.get(*at) == Some(&b'-'));
    has_hyphens
        && bytes
            .iter()
            .all(|byte| *byte == b'-' || byte.is_ascii_hexdigit())
}

/// The width of an apostrophe at `position` that stands between two letters and makes one word of
/// them: not that of a possessive `'s`.
pub(super) fn apostrophe(bytes: &[u8], position: usize) -> Option<usize> {
    let width = match bytes.get(position..position.saturating_add(3)) {
        Some([0xe2, 0x80, 0x99]) => 3,
        _ if at(bytes, position) == b'\'' => 1,
        _ => return None,
    };
    let before = position.checked_sub(1).map_or(0, |p| at(bytes, p));
    let next = at(bytes, position + width);
    let is_possessive =
        next.eq_ignore_ascii_case(&b's') && !at(bytes, position + width + 1).is_ascii_alphabetic();
    let joins = is_letter_byte(before) && is_letter_byte(next) && !is_possessive;
    joins.then_some(width)
}

/// The bytes of the letter at `position`, if there is one.
fn letter_width(bytes: &[u8], position: usize) -> Option<usize> {
    let byte = at(bytes, position);
    if byte.is_ascii() {
        return byte.is_ascii_alphabetic().then_some(1);
    }
    let (character, width) = char_at(bytes, position);
    (letter(character) != Letter::None).then_some(width)
}

/// The byte at `position`, 0 behind the last.
pub(super) fn at(bytes: &[u8], position: usize) -> u8 {
    bytes.get(position).copied().unwrap_or(0)
}
