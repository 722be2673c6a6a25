//! Keys of services, which start with letters of their own.

use std::ops::Range;

use super::super::super::EntityType;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::{Hits, score};
use super::service_keys::{DOTTED, KEYS, first_with, may_start};
use super::token::length_of;
use super::{crc32, is_token};

/// What stands after a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    Alnum,
    /// Letters, digits and underscore.
    Word,
    /// Letters, digits, hyphen and underscore.
    Url,
    /// Letters, digits, plus and slash.
    Base64,
    /// Capital letters and digits.
    Upper,
    Hex,
}

impl Alphabet {
    const fn has(self, byte: u8) -> bool {
        match self {
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Word => byte.is_ascii_alphanumeric() || byte == b'_',
            Self::Url => is_token(byte),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'),
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Hex => byte.is_ascii_hexdigit(),
        }
    }
}

/// One form of keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServiceKey {
    pub(super) prefix: &'static str,
    pub(super) alphabet: Alphabet,
    /// How many characters follow the prefix at least.
    pub(super) least: usize,
    pub(super) check: Check,
}

/// What else has to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// The prefix is found nowhere else.
    Nothing,
    /// The prefix starts a word: others end like it.
    WordStart,
    /// As many characters as said follow, not more.
    Exactly,
    /// Both.
    ExactWord,
    /// The last six characters are a CRC-32.
    Crc,
}

/// So many letters and digits in a row are no words, whatever they are.
const WORDLESS: usize = 30;
/// No key is longer; what comes after that is not looked at, so that the work stays bounded.
const LONGEST: usize = 2_048;

pub(super) fn find(view: &View<'_>, run: &Range<usize>, hits: &mut Hits) {
    let mut position = run.start;
    while let Some(start) = next_start(view, position..run.end) {
        position = start + 1;
        if let Some((end, score)) = match_at(view, run, start) {
            position = end;
            hits.push(EntityType::Secret, start..end, score);
        }
    }
}

/// The next place in a range where a prefix may start.
fn next_start(view: &View<'_>, range: Range<usize>) -> Option<usize> {
    let mut pairs = view.slice(range.clone()).windows(2);
    let ahead = pairs.position(|pair| {
        step();
        matches!(pair, [first, second] if may_start(*first, *second))
    })?;
    Some(range.start + ahead)
}

fn match_at(view: &View<'_>, run: &Range<usize>, position: usize) -> Option<(usize, u8)> {
    let first = view.at(position);
    KEYS.get(first_with(first)?..)?
        .iter()
        .take_while(|key| key.prefix.as_bytes().first() == Some(&first))
        .find_map(|key| ends_at(view, run, position, key))
}

fn ends_at(
    view: &View<'_>,
    run: &Range<usize>,
    position: usize,
    key: &ServiceKey,
) -> Option<(usize, u8)> {
    step();
    let body = position + key.prefix.len();
    // Most words go on otherwise after the first letter.
    if key.prefix.as_bytes().get(1) != Some(&view.at(position + 1))
        || body > run.end
        || view.slice(position..body) != key.prefix.as_bytes()
    {
        return None;
    }
    let starts_word = !view.before(position).is_ascii_alphanumeric();
    if matches!(key.check, Check::WordStart | Check::ExactWord) && !starts_word {
        return None;
    }
    let exact = matches!(key.check, Check::Exactly | Check::ExactWord);
    let looked_at = length_of(view, body, key.least.max(WORDLESS) + 1, |byte| {
        key.alphabet.has(byte)
    });
    if looked_at < key.least || (exact && looked_at != key.least) {
        return None;
    }
    let characters = view.slice(body..body + looked_at);
    let may_be_words =
        looked_at < WORDLESS || matches!(key.alphabet, Alphabet::Url | Alphabet::Word);
    if may_be_words && !exact && !looks_random(characters) {
        return None;
    }
    let rest = length_of(view, body + looked_at, LONGEST, |byte| {
        key.alphabet.has(byte)
    });
    let checked = key.check == Check::Crc && characters.get(..key.least).is_some_and(crc32::holds);
    let score = if checked {
        score::CHECKSUM
    } else {
        score::UNMISTAKABLE
    };
    Some((body + looked_at + rest, score))
}

