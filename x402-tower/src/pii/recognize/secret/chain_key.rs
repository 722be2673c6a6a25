//! Private keys in the formats of wallets: WIF, extended private keys, Solana's key pairs.

use std::ops::Range;

use ed25519_dalek::SigningKey;

use super::super::super::EntityType;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::{Hits, score};
use super::{decode_base58, decode_base58_checked};

/// A key in the wallet import format of a public key that is not compressed.
const SHORTEST: usize = 51;
/// How many key pairs of one text are computed. A signature of Solana, whose text is as long, costs one as well.
const MAX_PAIRS: usize = 64;
/// The order of Ed25519's group is below 2^253, so the last byte of a signature is at most 16.
const MAX_SIGNATURE_END: u8 = 16;

/// What is left to be computed for one text.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    pub(super) const fn new() -> Self {
        Self(MAX_PAIRS)
    }
}

/// Looks at the letters and digits between hyphens and underscores of a run.
pub(super) fn find(view: &View<'_>, run: &Range<usize>, budget: &mut Budget, hits: &mut Hits) {
    if run.len() < SHORTEST {
        return;
    }
    let mut start = run.start;
    for piece in view
        .slice(run.clone())
        .split(|byte| !byte.is_ascii_alphanumeric())
    {
        let span = start..start + piece.len();
        start = span.end + 1;
        step();
        let found = match piece.len() {
            SHORTEST | 52 => wallet_import(piece).then_some(score::CHECKSUM),
            107..=112 => extended(piece).then_some(score::CHECKSUM),
            85..=88 => pair(piece, budget),
            _ => None,
        };
        if let Some(score) = found {
            hits.push(EntityType::Secret, span, score);
        }
    }
}

/// Bitcoin's wallet import format: a version, 32 bytes, and a one where the public key is compressed.
fn wallet_import(text: &[u8]) -> bool {
    let starts = matches!(text.first(), Some(b'5' | b'K' | b'L' | b'9' | b'c'));
    starts
        && decode_base58_checked(text).is_some_and(|(decoded, length)| {
            matches!(decoded.bytes().first(), Some(0x80 | 0xef)) && matches!(length, 33 | 34)
        })
}

/// A BIP-32 extended private key: 78 bytes, of which the key's own 33 start with a zero.
fn extended(text: &[u8]) -> bool {
    const LENGTH: usize = 78;
    const KEY: usize = 45;
    text.get(1..4) == Some(b"prv")
        && decode_base58_checked(text).is_some_and(|(decoded, length)| {
            length == LENGTH && decoded.bytes().get(KEY) == Some(&0)
        })
}

/// A secret key of Ed25519 and its public key.
fn pair(text: &[u8], budget: &mut Budget) -> Option<u8> {
    let decoded = decode_base58(text)?;
    let bytes: &[u8; 64] = decoded.bytes().try_into().ok()?;
    is_pair(bytes, &mut budget.0)
}

/// How sure it is that these are a secret key and its public key, not a signature.
///
/// Where nothing is left to be computed, all are taken for keys: nobody puts so many signatures into one text.
pub(super) fn is_pair(bytes: &[u8; 64], left: &mut usize) -> Option<u8> {
    let (secret, public) = bytes.split_first_chunk::<32>()?;
    let may_be_signature = public.last().is_some_and(|last| *last <= MAX_SIGNATURE_END);
    let Some(rest) = left.checked_sub(1) else {
        return Some(if may_be_signature {
            score::FORM
        } else {
            score::STRUCTURE
        });
    };
    *left = rest;
    let computed = SigningKey::from_bytes(secret).verifying_key().to_bytes();
    (computed.as_slice() == public).then_some(score::CHECKSUM)
}
