//! Values that nothing but the word beside them makes a secret.

use std::ops::Range;

use super::super::super::EntityType;
use super::super::super::alphabet::Alphabet;
use super::super::super::lanes::{LANES, is_alphanumeric, is_hexadecimal};
use super::super::super::long_run::{end_of_run, lane_runs_in};
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::{Hits, score};
use super::key_word::{has_name, names_key, names_token, speaks_of_key};
use super::token::{length_of, segments_in};

/// A private key of 32 bytes in hexadecimal.
pub(super) const KEY_DIGITS: usize = 64;
/// The same after `0x`.
const PREFIXED_KEY: usize = KEY_DIGITS + 2;
/// No value that counts is shorter.
const SHORTEST_VALUE: usize = 20;
/// A piece of a value that no word is: words are shorter or have no digits.
const RANDOM_PIECE: usize = 12;

/// What looks random has so many digits, or so many capitals.
pub(super) const FEWEST_DIGITS: usize = 2;
pub(super) const FEWEST_UPPERS: usize = 4;

/// Private keys beside a word that says so. Alone, 32 bytes are a hash or a nonce, which are everywhere in x402.
pub(super) fn find_hexadecimal(view: &View<'_>, run: &Range<usize>, hits: &mut Hits) {
    for piece in lane_runs_in(view, run.clone(), 2 * LANES, is_alphanumeric) {
        let Range { start, end } = piece;
        let prefix = match piece.len() {
            KEY_DIGITS => 0,
            PREFIXED_KEY if view.at(start) == b'0' && matches!(view.at(start + 1), b'x' | b'X') => {
                2
            }
            _ => continue,
        };
        let is_key = end_of_run(view.bytes(), start + prefix, is_hexadecimal) == end;
        if is_key && (names_key(view, start) || speaks_of_key(view, start, end)) {
            hits.push(EntityType::Secret, start..end, score::UNMISTAKABLE);
        }
    }
}

/// Looks for values of keys such as `api_key` and `client_secret` that look random.
#[derive(Debug)]
pub(super) struct Values {
    /// Where the last one ended.
    done: usize,
}

impl Values {
    pub(super) const fn new() -> Self {
        Self { done: 0 }
    }

    /// Looks at a run of what values are written in, which is one segment where it is hexadecimal.
    pub(super) fn find(
        &mut self,
        view: &View<'_>,
        run: &Range<usize>,
        is_hexadecimal: bool,
        hits: &mut Hits,
    ) {
        if run.start < self.done || run.len() < SHORTEST_VALUE {
            return;
        }
        let span = if is_named(view, run) {
            // Tokens of several parts, and the padding of base64.
            let rest = length_of(view, run.end, view.bytes().len(), |byte| {
                Alphabet::VALUE.has(byte) || matches!(byte, b'.' | b'~' | b'=')
            });
            Some(run.start..run.end + rest)
        } else if is_hexadecimal {
            None
        } else {
            // The first segment has the name of the whole run.
            segments_in(view, run.clone(), SHORTEST_VALUE)
                .filter(|segment| segment.start > run.start)
                .find(|segment| is_named(view, segment))
        };
        if let Some(span) = span {
            self.done = span.end;
            hits.push(EntityType::Secret, span, score::UNMISTAKABLE);
        }
    }
}

fn is_named(view: &View<'_>, span: &Range<usize>) -> bool {
    has_name(view, span.start)
        && looks_random(view.slice(span.clone()))
        && names_token(view, span.start)
}

/// Whether a value is no name, slug or address: one of its pieces is long, and digits stand in it between letters, or
/// capitals behind small letters.
fn looks_random(value: &[u8]) -> bool {
    if is_address(value) {
        return false;
    }
    value
        .split(|byte| matches!(byte, b'-' | b'_'))
        .filter(|piece| piece.len() >= RANDOM_PIECE)
        .any(|piece| {
            let (mut digits, mut letters, mut humps, mut last) = (0, 0, 0, 0);
            for byte in piece {
                step();
                digits += usize::from(byte.is_ascii_digit());
                letters += usize::from(byte.is_ascii_alphabetic());
                humps += usize::from(byte.is_ascii_uppercase() && u8::is_ascii_lowercase(&last));
                last = *byte;
            }
            letters >= 2 && (digits >= FEWEST_DIGITS || humps >= FEWEST_UPPERS)
        })
}

/// `0x` and 20 bytes: an account or a contract.
fn is_address(value: &[u8]) -> bool {
    const LENGTH: usize = 42;
    value.len() == LENGTH && value.starts_with(b"0x")
}
