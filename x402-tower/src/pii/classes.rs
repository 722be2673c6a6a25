//! The first pass: which classes of bytes a field holds, and so which recognizers could match at all.

use super::steps::step;

const DIGIT: u8 = 1;
const COLON: u8 = 1 << 1;
const LETTER: u8 = 1 << 2;
const AT: u8 = 1 << 3;
const DOT: u8 = 1 << 4;
const PERCENT: u8 = 1 << 5;
const PLUS: u8 = 1 << 6;

const fn class_of(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => DIGIT,
        b'a'..=b'z' | b'A'..=b'Z' => LETTER,
        b':' => COLON,
        b'@' => AT,
        b'.' => DOT,
        b'%' => PERCENT,
        b'+' => PLUS,
        _ => 0,
    }
}

static CLASS: [u8; 256] = {
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
    seen: u8,
    pub(super) digits: usize,
    pub(super) colons: usize,
    pub(super) len: usize,
}

impl ByteClasses {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let (mut seen, mut digits, mut colons) = (0, 0, 0);
        for byte in bytes {
            step();
            let class = CLASS.get(usize::from(*byte)).copied().unwrap_or(0);
            seen |= class;
            digits += usize::from(class & DIGIT);
            colons += usize::from(class & COLON);
        }
        Self {
            seen,
            digits,
            colons: colons / usize::from(COLON),
            len: bytes.len(),
        }
    }

    pub(super) const fn has_letter(&self) -> bool {
        self.seen & LETTER != 0
    }

    pub(super) const fn has_at(&self) -> bool {
        self.seen & AT != 0
    }

    pub(super) const fn has_dot(&self) -> bool {
        self.seen & DOT != 0
    }

    pub(super) const fn has_plus(&self) -> bool {
        self.seen & PLUS != 0
    }

    pub(super) const fn has_percent(&self) -> bool {
        self.seen & PERCENT != 0
    }
}
