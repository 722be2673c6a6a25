//! Key files of Solana: a JSON array of 64 bytes.

use super::super::super::EntityType;
use super::super::super::long_run::runs_of;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::{Hits, score};
use super::chain_key::is_pair;
use super::key_word::names_key;

const BYTES: usize = 64;
/// One for each number.
pub(in super::super::super) const FEWEST_DIGITS: usize = BYTES;
/// A digit for each number and the commas between.
const SHORTEST: usize = 2 * BYTES - 1;
const MAX_SPACES: usize = 8;
const MAX_PAIRS: usize = 16;

pub(super) fn find(view: &View<'_>, hits: &mut Hits) {
    let mut left = MAX_PAIRS;
    for run in runs_of(view, SHORTEST, belongs) {
        let Some(start) = run.start.checked_sub(1).filter(|at| view.at(*at) == b'[') else {
            continue;
        };
        let (bytes, count, end) = numbers(view, run.start);
        if count != BYTES || view.at(end) != b']' {
            continue;
        }
        let score = is_pair(&bytes, &mut left)
            .or_else(|| names_key(view, start).then_some(score::UNMISTAKABLE));
        if let Some(score) = score {
            hits.push(EntityType::Secret, start..end + 1, score);
        }
    }
}

/// Digits, commas and what stands for a space.
const fn belongs(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_whitespace() || matches!(byte, b',' | b'+')
}

/// The numbers from 0 to 255 that stand from `start` on, how many there are, and where they end.
fn numbers(view: &View<'_>, start: usize) -> ([u8; BYTES], usize, usize) {
    let mut bytes = [0; BYTES];
    let mut position = start;
    for (count, slot) in bytes.iter_mut().enumerate() {
        position += spaces(view, position);
        if count > 0 {
            if view.at(position) != b',' {
                return (bytes, count, position);
            }
            position += 1;
            position += spaces(view, position);
        }
        let digits = (0..3)
            .take_while(|ahead| view.at(position + ahead).is_ascii_digit())
            .count();
        let number = view
            .slice(position..position + digits)
            .iter()
            .fold(0u16, |number, byte| {
                step();
                number * 10 + u16::from(byte.wrapping_sub(b'0'))
            });
        match u8::try_from(number) {
            Ok(byte) if digits > 0 => *slot = byte,
            _ => return (bytes, count, position),
        }
        position += digits;
    }
    position += spaces(view, position);
    (bytes, BYTES, position)
}

fn spaces(view: &View<'_>, start: usize) -> usize {
    (0..MAX_SPACES)
        .take_while(|ahead| {
            step();
            let byte = view.at(start + ahead);
            byte.is_ascii_whitespace() || view.is_space(byte)
        })
        .count()
}
