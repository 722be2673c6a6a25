//! Where base64 or hexadecimal digits may hold text, told from the first ones.

use super::super::alphabet::Alphabet;

/// A shorter run holds nothing that is looked for.
pub(super) const SHORTEST: u32 = 11;
const HEAD: usize = 11;
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

/// Whether the run that begins so, of at least [`SHORTEST`] characters, may be encoded text. Text of base64 begins with a
/// letter or digit, as no byte of UTF-8 has its first six bits set, and so does that of hexadecimal digits.
pub(super) fn may_hold_text(run: &[u8]) -> bool {
    run.first_chunk()
        .is_some_and(|head| may_be_base64(head) || may_be_hex(head))
}

/// Most words are none from their second or third letter on.
fn may_be_base64(head: &[u8; HEAD]) -> bool {
    let (mut text, mut bits, mut count) = (Text::START, 0u16, 0u32);
    for digit in head.iter().take(LOOKED_AT) {
        let value = VALUES.get(usize::from(*digit)).copied().unwrap_or(NONE);
        if value == NONE {
            return false;
        }
        bits = bits << 6 | u16::from(value);
        count += 6;
        if count >= u8::BITS {
            count -= u8::BITS;
            let [byte, _] = (bits >> count).to_le_bytes();
            if !text.goes_on(byte) {
                return false;
            }
        }
    }
    true
}

fn may_be_hex(head: &[u8; HEAD]) -> bool {
    let digits = match head {
        [b'0', b'x' | b'X', digits @ ..] => digits,
        digits => digits.as_slice(),
    };
    let Some([a, b, c, d, e, f, g, h]) = digits.first_chunk::<LOOKED_AT>() else {
        return false;
    };
    let all = [a, b, c, d, e, f, g, h];
    if !Alphabet::HEX.has(*a) || !all.iter().all(|digit| Alphabet::HEX.has(**digit)) {
        return false;
    }
    let value = |digit: &u8| match digit {
        b'0'..=b'9' => digit & 0xf,
        _ => (digit & 0xf) + 9,
    };
    let byte = |high, low| value(high) << 4 | value(low);
    let mut text = Text::START;
    [byte(a, b), byte(c, d), byte(e, f), byte(g, h)]
        .into_iter()
        .all(|byte| text.goes_on(byte))
}

/// The start of what may be text in UTF-8, which may break off in a character.
struct Text {
    /// How many bytes the last character still needs.
    missing: u8,
}

impl Text {
    const START: Self = Self { missing: 0 };

    /// Takes one more byte in, if it may go on so.
    const fn goes_on(&mut self, byte: u8) -> bool {
        if self.missing > 0 {
            self.missing -= 1;
            return matches!(byte, 0x80..=0xbf);
        }
        self.missing = match byte {
            0xc2..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf4 => 3,
            _ => 0,
        };
        may_begin_text(byte)
    }
}

/// Whether a byte is seen or white space, the zero of UTF-16, or the first of a longer character.
const fn may_begin_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r' | 0 | 0xc2..=0xf4)
}
