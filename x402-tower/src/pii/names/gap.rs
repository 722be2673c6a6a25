//! What stands between two words.

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub(super) enum Gap {
    /// Nothing is before the word.
    #[default]
    Start,
    /// Nothing at all: the next hump of a camelCase name.
    Joined,
    Space,
    Hyphen,
    Underscore,
    /// A dot without a space.
    Dot,
    /// A dot and a space after a single letter or a title.
    Abbreviation,
    /// A dot, exclamation or question mark, and a space; or a line break.
    Sentence,
    Comma,
    /// `&` and a space, in a text.
    Ampersand,
    Slash,
    /// `&` or `;`, `?` or `#` of a URL.
    Parameter,
    /// `=` or `:`
    Key,
    /// Brackets or quotes.
    Enclosed,
    Apostrophe,
    Digits,
    Other,
}

impl Gap {
    /// Whether no name goes on after it.
    pub(super) const fn ends_segment(self) -> bool {
        matches!(
            self,
            Self::Start
                | Self::Sentence
                | Self::Slash
                | Self::Parameter
                | Self::Key
                | Self::Enclosed
                | Self::Other
        )
    }

    /// Which of two marks in one gap says more.
    pub(super) const fn rank(self) -> u8 {
        match self {
            Self::Joined => 0,
            Self::Space => 1,
            Self::Hyphen | Self::Underscore => 2,
            Self::Dot | Self::Apostrophe => 3,
            Self::Abbreviation => 4,
            Self::Comma | Self::Ampersand => 5,
            Self::Digits => 6,
            Self::Start => 7,
            Self::Sentence => 8,
            Self::Enclosed => 9,
            Self::Slash => 10,
            Self::Key => 11,
            Self::Parameter => 12,
            Self::Other => 13,
        }
    }
}
