//! Regular expressions from a configuration: no backtracking, bounded memory, bounded work.

use std::fmt;
use std::ops::Range;

use regex_automata::Input;
use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;

use super::RecognizerError;
use crate::pii::steps::step;

/// How far ahead a match is searched for at a time. An engine without backtracking is linear for one match, not for all
/// of them: it may look at everything behind each match to see whether it is longer. So it is shown a piece at a time,
/// and a match is at most half a piece long.
const WINDOW: usize = 512;
const MAX_MATCH: usize = WINDOW / 2;

/// A compiled regular expression.
#[derive(Clone)]
pub(in crate::pii) struct Pattern {
    regex: Regex,
}

impl Pattern {
    /// The longest pattern in bytes.
    pub(super) const MAX_BYTES: usize = 1_024;
    /// The most memory that a compiled pattern takes, and that each thread keeps beside it.
    pub(super) const MAX_COMPILED: usize = 1 << 20;

    pub(in crate::pii) fn new(pattern: &str) -> Result<Self, RecognizerError> {
        if pattern.len() > Self::MAX_BYTES {
            return Err(RecognizerError::PatternTooLong {
                bytes: pattern.len(),
            });
        }
        Self::compile(pattern, false)
    }

    /// Compiles a pattern whose length somebody else has checked.
    pub(super) fn compile(pattern: &str, ignore_case: bool) -> Result<Self, RecognizerError> {
        let syntax = syntax::Config::new()
            .utf8(false)
            .nest_limit(64)
            .case_insensitive(ignore_case);
        let hir = syntax::parse_with(pattern, &syntax).map_err(|error| not_a_pattern(&error))?;
        if hir.properties().minimum_len() == Some(0) {
            return Err(RecognizerError::MatchesEmpty);
        }
        let config = Config::new()
            .utf8_empty(false)
            .nfa_size_limit(Some(Self::MAX_COMPILED))
            .onepass_size_limit(Some(Self::MAX_COMPILED / 4))
            .dfa_size_limit(Some(Self::MAX_COMPILED / 4))
            .hybrid_cache_capacity(Self::MAX_COMPILED);
        let regex = Regex::builder()
            .configure(config)
            .build_from_hir(&hir)
            .map_err(|_| RecognizerError::PatternTooLarge)?;
        Ok(Self { regex })
    }

    /// The first match that starts at `from` or later.
    pub(super) fn find(&self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        let mut start = from;
        loop {
            step();
            let end = start.saturating_add(WINDOW).min(bytes.len());
            let found = self.find_within(bytes, start..end);
            let is_last = end == bytes.len();
            match found {
                Some(found) if is_last || found.start < start + MAX_MATCH => return Some(found),
                // It may go on behind the piece.
                Some(found) => start = found.start,
                None if is_last => return None,
                None => start += MAX_MATCH,
            }
        }
    }

    /// The first match in `range`, of which the bytes around are seen by `\b` and its like.
    pub(super) fn find_within(&self, bytes: &[u8], range: Range<usize>) -> Option<Range<usize>> {
        let found = self.regex.find(Input::new(bytes).range(range))?;
        (!found.is_empty()).then(|| found.range())
    }

    /// The longest text that is compared as a whole.
    const MAX_WHOLE: usize = 4_096;

    /// Whether the pattern, which has to be anchored at its end, fits the whole text.
    pub(in crate::pii) fn fits(&self, text: &str) -> bool {
        text.len() <= Self::MAX_WHOLE && self.regex.is_match(text)
    }

    /// A pattern that has to fit a whole text.
    pub(in crate::pii) fn whole(pattern: &str) -> Result<Self, RecognizerError> {
        // By itself first: `a)(b` would be one between parentheses.
        Self::new(pattern)?;
        Self::compile(&format!(r"\A(?:{pattern})\z"), false)
    }
}

/// Patterns may be as confidential as what they find.
impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pattern(…)")
    }
}

fn not_a_pattern(error: &regex_syntax::Error) -> RecognizerError {
    let (problem, offset) = match error {
        regex_syntax::Error::Parse(error) => (error.kind().to_string(), error.span().start.offset),
        regex_syntax::Error::Translate(error) => {
            (error.kind().to_string(), error.span().start.offset)
        }
        _ => ("it cannot be read".to_owned(), 0),
    };
    RecognizerError::Syntax { problem, offset }
}
