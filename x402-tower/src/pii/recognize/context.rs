//! Whether a key or word that names a value stands directly before it.

use super::super::steps::step;
use super::super::view::View;

/// A word, or the words of a phrase, in lower case.
pub(super) type Phrase = &'static [&'static str];

/// Words between a key and its value that say nothing, as in `phone number is 415…` and `/phone?q=415…`.
const FILLERS: &[&str] = &[
    "number", "numbers", "num", "no", "nr", "is", "was", "q", "query",
];
const MAX_FILLERS: usize = 3;
const MAX_CONNECTORS: usize = 8;

/// Whether one of `phrases` stands directly before `position`: between them there may be punctuation
/// that joins a key and its value (`"ssn": "`, `ssn=`, `SSN #`) and filler words, never another value.
pub(super) fn preceded_by(view: &View<'_>, position: usize, phrases: &[Phrase]) -> bool {
    let mut end = skip_connectors_back(view, position);
    for _ in 0..=MAX_FILLERS {
        // Most numbers stand behind no word at all.
        if !view.before(end).is_ascii_alphabetic() {
            return false;
        }
        if phrases
            .iter()
            .any(|phrase| ends_with_phrase(view, end, phrase))
        {
            return true;
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

fn skip_connectors_back(view: &View<'_>, end: usize) -> usize {
    let count = (0..MAX_CONNECTORS)
        .take_while(|back| {
            step();
            let byte = view.before(end.saturating_sub(*back));
            let joins = b" \t\r\n:=#\"'\\-_.()[]{}<>/*|~".contains(&byte);
            *back < end && (joins || (view.in_url() && matches!(byte, b'+' | b'?')))
        })
        .count();
    end - count
}
