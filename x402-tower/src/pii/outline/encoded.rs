//! Where base64 or hexadecimal digits may hold text, told from the first ones.

use super::marks::rows;
use super::window::Window;

/// A shorter run cannot hold anything that is looked for: eight digits are eleven of base64.
pub(in super::super) const SHORTEST: u32 = 11;
/// The same in hexadecimal digits.
pub(in super::super) const SHORTEST_HEX: u32 = 16;
/// What holds something has so many capitals or digits before it is decoded.
pub(super) const FEWEST_UPPERS_AND_DIGITS: usize = 3;
/// So many digits of base64, or of hexadecimal ones, are looked at.
const LOOKED_AT: usize = 8;
/// No digit of base64.
const NONE: u8 = 0xff;

static VALUES: [u8; 256] = {
    let mut table = [NONE; 256];
    let mut byte = 0u8;
    loop {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => NONE,
        };
        #[expect(
            clippy::indexing_slicing,
            reason = "a byte is always below 256; checked at compile time"
        )]
        {
            table[byte as usize] = value;
        }
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

/// Where runs start in a window that are long enough, or what is between two of the characters that may separate parts of
/// them.
#[inline]
pub(super) fn starts(window: &Window<'_>) -> u64 {
    let masks = window.masks;
    let separates_surely = masks.slashes | masks.equals;
    let separates_maybe = masks.tokens() | masks.pluses;
    let segments = masks.alphanumerics | separates_maybe;
    let all = segments | separates_surely;
    let runs = !(all << 1) & rows::<SHORTEST>(all);
    let parts = separates_surely << 1 & rows::<SHORTEST>(segments);
    let smaller_parts = separates_maybe << 1 & rows::<SHORTEST>(masks.alphanumerics);
    window.word_starts & window.own & (runs | parts | smaller_parts)
}

/// Whether a run that begins so may be base64 of text. That begins with a letter or digit, as no byte of UTF-8 has its first
/// six bits set.
#[inline]
pub(super) fn may_be_base64(run: &[u8]) -> bool {
    let Some(head) = run.first_chunk::<LOOKED_AT>() else {
        return false;
    };
    let (mut bits, mut any) = (0, 0);
    for digit in head {
        let value = VALUES.get(usize::from(*digit)).copied().unwrap_or(NONE);
        any |= value;
        bits = bits << 6 | u64::from(value);
    }
    let mut may_be_text = may_begin_text::<8>(bits);
    may_be_text &= any != NONE;
    may_be_text
}

/// Whether a run that begins with hexadecimal digits, or so many after `0x`, may be those of text.
pub(super) fn may_be_hex(run: &[u8]) -> bool {
    let digits = match run {
        [b'0', b'x' | b'X', digits @ ..] => digits,
        digits => digits,
    };
    let Some(head) = digits.first_chunk() else {
        return false;
    };
    let digits = u64::from_be_bytes(*head);
    // A letter is nine more than its low bits.
    let letters = digits >> 6 & 0x0101_0101_0101_0101;
    let values = (digits & 0x0f0f_0f0f_0f0f_0f0f) + 9 * letters;
    may_begin_text::<16>((values >> 4 | values) & 0x00ff_00ff_00ff_00ff)
}

