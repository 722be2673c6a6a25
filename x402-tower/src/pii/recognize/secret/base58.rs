//! Base58 as Bitcoin and Solana write it.

use sha2::{Digest, Sha256};

use super::super::super::steps::step;

/// The longest text that is decoded: an extended private key has 111 characters.
const MAX_CHARACTERS: usize = 112;
/// 112 characters are at most 82.1 bytes, which are 21 words.
const MAX_WORDS: usize = 21;
const MAX_BYTES: usize = MAX_WORDS * 4;

/// Bytes that a text stands for.
#[derive(Debug)]
pub(in super::super) struct Decoded {
    bytes: [u8; MAX_BYTES],
    start: usize,
}

impl Decoded {
    pub(in super::super) fn bytes(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }
}

const fn value(byte: u8) -> Option<u8> {
    Some(match byte {
        b'1'..=b'9' => byte - b'1',
        b'A'..=b'H' => byte - b'A' + 9,
        b'J'..=b'N' => byte - b'J' + 17,
        b'P'..=b'Z' => byte - b'P' + 22,
        b'a'..=b'k' => byte - b'a' + 33,
        b'm'..=b'z' => byte - b'm' + 44,
        _ => return None,
    })
}

/// The bytes behind `text`; `None` if a character is none of the 58 or there are too many.
pub(in super::super) fn decode(text: &[u8]) -> Option<Decoded> {
    if text.len() > MAX_CHARACTERS {
        return None;
    }
    // Big-endian words, multiplied as a whole for five characters at a time: 58^5 is below 2^32.
    let mut words = [0u32; MAX_WORDS];
    let mut used = 0;
    for chunk in text.chunks(5) {
        let mut factor = 1u64;
        let mut carry = 0u64;
        for byte in chunk {
            step();
            factor *= 58;
            carry = carry * 58 + u64::from(value(*byte)?);
        }
        used = (used + 1).min(MAX_WORDS);
        for word in words.iter_mut().rev().take(used) {
            let product = u64::from(*word) * factor + carry;
            *word = u32::try_from(product & u64::from(u32::MAX)).unwrap_or(0);
            carry = product >> 32;
        }
        if carry != 0 {
            return None;
        }
    }
    let mut bytes = [0; MAX_BYTES];
    for (slot, word) in bytes.chunks_exact_mut(4).zip(words) {
        slot.copy_from_slice(&word.to_be_bytes());
    }
    let zeros = text.iter().take_while(|byte| **byte == b'1').count();
    let first = bytes
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(MAX_BYTES);
    Some(Decoded {
        bytes,
        start: first.checked_sub(zeros)?,
    })
}

/// The bytes behind `text` without their checksum; `None` if that is wrong.
pub(in super::super) fn decode_checked(text: &[u8]) -> Option<(Decoded, usize)> {
    let decoded = decode(text)?;
    let (payload, checksum) = decoded.bytes().split_last_chunk::<4>()?;
    let hash = Sha256::digest(Sha256::digest(payload));
    let length = payload.len();
    (hash.first_chunk::<4>() == Some(checksum)).then_some((decoded, length))
}
