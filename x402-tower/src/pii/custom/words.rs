//! Lists of words, found whole.

use std::ops::Range;

use super::RecognizerError;
use super::pattern::Pattern;
use crate::pii::view::View;

/// How many shorter words are tried where a longer one goes on: `new` in `new yorkers`.
const MAX_SHORTER: usize = 8;

/// Words and phrases, of which the longest that fits is found.
#[derive(Debug, Clone)]
pub(super) struct Words {
    pattern: Pattern,
}

impl Words {
    /// How many words a list can have.
    pub(super) const MAX_WORDS: usize = 1_000;
    /// The longest word or phrase in bytes.
    pub(super) const MAX_BYTES: usize = 128;

    pub(super) fn new<W: AsRef<str>>(
        words: impl IntoIterator<Item = W>,
        ignore_case: bool,
    ) -> Result<Self, RecognizerError> {
        let mut patterns = Vec::new();
        for word in words {
            let word = word.as_ref().trim();
            if word.is_empty() {
                return Err(RecognizerError::NoWord);
            }
            if word.len() > Self::MAX_BYTES || patterns.len() == Self::MAX_WORDS {
                return Err(RecognizerError::TooManyWords);
            }
            patterns.push(pattern_of(word));
        }
        if patterns.is_empty() {
            return Err(RecognizerError::NoWord);
        }
        // The first alternative wins, and the longest is to.
        patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.len()));
        let pattern = Pattern::compile(&patterns.join("|"), ignore_case)?;
        Ok(Self { pattern })
    }

    /// The first whole word that starts at `from` or later.
    pub(super) fn find(&self, view: &View<'_>, from: usize) -> Option<Range<usize>> {
        let mut from = from;
        loop {
            let found = self.pattern.find(view.bytes(), from)?;
            if let Some(whole) = self.whole_word(view, found.clone()) {
                return Some(whole);
            }
            from = found.start + 1;
        }
    }

    /// Whether a whole word stands in `range`.
    pub(super) fn stand_in(&self, view: &View<'_>, range: Range<usize>) -> bool {
        let mut start = range.start;
        while let Some(found) = self.pattern.find_within(view.bytes(), start..range.end) {
            start = found.start + 1;
            if self.whole_word(view, found).is_some() {
                return true;
            }
        }
        false
    }

    fn whole_word(&self, view: &View<'_>, found: Range<usize>) -> Option<Range<usize>> {
        if goes_on(view.char_before(found.start)) {
            return None;
        }
        let mut found = found;
        for _ in 0..MAX_SHORTER {
            if !goes_on(view.char_at(found.end)) {
                return Some(found);
            }
            let shorter = self
                .pattern
                .find_within(view.bytes(), found.start..found.end - 1)?;
            if shorter.start != found.start {
                return None;
            }
            found = shorter;
        }
        None
    }
}

/// The words of a phrase may be joined as paths and keys join them.
fn pattern_of(phrase: &str) -> String {
    let words: Vec<_> = phrase
        .split_whitespace()
        .map(regex_syntax::escape)
        .collect();
    words.join(r"[\s+_.-]{1,4}")
}

fn goes_on(neighbour: Option<char>) -> bool {
    neighbour.is_some_and(char::is_alphanumeric)
}
