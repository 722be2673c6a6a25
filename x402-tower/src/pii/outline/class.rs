//! What a byte says of a field.

/// What bytes say, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Class(u16);

impl Class {
    pub(super) const NONE: Self = Self(0);
    pub(super) const AT: Self = Self(1);
    pub(super) const SEPARATOR: Self = Self(1 << 1);
    pub(super) const PERCENT: Self = Self(1 << 2);
    pub(super) const AMPERSAND: Self = Self(1 << 3);
    pub(super) const BACKSLASH: Self = Self(1 << 4);
    pub(super) const EQUALS: Self = Self(1 << 5);
    pub(super) const BRACKET: Self = Self(1 << 6);
    /// Not ASCII, or a control character that is no white space: text that is searched folded as well.
    pub(super) const FOLDED: Self = Self(1 << 7);
    /// What a reference of HTML ends with or has at its start.
    pub(super) const REFERENCE: Self = Self(1 << 8);
    /// What joins groups of digits to a number, but for what has a mask of its own.
    pub(super) const JOINER: Self = Self(1 << 9);

    #[inline]
    pub(super) fn of(byte: u8) -> Self {
        CLASSES
            .get(usize::from(byte))
            .copied()
            .unwrap_or(Self::NONE)
    }

    #[inline]
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This if `holds`.
    #[inline]
    pub(super) const fn only_if(self, holds: bool) -> Self {
        if holds { self } else { Self::NONE }
    }

    /// Whether one of `others` is among them.
    #[inline]
    pub(super) const fn has(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    const fn of_byte(byte: u8) -> Self {
        match byte {
            b'@' => Self::AT,
            b'%' => Self::PERCENT,
            b'&' => Self::AMPERSAND.and(Self::SEPARATOR),
            b';' => Self::SEPARATOR.and(Self::REFERENCE),
            b'#' => Self::REFERENCE,
            b'/' => Self::SEPARATOR,
            b'\n' | b',' | b'|' => Self::SEPARATOR.and(Self::JOINER),
            b' ' | b'\t' | b'\r' | b')' | b'*' | b'~' | b'"' => Self::JOINER,
            b'\\' => Self::BACKSLASH,
            b'=' => Self::EQUALS.and(Self::SEPARATOR),
            b'(' => Self::BRACKET.and(Self::JOINER),
            b'<' => Self::BRACKET,
            b'[' | b'{' => Self::BRACKET.and(Self::SEPARATOR),
            0x00..=0x1f | 0x7f.. => Self::FOLDED,
            _ => Self::NONE,
        }
    }
}

static CLASSES: [Class; 256] = {
    let mut table = [Class::NONE; 256];
    let mut byte = 0u8;
    loop {
        #[expect(
            clippy::indexing_slicing,
            reason = "a byte is always below 256; checked at compile time"
        )]
        {
            table[byte as usize] = Class::of_byte(byte);
        }
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};