/// Whether bytes may be the start of text in UTF-8, or UTF-16 of ASCII: `bits` has one in each `WIDTH` bits, the first one
/// highest. All are looked at at once, and what is said of one of them stands in its highest bit.
#[inline]
const fn may_begin_text<const WIDTH: u32>(bits: u64) -> bool {
    const HIGHEST: u64 = 0x8080_8080_8080_8080;
    let (seven, six, five, four) = (bits, bits << 1, bits << 2, bits << 3);
    let (three, two, one, zero) = (bits << 4, bits << 5, bits << 6, bits << 7);
    // Of control characters there are white space, which is 9, 10 and 13, and zero.
    let controls = !(seven | six | five);
    let is_space = three & (one ^ zero) & !(two & one);
    let is_zero = !(three | two | one | zero);
    let others = controls & (four | !(is_space | is_zero));
    // A byte that begins a longer character says how many go on with it.
    let begin = seven & six & HIGHEST;
    let begin_of_three = begin & five;
    let begin_of_four = begin_of_three & four;
    let go_on = begin >> WIDTH | begin_of_three >> (2 * WIDTH) | begin_of_four >> (3 * WIDTH);
    ((seven & !six ^ go_on) | others) & HIGHEST == 0
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::alphabet;
    use base64::engine::general_purpose::STANDARD;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    use proptest::prelude::*;

    use super::super::Outline;
    use super::{FEWEST_UPPERS_AND_DIGITS, may_be_base64, may_be_hex, may_begin_text};
    use crate::pii::view::View;

    /// The same, a byte after the other.
    fn begins_text(bytes: &[u8]) -> bool {
        let mut missing = 0;
        bytes.iter().all(|byte| {
            let goes_on = matches!(byte, 0x80..=0xbf);
            if goes_on != (missing > 0) {
                return false;
            }
            missing = match byte {
                0x80..=0xbf => missing - 1,
                0xc0..=0xdf => 1,
                0xe0..=0xef => 2,
                0xf0.. => 3,
                _ => 0,
            };
            matches!(byte, b' '..|b'\t'| b'\n' | b'\r' | 0)
        })
    }

    #[test]
    fn bytes_are_told_at_each_place() {
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                for head in [
                    [first, second, b'a'],
                    [b'a', first, second],
                    [0xe2, first, second],
                ] {
                    let bytes = [head.as_slice(), b"bcd"].concat();
                    let bits = bytes
                        .iter()
                        .fold(0, |bits, byte| bits << 8 | u64::from(*byte));
                    assert_eq!(may_begin_text::<8>(bits), begins_text(&bytes), "{bytes:x?}");
                }
            }
        }
    }

    fn holds_text(part: &str) -> bool {
        let config = GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true);
        let decoded = if part.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let even = &part[..part.len() - part.len() % 2];
            (even.len() >= 16).then(|| const_hex::decode(even).unwrap())
        } else if let Some(digits) = part.strip_prefix("0x") {
            const_hex::decode(digits)
                .ok()
                .filter(|bytes| bytes.len() >= 8)
        } else {
            let of = |alphabet| GeneralPurpose::new(alphabet, config).decode(part).ok();
            of(&alphabet::STANDARD).or_else(|| of(&alphabet::URL_SAFE))
        };
        decoded.is_some_and(|bytes| {
            std::str::from_utf8(&bytes).is_ok()
                && bytes
                    .iter()
                    .all(|byte| !matches!(byte, 1..=8 | 11 | 12 | 14..=31 | 127))
        })
    }

    /// The runs that hold text, or have a part that does.
    fn runs_with_text(text: &str) -> Vec<(usize, usize)> {
        let separates_surely = |byte: char| matches!(byte, '/' | '=');
        let separates = |byte: char| separates_surely(byte) || matches!(byte, '-' | '_' | '+');
        let is_other = |byte: char| !byte.is_ascii_alphanumeric() && !separates(byte);
        text.split(is_other)
            .filter(|run| {
                let parts = run.split(separates_surely).chain(run.split(separates));
                std::iter::once(*run)
                    .chain(parts)
                    .any(|part| part.len() >= 11 && holds_text(part))
            })
            .map(|run| {
                let start = run.as_ptr() as usize - text.as_ptr() as usize;
                (start, start + run.len())
            })
            .collect()
    }

    proptest! {
        #[test]
        fn digits_are_read_as_what_they_encode(bytes in prop::collection::vec(any::<u8>(), 12), text in ".{12}") {
            for bytes in [bytes.as_slice(), text.as_bytes()] {
                let base64 = STANDARD.encode(bytes);
                prop_assert_eq!(may_be_base64(base64.as_bytes()), begins_text(&bytes[..6]));
                for hex in [const_hex::encode(bytes), const_hex::encode_upper(bytes)] {
                    prop_assert_eq!(may_be_hex(hex.as_bytes()), begins_text(&bytes[..4]));
                    let prefixed = format!("0x{hex}");
                    prop_assert_eq!(may_be_hex(prefixed.as_bytes()), begins_text(&bytes[..4]));
                }
            }
        }

        #[test]
        fn runs_that_hold_text_are_found_wherever_they_stand(
            pieces in prop::collection::vec(
                prop_oneof![
                    "[a-zA-Z0-9]{0,12}",
                    "[ -~]{7,24}".prop_map(|text| STANDARD.encode(text)),
                    "[é-ü]{6,9}".prop_map(|text| STANDARD.encode(text)),
                    "(0x)?([2-7][0-9a-f]){7,12}",
                ],
                0..8,
            ),
            joints in prop::collection::vec("[-_+/= ,.:]{0,2}", 8),
        ) {
            let text: String = pieces.into_iter().zip(joints).flat_map(|(piece, joint)| [piece, joint]).collect();
            let counted = text.bytes().filter(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            prop_assume!(counted.count() >= FEWEST_UPPERS_AND_DIGITS);
            let hull = Outline::of(&View::of_text(&text)).encoded.range();
            for (start, end) in runs_with_text(&text) {
                prop_assert!(hull.start < end && start < hull.end, "{start}..{end} of {text:?}");
            }
        }
    }
}
