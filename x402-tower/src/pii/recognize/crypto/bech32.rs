//! Segwit addresses: bech32 (BIP-173) and bech32m (BIP-350).

use super::super::super::steps::step;

const PREFIXES: [&[u8]; 3] = [b"bc1", b"tb1", b"bcrt1"];
const CHECKSUM: usize = 6;
/// A hash of 20 bytes is the shortest program, one of 40 the longest.
const MAX_LEN: usize = 90;
/// The characters in the order of their values.
const ALPHABET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATORS: [u32; 5] = [
    0x3b6a_57b2,
    0x2650_8e6d,
    0x1ea1_19fa,
    0x3d42_33dd,
    0x2a14_62b3,
];
/// What the checksum leaves for version 0, and for all later ones.
const BECH32: u32 = 1;
const BECH32M: u32 = 0x2bc8_30a3;

/// Whether `text` is a segwit address of the main or a test network, all in small letters or all in capitals.
pub(super) fn is_address(text: &[u8]) -> bool {
    let mixed = text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase);
    if mixed || text.len() > MAX_LEN {
        return false;
    }
    let prefix = PREFIXES.iter().find(|prefix| {
        text.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    });
    prefix.is_some_and(|prefix| holds(prefix, text.get(prefix.len()..).unwrap_or_default()))
}

fn holds(prefix: &[u8], data: &[u8]) -> bool {
    let name = prefix.strip_suffix(b"1").unwrap_or(prefix);
    let high = name.iter().map(|byte| byte >> 5);
    let low = name.iter().map(|byte| byte & 31);
    let mut remainder = 1u32;
    for value in high.chain([0]).chain(low) {
        remainder = next(remainder, value);
    }
    let mut version = None;
    for byte in data {
        step();
        let place = ALPHABET
            .iter()
            .position(|letter| *letter == byte.to_ascii_lowercase());
        let Some(value) = place.and_then(|place| u8::try_from(place).ok()) else {
            return false;
        };
        version.get_or_insert(value);
        remainder = next(remainder, value);
    }
    let wanted = match version {
        Some(0) => BECH32,
        Some(1..=16) => BECH32M,
        _ => return false,
    };
    data.len() > CHECKSUM && remainder == wanted
}

fn next(remainder: u32, value: u8) -> u32 {
    let top = remainder >> 25;
    let shifted = ((remainder & 0x1ff_ffff) << 5) ^ u32::from(value);
    GENERATORS
        .iter()
        .enumerate()
        .filter(|(bit, _)| top >> bit & 1 == 1)
        .fold(shifted, |sum, (_, generator)| sum ^ generator)
}