/// Whether characters are more than words: they have a digit, or capitals in the middle of small letters.
fn looks_random(characters: &[u8]) -> bool {
    let humps = characters.windows(2).filter(|pair| {
        step();
        matches!(pair, [left, right] if left.is_ascii_lowercase() && right.is_ascii_uppercase())
    });
    characters.iter().any(|byte| {
        step();
        byte.is_ascii_digit()
    }) || humps.count() >= 4
}

/// Keys whose parts are joined by characters that end a run; `run` is the longest part.
pub(super) fn in_parts(view: &View<'_>, run: &Range<usize>) -> Option<Range<usize>> {
    dot_prefixed(view, run)
        .or_else(|| telegram(view, run))
        .or_else(|| discord(view, run))
        .or_else(|| slack_hook(view, run))
}

/// What follows a prefix with a dot, with all further parts.
fn dot_prefixed(view: &View<'_>, run: &Range<usize>) -> Option<Range<usize>> {
    if view.before(run.start) != b'.' {
        return None;
    }
    let start = DOTTED.iter().find_map(|(prefix, least)| {
        step();
        let start = run.start.checked_sub(prefix.len())?;
        let starts = view.slice(start..run.start) == prefix.as_bytes();
        let starts_word = !view.before(start).is_ascii_alphanumeric();
        (starts && starts_word && run.len() >= *least).then_some(start)
    })?;
    let rest = length_of(view, run.end, LONGEST, |byte| {
        is_token(byte) || byte == b'.'
    });
    let is_key = looks_random(view.slice(run.start..run.end + rest));
    is_key.then_some(start..run.end + rest)
}

/// A bot's number, a colon and 35 characters that start with `AA`.
fn telegram(view: &View<'_>, run: &Range<usize>) -> Option<Range<usize>> {
    if run.len() != 35 || view.slice(run.start..run.start + 2) != b"AA" {
        return None;
    }
    let colon = run.start.checked_sub(1)?;
    let digits = (0..16)
        .take_while(|back| {
            step();
            *back < colon && view.before(colon - back).is_ascii_digit()
        })
        .count();
    ((6..16).contains(&digits) && view.at(colon) == b':').then_some(colon - digits..run.end)
}

/// The base64 of a number of 17 to 20 digits, six characters of time and at least 27 more.
fn discord(view: &View<'_>, run: &Range<usize>) -> Option<Range<usize>> {
    let is_number = (23..=28).contains(&run.len())
        && matches!(view.at(run.start), b'M' | b'N' | b'O')
        && view.at(run.end) == b'.';
    let middle = run.end + 1;
    if !is_number || view.at(middle + 6) != b'.' || length_of(view, middle, 7, is_token) != 6 {
        return None;
    }
    let last = middle + 7;
    let length = length_of(view, last, 40, is_token);
    (length >= 27).then_some(run.start..last + length)
}

/// The path of a Slack webhook: `T…/B…/` and 24 characters.
fn slack_hook(view: &View<'_>, run: &Range<usize>) -> Option<Range<usize>> {
    if run.len() != 24 {
        return None;
    }
    let channel = segment_before(view, run.start, b'B')?;
    let team = segment_before(view, channel, b'T')?;
    Some(team..run.end)
}

/// The start of a path segment that ends before `end` and is `letter` with 8 to 12 capitals and digits.
fn segment_before(view: &View<'_>, end: usize, letter: u8) -> Option<usize> {
    let slash = end.checked_sub(1).filter(|slash| view.at(*slash) == b'/')?;
    let length = (0..14)
        .take_while(|back| {
            step();
            *back < slash && Alphabet::Upper.has(view.before(slash - back))
        })
        .count();
    let start = slash - length;
    ((9..=13).contains(&length) && view.at(start) == letter).then_some(start)
}
