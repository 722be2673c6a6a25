//! Which alphabets a byte belongs to, looked up in one table: recognizers ask that of every byte.

/// A set of alphabets, one bit each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alphabet(u8);

impl Alphabet {
    pub(super) const LETTER: Self = Self(1);
    pub(super) const DIGIT: Self = Self(1 << 1);
    pub(super) const ALPHANUMERIC: Self = Self(Self::LETTER.0 | Self::DIGIT.0);
    pub(super) const HEX: Self = Self(1 << 2);
    /// Letters, digits, hyphen and underscore: base64url.
    pub(super) const TOKEN: Self = Self(1 << 3);
    /// Those and plus and slash: both forms of base64.
    pub(super) const VALUE: Self = Self(1 << 4);
    /// Those and the padding.
    pub(super) const ENCODED: Self = Self(1 << 5);

    /// What joins a key to its value: spaces and punctuation, but no comma.
    pub(super) const CONNECTOR: Self = Self(1 << 6);

    /// What may stand between the parts of a list, or between a key and its value.
    pub(super) const IN_LIST: Self = Self(1 << 7);

    /// Whether `byte` belongs to one of them.
    #[inline]
    pub(super) const fn has(self, byte: u8) -> bool {
        Self::of(byte) & self.0 != 0
    }

    #[expect(clippy::indexing_slicing, reason = "a byte is always below 256")]
    #[inline]
    const fn of(byte: u8) -> u8 {
        TABLE[byte as usize]
    }
}

const fn alphabets_of(byte: u8) -> u8 {
    let mut alphabets = match byte {
        b'a'..=b'z' | b'A'..=b'Z' => Alphabet::LETTER.0,
        b'0'..=b'9' => Alphabet::DIGIT.0,
        _ => 0,
    };
    if matches!(
        byte,
        b' ' | b'\t'
            | b'\r'
            | b'\n'
            | b':'
            | b'='
            | b'#'
            | b'"'
            | b'\''
            | b'\\'
            | b'-'
            | b'_'
            | b'.'
            | b'/'
            | b'('
            | b')'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'<'
            | b'>'
            | b'*'
            | b'|'
            | b'~'
    ) {
        alphabets |= Alphabet::CONNECTOR.0;
    }
    if matches!(
        byte,
        b'&' | b';'
            | b','
            | b'|'
            | b'\n'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'/'
            | b'?'
            | b'#'
            | b' '
            | b'='
            | b':'
    ) {
        alphabets |= Alphabet::IN_LIST.0;
    }
    if byte.is_ascii_hexdigit() {
        alphabets |= Alphabet::HEX.0;
    }
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
        alphabets |= Alphabet::TOKEN.0;
    }
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/') {
        alphabets |= Alphabet::VALUE.0;
    }
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/' | b'=') {
        alphabets |= Alphabet::ENCODED.0;
    }
    alphabets
}

static TABLE: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0u8;
    loop {
        #[expect(
            clippy::indexing_slicing,
            reason = "a byte is always below 256; checked at compile time"
        )]
        {
            table[byte as usize] = alphabets_of(byte);
        }
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};
