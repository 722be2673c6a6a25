//! Why a JSON text is refused.

/// Why a JSON text is refused. Positions are byte offsets; the text itself is never quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The text is longer than the caller allows.
    #[error("the JSON text is longer than {limit} bytes; send a smaller message")]
    TooLarge {
        /// The cap in bytes.
        limit: usize,
    },
    /// Containers are nested too deep.
    #[error("the JSON text nests deeper than {limit} levels; flatten it")]
    TooDeep {
        /// The cap in levels; the root container is level 1.
        limit: usize,
    },
    /// The bytes are not UTF-8, or start with a byte order mark.
    #[error(
        "the JSON text is not plain UTF-8 (RFC 8259 section 8.1); encode it as UTF-8 without byte order mark"
    )]
    Utf8,
    /// The text does not follow the grammar.
    #[error("the text is not valid JSON at byte {at}; emit it with a JSON library")]
    Syntax {
        /// Byte offset of the first byte that does not fit.
        at: usize,
    },
    /// A control character in a string, plain or escaped. Tab, line feed and carriage return are allowed escaped.
    #[error("the JSON text has a control character at byte {at}; remove it")]
    ControlCharacter {
        /// Byte offset of the character or its escape.
        at: usize,
    },
    /// A `\u` escape for half of a surrogate pair.
    #[error("the JSON text has a lone surrogate at byte {at}; escape whole characters")]
    LoneSurrogate {
        /// Byte offset of the escape.
        at: usize,
    },
    /// An object names a member twice; readers disagree on which one counts.
    #[error("an object in the JSON text repeats a key at byte {at}; send every key once")]
    DuplicateKey {
        /// Byte offset of the object that repeats a key.
        at: usize,
    },
}

impl JsonError {
    /// A stable name of the reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "wire.too_large",
            Self::TooDeep { .. } => "wire.depth",
            Self::Utf8 => "wire.utf8",
            Self::Syntax { .. } => "wire.json",
            Self::ControlCharacter { .. } => "wire.control_character",
            Self::LoneSurrogate { .. } => "wire.surrogate",
            Self::DuplicateKey { .. } => "wire.duplicate_key",
        }
    }
}
