//! What can be wrong with a recognizer or an exception from it.

use super::CustomRecognizer;
use super::pattern::Pattern;
use super::words::Words;
use crate::pii::{Allowed, Detector};

/// Why a recognizer or an [`Allowed`] text cannot be used. It quotes neither patterns nor words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecognizerError {
    /// The pattern is no regular expression of the `regex` crate.
    #[error(
        "the pattern is no regular expression ({problem} at byte {offset}): write it as the regex crate does"
    )]
    Syntax {
        /// What is wrong.
        problem: String,
        /// Where, in bytes.
        offset: usize,
    },
    /// The pattern is longer than [`CustomRecognizer::MAX_PATTERN_BYTES`].
    #[error(
        "the pattern has {bytes} bytes: use at most {}",
        CustomRecognizer::MAX_PATTERN_BYTES
    )]
    PatternTooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The pattern takes more memory than a megabyte once it is compiled.
    #[error(
        "the pattern grows beyond {} bytes: repeat less, and use smaller classes of characters",
        Pattern::MAX_COMPILED
    )]
    PatternTooLarge,
    /// The pattern fits the empty text, which is everywhere.
    #[error(
        "the pattern fits the empty text, which is everywhere: let it begin with something that has to be there"
    )]
    MatchesEmpty,
    /// There is no word in the list, or an empty one.
    #[error("the list has no word, or an empty one: name at least one")]
    NoWord,
    /// There are too many words, or one is too long.
    #[error(
        "at most {} words of at most {} bytes: use a shorter list, or a pattern",
        Words::MAX_WORDS,
        Words::MAX_BYTES
    )]
    TooManyWords,
    /// A score is above 100 or 0.
    #[error("a score of {score} is none: use 1 to 100 percent")]
    Score {
        /// What was given.
        score: u8,
    },
    /// The detector has as many recognizers as it can have.
    #[error(
        "a detector has at most {} recognizers of one's own: join some",
        Detector::MAX_RECOGNIZERS
    )]
    TooManyRecognizers,
    /// The detector has as many exceptions as it can have.
    #[error(
        "a detector has at most {} exceptions: join some to a pattern",
        Allowed::MAX
    )]
    TooManyAllowed,
}

impl RecognizerError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "pii.pattern.syntax",
            Self::PatternTooLong { .. } => "pii.pattern.too_long",
            Self::PatternTooLarge => "pii.pattern.too_large",
            Self::MatchesEmpty => "pii.pattern.matches_empty",
            Self::NoWord => "pii.words.none",
            Self::TooManyWords => "pii.words.too_many",
            Self::Score { .. } => "pii.recognizer.score",
            Self::TooManyRecognizers => "pii.recognizer.too_many",
            Self::TooManyAllowed => "pii.allow.too_many",
        }
    }
}
