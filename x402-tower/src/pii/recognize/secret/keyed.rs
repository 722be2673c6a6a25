//! Values that nothing but the word beside them makes a secret.

use std::ops::Range;

use super::super::super::EntityType;
use super::super::super::alphabet::Alphabet;
use super::super::super::long_run::runs_of;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::{Hits, score};
use super::key_word::{has_name, names_key, names_token, speaks_of_key};
use super::token::length_of;

/// A private key of 32 bytes in hexadecimal.
const KEY_DIGITS: usize = 64;
/// No value that counts is shorter.
const SHORTEST_VALUE: usize = 20;
/// A piece of a value that no word is: words are shorter or have no digits.
const RANDOM_PIECE: usize = 12;

/// What looks random has so many digits, or so many capitals.
pub(super) const FEWEST_DIGITS: usize = 2;
pub(super) const FEWEST_UPPERS: usize = 4;

/// Private keys beside a word that says so. Alone, 32 bytes are a hash or a nonce, which are everywhere in x402.
pub(super) fn find_hexadecimal(view: &View<'_>, run: &Range<usize>, hits: &mut Hits) {
    if run.len() < KEY_DIGITS {
        return;
    }
    let mut start = run.start;
    for piece in view
        .slice(run.clone())
        .split(|byte| !byte.is_ascii_alphanumeric())
    {
        let span = start..start + piece.len();
        start = span.end + 1;
        let prefix = if piece.starts_with(b"0x") || piece.starts_with(b"0X") {
            2
        } else {
            0
        };
        let is_key = piece.len() == KEY_DIGITS + prefix
            && piece.iter().skip(prefix).all(|byte| {
                step();
                byte.is_ascii_hexdigit()
            });
        if is_key && (names_key(view, span.start) || speaks_of_key(view, span.start, span.end)) {
            hits.push(EntityType::Secret, span, score::UNMISTAKABLE);
        }
    }
}

/// Values of keys such as `api_key` and `client_secret` that look random.
pub(super) fn find(view: &View<'_>, hits: &mut Hits) {
    let mut done = 0;
    for run in runs_of(view, SHORTEST_VALUE, is_value) {
        if run.start < done {
            continue;
        }
        let span = if is_named(view, &run) {
            // Tokens of several parts, and the padding of base64.
            let rest = length_of(view, run.end, view.bytes().len(), |byte| {
                is_value(byte) || matches!(byte, b'.' | b'~' | b'=')
            });
            Some(run.start..run.end + rest)
        } else {
            segments(view, &run).find(|segment| is_named(view, segment))
        };
        if let Some(span) = span {
            done = span.end;
            hits.push(EntityType::Secret, span, score::UNMISTAKABLE);
        }
    }
}

fn is_named(view: &View<'_>, span: &Range<usize>) -> bool {
    span.len() >= SHORTEST_VALUE
        && has_name(view, span.start)
        && looks_random(view.slice(span.clone()))
        && names_token(view, span.start)
}

/// The segments of a path after its first slash.
fn segments<'v>(view: &'v View<'_>, run: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 'v {
    let mut start = run.start;
    let all = view.slice(run.clone()).split(|byte| {
        step();
        *byte == b'/'
    });
    let spans = all.map(move |segment| {
        let span = start..start + segment.len();
        start = span.end + 1;
        span
    });
    spans.skip(1)
}

/// The alphabets of base64 and base64url.
const fn is_value(byte: u8) -> bool {
    Alphabet::VALUE.has(byte)
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
