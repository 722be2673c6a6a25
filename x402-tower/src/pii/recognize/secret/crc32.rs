//! The checksum that GitHub's tokens end with.

use super::super::super::steps::step;

/// The polynomial of IEEE 802.3, bits reversed.
const POLYNOMIAL: u32 = 0xedb8_8320;
const CHECKSUM_LEN: usize = 6;

/// Whether the last six characters of `body` are the CRC-32 of the others, in base 62.
pub(super) fn holds(body: &[u8]) -> bool {
    let Some((random, written)) = body.split_last_chunk::<CHECKSUM_LEN>() else {
        return false;
    };
    let mut remainder = u32::MAX;
    for byte in random {
        step();
        remainder ^= u32::from(*byte);
        for _ in 0..8 {
            let carry = remainder & 1;
            remainder = (remainder >> 1) ^ (POLYNOMIAL * carry);
        }
    }
    let value = written.iter().try_fold(0u64, |value, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'a'..=b'z' => byte - b'a' + 36,
            _ => return None,
        };
        Some(value * 62 + u64::from(digit))
    });
    value == Some(u64::from(!remainder))
}
