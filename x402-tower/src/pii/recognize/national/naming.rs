//! Which key or words stand beside a value.

use std::ops::Range;

use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::word_before::{begins_word_of_name, skip_connectors_back};

/// Names of a kind, lower case and without what joins their words: `taxfilenumber` also stands for
/// `tax_file_number`, `taxFileNumber` and `Tax file number`.
pub(super) type Keys = &'static [&'static str];

/// A Thai name takes three bytes for each letter.
const CAPACITY: usize = 96;
const MAX_WORDS: usize = 12;
const MAX_JOINERS: usize = 2;
/// How many words that say nothing may stand between a name and the value.
const MAX_LINKS: usize = 7;

/// Words that say nothing about the value: `the NHS number of the patient is …`, `/nhs/lookup?q=…`, `nif_es=…`.
pub(in super::super) const LINKS: &[&str] = &[
    "number",
    "numbers",
    "num",
    "no",
    "nr",
    "nummer",
    "numer",
    "numero",
    "número",
    "numéro",
    "संख्या",
    "नंबर",
    // As they read once marks are taken away.
    "सखय",
    "नबर",
    "id",
    "ids",
    "code",
    "card",
    "value",
    "v",
    "q",
    "query",
    "input",
    "field",
    "document",
    "scan",
    "form",
    "is",
    "was",
    "are",
    "ist",
    "lautet",
    "es",
    "est",
    "the",
    "my",
    "your",
    "his",
    "her",
    "their",
    "our",
    "a",
    "an",
    "of",
    "for",
    "with",
    "from",
    "in",
    "on",
    "to",
    "by",
    "patient",
    "patients",
    "client",
    "customer",
    "user",
    "users",
    "holder",
    "person",
    "cliente",
    "kunde",
    "paciente",
    "paziente",
    "titular",
    "del",
    "della",
    "des",
    "du",
    "der",
    "lookup",
    "search",
    "verify",
    "check",
    "validate",
    "get",
    "au",
    "ca",
    "de",
    "fi",
    "gb",
    "it",
    "kr",
    "pl",
    "se",
    "sg",
    "th",
    "tr",
    "uk",
    "us",
    "za",
];
/// Words that tie a value to a name that follows it.
const VERBS: &[&str] = &["is", "was", "as", "ist", "es", "est"];

/// Parameters that tell what kind of value another one has.
const KIND_PARAMETERS: &[&[u8]] = &[
    b"type=",
    b"kind=",
    b"key=",
    b"id_type=",
    b"idType=",
    b"document_type=",
    b"documentType=",
    b"doctype=",
    b"scheme=",
];

/// Names of the identity number of a country that does not say which.
pub(super) const NATIONAL_ID: Keys = &[
    "nationalid",
    "nationalidnumber",
    "nationalidno",
    "nationalidentity",
    "nationalidentitynumber",
    "nationalidentification",
    "nationalidentificationnumber",
    "nationalnumber",
    "personalid",
    "personalidnumber",
    "personalidentity",
    "personalidentitynumber",
    "personalidentification",
    "personalidentificationnumber",
    "identitynumber",
    "identitycard",
    "citizenid",
    "nin",
];

/// The words before a value, run together in lower case.
#[derive(Debug)]
pub(super) struct Label {
    /// Filled from the end.
    letters: [u8; CAPACITY],
    start: usize,
    /// A bit for every letter that begins a word.
    word_starts: u128,
}

impl Label {
    /// Reads back from `position` over words and what joins them to a value, up to anything else: a
    /// digit, a comma, `&`.
    pub(super) fn before(view: &View<'_>, position: usize) -> Self {
        let mut label = Self {
            letters: [0; CAPACITY],
            start: CAPACITY,
            word_starts: 0,
        };
        let mut end = position;
        for _ in 0..MAX_WORDS {
            end = skip_connectors_back(view, end);
            let word_end = end;
            while is_letter(view.before(end)) && label.push(view, end) {
                end -= 1;
            }
            if end == word_end {
                break;
            }
        }
        label
    }

    fn push(&mut self, view: &View<'_>, end: usize) -> bool {
        step();
        let Some((slot, start)) = self
            .start
            .checked_sub(1)
            .and_then(|start| Some((self.letters.get_mut(start)?, start)))
        else {
            return false;
        };
        let (letter, previous, next) = (
            view.before(end),
            view.before(end.saturating_sub(1)),
            view.at(end),
        );
        *slot = letter.to_ascii_lowercase();
        self.start = start;
        if begins_word_of_name(previous, letter, next) || !is_letter(previous) {
            self.word_starts |= 1 << start;
        }
        true
    }

