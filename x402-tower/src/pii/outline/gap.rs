//! What stands between words, told by the classes of its bytes.

use super::super::steps::step;

/// What all bytes of a gap have to be for what they join to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Joint(u64);

impl Joint {
    /// A number, in text and in a URL.
    pub(super) const NUMBER: Self = Self(1 << 48);
    pub(super) const NUMBER_IN_URL: Self = Self(1 << 49);
    /// An identifier of letters and digits.
    pub(super) const CODE: Self = Self(1 << 50);
    /// An account number.
    pub(super) const ACCOUNT: Self = Self(1 << 51);
    const ALL: u64 = 0xffff << 48;
}

pub(super) const FLAGS: u32 = 24;
const FLAG_BITS: u64 = 0x00ff_ffff;
/// The counts, eight bits each.
const COUNT_BITS: u64 = 0x00ff_ffff;
pub(super) const COLON: u64 = 1;
pub(super) const HYPHEN: u64 = 1 << 8;
pub(super) const DOT: u64 = 1 << 16;

pub(super) const AT: u32 = 1;
pub(super) const SEPARATOR: u32 = 1 << 1;
pub(super) const PERCENT: u32 = 1 << 2;
pub(super) const AMPERSAND: u32 = 1 << 3;
pub(super) const BACKSLASH: u32 = 1 << 4;
pub(super) const EQUALS: u32 = 1 << 5;
pub(super) const BRACKET: u32 = 1 << 6;
/// Not ASCII, or a control character that is no white space: text that is searched folded as well.
pub(super) const FOLDED: u32 = 1 << 7;
/// What a reference of HTML ends with or has at its start.
pub(super) const REFERENCE: u32 = 1 << 8;
pub(super) const PLUS_SIGN: u32 = 1 << 9;

const fn flags_of(byte: u8) -> u32 {
    let flags = match byte {
        b'@' => AT,
        b'%' => PERCENT,
        b'&' => AMPERSAND | SEPARATOR,
        b';' => SEPARATOR | REFERENCE,
        b'#' => REFERENCE,
        b'\n' | b',' | b'|' | b'/' => SEPARATOR,
        b'\\' => BACKSLASH,
        b'+' => PLUS_SIGN,
        b'=' => EQUALS | SEPARATOR,
        b'(' | b'<' => BRACKET,
        b'[' | b'{' => BRACKET | SEPARATOR,
        _ => 0,
    };
    match byte {
        b'\t' | b'\n' | b'\r' => flags,
        0x00..=0x1f | 0x7f.. => flags | FOLDED,
        _ => flags,
    }
}

const fn joins_of(byte: u8) -> u64 {
    let mut joins = 0;
    let is_space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let is_of_number = is_space
        || matches!(
            byte,
            b'-' | b'.' | b'(' | b')' | b'_' | b',' | b':' | b'*' | b'|' | b'~' | b'"'
        );
    if is_of_number || byte == b'/' {
        joins |= Joint::NUMBER.0;
    }
    if is_of_number || byte == b'+' {
        joins |= Joint::NUMBER_IN_URL.0;
    }
    if is_space || matches!(byte, b'-' | b'.' | b'_' | b'+') {
        joins |= Joint::CODE.0;
    }
    if is_space || matches!(byte, b'-' | b'.' | b'_' | b'/' | b':' | b'+') {
        joins |= Joint::ACCOUNT.0;
    }
    joins
}

/// The places of these bits.
const TOKEN_MARK: u32 = 52;
const PLUS: u32 = 53;
const SLASH: u32 = 54;

const fn marks_of(byte: u8) -> u64 {
    match byte {
        b'-' | b'_' => 1 << TOKEN_MARK,
        b'+' => 1 << PLUS,
        b'/' => 1 << SLASH,
        _ => 0,
    }
}

const fn class_of(byte: u8) -> u64 {
    let count = match byte {
        b':' => COLON,
        b'-' => HYPHEN,
        b'.' => DOT,
        _ => 0,
    };
    joins_of(byte) | marks_of(byte) | ((flags_of(byte) as u64) << FLAGS) | count
}

static CLASS: [u64; 256] = {
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

/// The classes of some bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Classes {
    /// The flags, and what all of them join.
    all: u64,
    any: u64,
    counts: u64,
}

impl Classes {
    pub(super) const NONE: Self = Self {
        all: Joint::ALL,
        any: 0,
        counts: 0,
    };

    #[inline]
    pub(super) fn of(byte: u8) -> Self {
        let class = CLASS.get(usize::from(byte)).copied().unwrap_or(0);
        Self {
            all: class,
            any: class,
            counts: class & COUNT_BITS,
        }
    }

    /// Takes in those of one more byte, of 255 at most.
    #[inline]
    pub(super) const fn add(&mut self, other: Self) {
        self.all &= other.all;
        self.any |= other.any;
        self.counts += other.counts;
    }

    /// One if it is hyphen or underscore.
    #[inline]
    pub(super) const fn token_mark(&self) -> u64 {
        self.any >> TOKEN_MARK & 1
    }

    #[inline]
    pub(super) const fn plus(&self) -> u64 {
        self.any >> PLUS & 1
    }

    #[inline]
    pub(super) const fn slash(&self) -> u64 {
        self.any >> SLASH & 1
    }

    #[inline]
    pub(super) const fn equals(&self) -> u64 {
        self.any >> (FLAGS + EQUALS.trailing_zeros()) & 1
    }

    /// The flags of all.
    pub(super) const fn flags(&self) -> u64 {
        (self.any >> FLAGS) & FLAG_BITS
    }

    /// How many colons, hyphens and dots there are.
    pub(super) const fn counts(&self) -> [u8; 3] {
        let [colons, hyphens, dots, ..] = self.counts.to_le_bytes();
        [colons, hyphens, dots]
    }
}

/// Neither letters nor digits, up to the next word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    pub(super) len: usize,
    /// Of a gap of one byte, and the last of any.
    pub(super) last: u8,
    all: u64,
}

impl Gap {
    pub(super) const EMPTY: Self = Self {
        len: 0,
        last: 0,
        all: Joint::ALL,
    };

    /// Takes a part of a gap in.
    #[inline]
    pub(super) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            step();
            self.all &= Classes::of(*byte).all;
            self.last = *byte;
        }
        self.len += bytes.len();
    }

    /// Whether all of it joins.
    #[inline]
    pub(super) const fn is(&self, joint: Joint) -> bool {
        self.all & joint.0 != 0
    }

    /// Whether it is this byte and nothing else.
    #[inline]
    pub(super) const fn is_just(&self, byte: u8) -> bool {
        self.len == 1 && self.last == byte
    }
}
