//! Addresses of wallets.

use std::ops::Range;

use super::super::EntityType;
use super::super::entity::EntitySet;
use super::super::outline::Outline;
use super::super::steps::step;
use super::super::view::View;
use super::secret::{decode_base58, decode_base58_checked, runs_in};
use super::{Hits, Recognizer, score};

mod bech32;

/// A Bitcoin address has at least 26 characters.
const SHORTEST: usize = 26;
/// A Solana address: 32 bytes.
const SOLANA: std::ops::RangeInclusive<usize> = 32..=44;
/// `0x` and 20 bytes.
const EVM: usize = 42;

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: EntitySet::of(&[EntityType::Crypto]),
    may_match: |outline| outline.len >= SHORTEST && outline.has_letter,
    recognize,
};

fn recognize(view: &View<'_>, _outline: &Outline, hits: &mut Hits) {
    for run in runs_in(view, 0..view.bytes().len(), SHORTEST) {
        let mut start = run.start;
        for piece in view
            .slice(run.clone())
            .split(|byte| !byte.is_ascii_alphanumeric())
        {
            let span: Range<usize> = start..start + piece.len();
            start = span.end + 1;
            step();
            if let Some(score) = score_of(piece) {
                hits.push(EntityType::Crypto, span, score);
            }
        }
    }
}

fn score_of(text: &[u8]) -> Option<u8> {
    if text.len() < SHORTEST {
        return None;
    }
    if text.len() == EVM && text.starts_with(b"0x") {
        let is_address = text.iter().skip(2).all(u8::is_ascii_hexdigit);
        return is_address.then_some(score::UNMISTAKABLE);
    }
    if is_bitcoin(text) || bech32::is_address(text) {
        return Some(score::CHECKSUM);
    }
    is_solana(text).then_some(score::FORM)
}

/// A version of the main or test network and a hash of 20 bytes.
fn is_bitcoin(text: &[u8]) -> bool {
    text.len() <= 35
        && matches!(text.first(), Some(b'1' | b'3' | b'm' | b'n' | b'2'))
        && decode_base58_checked(text).is_some_and(|(decoded, length)| {
            length == 21 && matches!(decoded.bytes().first(), Some(0 | 5 | 111 | 196))
        })
}

/// 32 bytes without a checksum, so only where capitals, small letters and digits mix.
fn is_solana(text: &[u8]) -> bool {
    SOLANA.contains(&text.len())
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_uppercase)
        && text.iter().any(u8::is_ascii_lowercase)
        && decode_base58(text).is_some_and(|decoded| decoded.bytes().len() == 32)
}
