//! Whether a key or word that names a value stands directly before it.

use super::super::steps::step;
use super::super::view::View;
use super::word_before::skip_connectors_back;

/// A word, or the words of a phrase, in lower case.
pub(super) type Phrase = &'static [&'static str];

/// Words between a key and its value that say nothing, as in `phone number is 415…` and `/phone?q=415…`.
pub(super) const FILLERS: &[&str] = &[
    "number", "numbers", "num", "no", "nr", "is", "was", "q", "query",
];
const MAX_FILLERS: usize = 3;

/// Phrases, and the letters with which one of them ends: most words end with another.
#[derive(Debug)]
pub(super) struct Phrases {
    phrases: &'static [Phrase],
    last_letters: u32,
}

impl Phrases {
    pub(super) const fn of(phrases: &'static [Phrase]) -> Self {
        let mut last_letters = 0;
        let mut rest = phrases;
        while let [[.., last], others @ ..] = rest {
            last_letters |= last_letter(last);
            rest = others;
        }
        Self {
            phrases,
            last_letters,
        }
    }

    pub(super) const fn phrases(&self) -> &'static [Phrase] {
        self.phrases
    }

    fn end_at(&self, view: &View<'_>, end: usize) -> bool {
        self.last_letters & letter_bit(view.before(end)) != 0
            && self
                .phrases
                .iter()
                .any(|phrase| ends_with_phrase(view, end, phrase))
    }
}

/// The letters with which words end.
pub(super) const fn last_letters(words: &[&str]) -> u32 {
    let mut letters = 0;
    let mut rest = words;
    while let [word, others @ ..] = rest {
        letters |= last_letter(word);
        rest = others;
    }
    letters
}

const fn last_letter(word: &str) -> u32 {
    match word.as_bytes() {
        [.., letter] => letter_bit(*letter),
        [] => 0,
    }
}

/// A bit for each letter in either case.
pub(super) const fn letter_bit(letter: u8) -> u32 {
    1 << (letter & 31)
}

/// The letters with which fillers end.
const FILLERS_END: u32 = last_letters(FILLERS);

/// Whether one of `phrases` stands directly before `position`: between them there may be punctuation
/// that joins a key and its value (`"ssn": "`, `ssn=`, `SSN #`) and filler words, never another value.
pub(super) fn preceded_by(view: &View<'_>, position: usize, phrases: &Phrases) -> bool {
    let mut end = skip_connectors_back(view, position);
    for _ in 0..=MAX_FILLERS {
        // Most numbers stand behind no word at all.
        if !view.before(end).is_ascii_alphabetic() {
            return false;
        }
        if phrases.end_at(view, end) {
            return true;
        }
        if FILLERS_END & letter_bit(view.before(end)) == 0 {
            return false;
        }
        match FILLERS
            .iter()
            .find_map(|filler| strip_word(view, end, filler))
        {
            Some(start) => end = skip_connectors_back(view, start),
            None => return false,
        }
    }
    false
}

fn ends_with_phrase(view: &View<'_>, end: usize, phrase: Phrase) -> bool {
    let mut words = phrase.iter().rev();
    let last = words.next().and_then(|word| strip_word(view, end, word));
    words
        .try_fold(last, |end, word| {
            let end = skip_connectors_back(view, end?);
            Some(strip_word(view, end, word))
        })
        .flatten()
        .is_some()
}

/// The start of `word` if it ends at `end`, as a whole word or one of a camelCase name.
fn strip_word(view: &View<'_>, end: usize, word: &str) -> Option<usize> {
    step();
    let start = end.checked_sub(word.len())?;
    let last = word.as_bytes().last()?;
    if !view.before(end).eq_ignore_ascii_case(last) {
        return None;
    }
    let found = view.slice(start..end);
    let matches = found.iter().zip(word.bytes()).all(|(byte, expected)| {
        step();
        byte.eq_ignore_ascii_case(&expected)
    });
    let starts_hump = found.first().is_some_and(u8::is_ascii_uppercase)
        && view.before(start).is_ascii_lowercase();
    (matches && (starts_hump || !view.before(start).is_ascii_alphabetic())).then_some(start)
}
