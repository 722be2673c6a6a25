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

fn may_be_base64(head: &[u8; HEAD]) -> bool {
    let value = |byte: u8| VALUES.get(usize::from(byte)).copied().unwrap_or(NONE);
    let [first, second, ..] = *head;
    if !may_begin_text(value(first) << 2 | (value(second) & 0x30) >> 4) {
        return false;
    }
    let [a, b, c, d, e, f, g, h, ..] = head.map(value);
    if (a | b | c | d | e | f | g | h) & 0xc0 != 0 {
        return false;
    }
    begins_text(&[
        a << 2 | b >> 4,
        b << 4 | c >> 2,
        c << 6 | d,
        e << 2 | f >> 4,
        f << 4 | g >> 2,
        g << 6 | h,
    ])
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
    begins_text(&[byte(a, b), byte(c, d), byte(e, f), byte(g, h)])
}

/// Whether it is the start of text, which may break off in a character.
fn begins_text(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| may_begin_text(*first))
        && bytes
            .iter()
            .all(|byte| *byte >= 0x80 || may_begin_text(*byte))
        && std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// Whether a byte is seen or white space, the zero of UTF-16, or the first of a longer character.
const fn may_begin_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r' | 0 | 0xc2..=0xf4)
}