    /// Whether one of `keys` names the value, with nothing but [`LINKS`] between.
    pub(super) fn names(&self, keys: Keys) -> bool {
        let mut end = CAPACITY;
        for _ in 0..=MAX_LINKS {
            if keys.iter().any(|key| self.ends_with(end, key.as_bytes())) {
                return true;
            }
            match self.last_word(end) {
                Some(word) if LINKS.iter().any(|link| self.is(&word, link)) => end = word.start,
                _ => return false,
            }
        }
        false
    }

    /// Whether the word next to the value is one of these.
    pub(super) fn last_word_is_one_of(&self, words: &[&str]) -> bool {
        self.last_word(CAPACITY)
            .is_some_and(|last| words.iter().any(|word| self.is(&last, word)))
    }

    fn ends_with(&self, end: usize, key: &[u8]) -> bool {
        step();
        let Some(start) = end.checked_sub(key.len()).filter(|at| *at >= self.start) else {
            return false;
        };
        // Thai and Korean run words together.
        let begins_word = self.word_starts & (1 << start) != 0 || !key.is_ascii();
        begins_word && self.letters.get(start..end) == Some(key)
    }

    fn last_word(&self, end: usize) -> Option<Range<usize>> {
        (self.start..end)
            .rev()
            .find(|at| self.word_starts & (1 << at) != 0)
            .map(|start| start..end)
    }

    fn is(&self, word: &Range<usize>, expected: &str) -> bool {
        self.letters.get(word.clone()) == Some(expected.as_bytes())
    }
}

/// Whether one of `keys` follows a value that ends at `end`, in parentheses, after a verb or as the
/// kind of the value: `… (NHS)`, `… is my NHS number`, `…?type=nhs`. A key that has a value of its own names that one.
pub(super) fn followed_by(view: &View<'_>, end: usize, keys: Keys) -> bool {
    if matches!(view.at(end), b'?' | b'&') {
        return KIND_PARAMETERS.iter().any(|parameter| {
            let value = end + 1 + parameter.len();
            view.slice(end + 1..value).eq_ignore_ascii_case(parameter)
                && keys.iter().any(|key| starts_with_key(view, value, key))
        });
    }
    let mut position = end + usize::from(view.is_space(view.at(end)));
    if matches!(view.at(position), b'(' | b'[') {
        position += 1;
    } else {
        let verb = VERBS.iter().find_map(|verb| word_end(view, position, verb));
        match verb {
            Some(after) if position > end => position = after,
            _ => return false,
        }
    }
    for _ in 0..=MAX_LINKS {
        if keys.iter().any(|key| starts_with_key(view, position, key)) {
            return true;
        }
        match LINKS.iter().find_map(|link| word_end(view, position, link)) {
            Some(after) => position = after,
            None => return false,
        }
    }
    false
}

/// Whether [`followed_by`] may find a key: from the next two or three bytes on, most values are followed by none.
pub(super) fn may_be_followed(view: &View<'_>, end: usize) -> bool {
    let next = view.at(end);
    let after = view.at(end + 1);
    match next {
        b'?' | b'&' => KIND_PARAMETERS.iter().any(
            |parameter| matches!(parameter, [first, ..] if first.eq_ignore_ascii_case(&after)),
        ),
        b'(' | b'[' => true,
        next if view.is_space(next) => {
            let starts = |verb: &&str| {
                let found = view.slice(end + 1..end + 3);
                matches!(verb.as_bytes().first_chunk::<2>(), Some(two) if two.eq_ignore_ascii_case(found))
            };
            matches!(after, b'(' | b'[') || VERBS.iter().any(starts)
        }
        _ => false,
    }
}

/// Where the next word begins if `word` stands at `position`.
fn word_end(view: &View<'_>, position: usize, word: &str) -> Option<usize> {
    step();
    let end = position + word.len();
    let found = view.slice(position..end);
    (found.eq_ignore_ascii_case(word.as_bytes()) && view.is_space(view.at(end))).then_some(end + 1)
}

fn starts_with_key(view: &View<'_>, start: usize, key: &str) -> bool {
    let mut position = start;
    for (index, expected) in key.bytes().enumerate() {
        // `T.C. Kimlik`
        for _ in 0..MAX_JOINERS {
            step();
            let byte = view.at(position);
            let joins = matches!(byte, b'-' | b'_' | b'.') || view.is_space(byte);
            position += usize::from(index > 0 && joins);
        }
        if !view.at(position).eq_ignore_ascii_case(&expected) {
            return false;
        }
        position += 1;
    }
    let next = view.at(position);
    !is_letter(next) && !next.is_ascii_digit() && !matches!(next, b'=' | b':' | b'"')
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii()
}
