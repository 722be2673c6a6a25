//! The first pass: which classes of bytes a field holds, and so what could be in it at all.

use super::steps::step;

const LETTER: u16 = 1;
const AT: u16 = 1 << 1;
const SEPARATOR: u16 = 1 << 10;
const PERCENT: u16 = 1 << 3;
const AMPERSAND: u16 = 1 << 5;
const BACKSLASH: u16 = 1 << 6;
const EQUALS: u16 = 1 << 7;
const BRACKET: u16 = 1 << 8;
/// Not ASCII, or a control character that is no white space: text that is searched folded as well.
const FOLDED: u16 = 1 << 9;

/// Flags of a byte in the upper quarter, and what it adds to each of the counts below it, which have eight bits each.
type Class = u64;

const FLAGS: u32 = 48;
const DIGIT: Class = 1;
const COLON: Class = 1 << 8;
const UPPER: Class = 1 << 16;
const HYPHEN: Class = 1 << 24;
const DOTS: Class = 1 << 32;
/// As many bytes as can be added up without one count spilling into the next.
const CHUNK: usize = 0xff;

const fn flags_of(byte: u8) -> u16 {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => LETTER,
        b'@' => AT,
        b'%' => PERCENT,
        b'&' => AMPERSAND | SEPARATOR,
        b'\n' | b'/' | b';' | b',' | b'|' => SEPARATOR,
        b'\\' => BACKSLASH,
        b'=' => EQUALS | SEPARATOR,
        b'(' | b'<' => BRACKET,
        b'[' | b'{' => BRACKET | SEPARATOR,
        b'\t' | b'\r' => 0,
        0x00..=0x1f | 0x7f.. => FOLDED,
        _ => 0,
    }
}

const fn class_of(byte: u8) -> Class {
    let count = match byte {
        b'0'..=b'9' => DIGIT,
        b':' => COLON,
        b'A'..=b'Z' => UPPER,
        b'-' => HYPHEN,
        b'.' => DOTS,
        _ => 0,
    };
    ((flags_of(byte) as Class) << FLAGS) | count
}

static CLASS: [Class; 256] = {
    let mut table = [0; 256];
    let mut byte = 0u8;
    loop {
        #[expect(
            clippy::indexing_slicing,
            reason = "a byte is always below 256; checked at compile time"
        )]
        {
            table[byte as usize] = class_of(byte);
        }
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

/// A summary of the bytes of one field.
#[derive(Debug, Clone, Copy)]
pub(super) struct ByteClasses {
    flags: u16,
    pub(super) digits: usize,
    pub(super) colons: usize,
    pub(super) uppers: usize,
    pub(super) hyphens: usize,
    pub(super) dots: usize,
    pub(super) len: usize,
}

impl ByteClasses {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut classes = Self {
            flags: 0,
            digits: 0,
            colons: 0,
            uppers: 0,
            hyphens: 0,
            dots: 0,
            len: bytes.len(),
        };
        for chunk in bytes.chunks(CHUNK) {
            let (mut seen, mut counts): (Class, Class) = (0, 0);
            for byte in chunk {
                step();
                let class = CLASS.get(usize::from(*byte)).copied().unwrap_or(0);
                seen |= class;
                counts = counts.wrapping_add(class);
            }
            let [_, _, _, _, _, _, flags_low, flags_high] = seen.to_le_bytes();
            let [digits, colons, uppers, hyphens, dots, ..] = counts.to_le_bytes();
            classes.flags |= u16::from_le_bytes([flags_low, flags_high]);
            classes.digits += usize::from(digits);
            classes.colons += usize::from(colons);
            classes.uppers += usize::from(uppers);
            classes.hyphens += usize::from(hyphens);
            classes.dots += usize::from(dots);
        }
        classes
    }

    const fn has(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }

    pub(super) const fn has_letter(&self) -> bool {
        self.has(LETTER)
    }

    pub(super) const fn has_at(&self) -> bool {
        self.has(AT)
    }

    pub(super) const fn has_dot(&self) -> bool {
        self.dots > 0
    }

    /// Whether there may be a list.
    pub(super) const fn has_separators(&self) -> bool {
        self.has(SEPARATOR)
    }

    /// Whether something may be written as an escape.
    pub(super) const fn has_escapes(&self) -> bool {
        self.has(PERCENT | AMPERSAND | BACKSLASH)
    }

    pub(super) const fn has_percent(&self) -> bool {
        self.has(PERCENT)
    }

    pub(super) const fn has_equals(&self) -> bool {
        self.has(EQUALS)
    }

    pub(super) const fn has_brackets(&self) -> bool {
        self.has(BRACKET)
    }

    /// Whether there are characters that may only look like others, or cannot be seen.
    pub(super) const fn needs_folding(&self) -> bool {
        self.has(FOLDED)
    }
}
