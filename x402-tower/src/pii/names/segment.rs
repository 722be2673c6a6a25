//! Cuts a field into words: on spaces and punctuation, on the separators of URLs and slugs, and on the
//! humps of camelCase.

use std::ops::Range;

use super::super::steps::step;
use super::abbreviation::is_abbreviation;
use super::gap::Gap;
use super::letters::{Letter, char_at, letter};
use super::run::{Run, UUID, apostrophe, at, is_uuid};
use super::token::{Token, Zone};
use super::word::{WordBuilder, ascii_letter, identity};

/// Words that are decoded together. A longer field is cut where a segment ends.
pub(super) const WINDOW: usize = 64;

/// Letters beside a digit are no word unless there are more than these: `v2`, `h264`, `4th`.
const MAX_UNIT_LETTERS: u8 = 3;

/// Cuts one field into words, a window at a time.
#[derive(Debug)]
pub(super) struct Segmenter<'b> {
    bytes: &'b [u8],
    in_url: bool,
    /// What other recognizers claimed: sorted by start.
    taken: &'b [Range<usize>],
    position: usize,
    gap: Option<Gap>,
    spaced: bool,
    zone: Zone,
    key: u32,
    /// The last word: its identity and whether a dot after it ends no sentence.
    last: u32,
    last_is_short: bool,
}

impl<'b> Segmenter<'b> {
    pub(super) fn new(bytes: &'b [u8], in_url: bool, taken: &'b [Range<usize>]) -> Self {
        Self {
            bytes,
            in_url,
            taken,
            position: 0,
            gap: Some(Gap::Start),
            spaced: true,
            zone: if in_url { Zone::Path } else { Zone::Text },
            key: 0,
            last: 0,
            last_is_short: false,
        }
    }

    /// Appends words to the first `filled` of `window`, until it is full or the field ends. Returns how
    /// many there are then.
    pub(super) fn fill(&mut self, window: &mut [Token; WINDOW], mut filled: usize) -> usize {
        while filled < WINDOW {
            let byte = self.at(self.position);
            if self.position >= self.bytes.len() {
                break;
            }
            step();
            if let Some(end) = self.taken_end() {
                self.widen(Gap::Other);
                self.position = end;
            } else if byte.is_ascii_alphanumeric() || byte >= 0x80 {
                filled = self.run(window, filled);
            } else if byte == b'@' {
                filled = self.mailbox(window, filled);
            } else {
                self.punctuation(byte);
            }
        }
        filled
    }

    fn at(&self, position: usize) -> u8 {
        at(self.bytes, position)
    }

    fn taken_end(&mut self) -> Option<usize> {
        while let [first, rest @ ..] = self.taken {
            if first.end > self.position {
                break;
            }
            step();
            self.taken = rest;
        }
        self.taken
            .first()
            .filter(|range| range.start <= self.position)
            .map(|range| range.end)
    }

    /// Makes the gap before the next word at least as wide as `gap`.
    fn widen(&mut self, gap: Gap) {
        let wider = |current: Gap| gap.rank() > current.rank();
        if self.gap.is_none_or(wider) {
            self.gap = Some(gap);
        }
    }

    fn punctuation(&mut self, byte: u8) {
        let next = self.at(self.position + 1);
        let before = self.position.checked_sub(1).map_or(b' ', |p| self.at(p));
        let mut width = 1;
        match byte {
            b' ' | b'\t' => self.space(),
            b'+' if self.in_url => self.space(),
            b'\n' | b'\r' => {
                self.space();
                self.widen(Gap::Sentence);
            }
            b'-' if self.spaced && is_space(next) => self.widen(Gap::Other),
            b'-' => self.widen(Gap::Hyphen),
            b'_' => self.widen(Gap::Underscore),
            b'.' | b'!' if is_space(next) => self.widen(if self.last_is_short {
                Gap::Abbreviation
            } else {
                Gap::Sentence
            }),
            b'.' => self.widen(Gap::Dot),
            b'?' if is_space(next) && !self.in_url => self.widen(Gap::Sentence),
            b',' => self.widen(Gap::Comma),
            b'\'' if before.is_ascii_alphanumeric() && next.is_ascii_alphabetic() => {
                self.widen(Gap::Apostrophe);
            }
            b'&' if !self.in_url && is_space(next) => self.widen(Gap::Ampersand),
            b'?' | b'&' | b'#' | b';' => {
                if byte == b'?' && self.zone == Zone::Path {
                    self.zone = Zone::Query;
                }
                self.key = 0;
                self.widen(Gap::Parameter);
            }
            b':' if next == b'/' && self.at(self.position + 2) == b'/' => {
                width = 3 + self.host_length(self.position + 3);
                self.zone = Zone::Path;
                self.key = 0;
                self.widen(Gap::Other);
            }
            b'=' | b':' => {
                self.key = self.last;
                self.widen(Gap::Key);
            }
            b'/' => {
                if self.zone == Zone::Text && self.spaced {
                    self.zone = Zone::Path;
                }
                if self.zone != Zone::Query {
                    self.key = self.last;
                }
                self.widen(Gap::Slash);
            }
            b'"' | b'\'' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' | b'`' => {
                self.widen(Gap::Enclosed);
            }
            _ => self.widen(Gap::Other),
        }
        self.spaced = is_space(byte);
        self.position += width;
    }

    fn space(&mut self) {
        if !self.in_url {
            self.zone = Zone::Text;
        }
        self.widen(Gap::Space);
    }

    /// The length of a host and port that start at `start`.
    fn host_length(&self, start: usize) -> usize {
        let rest = self.bytes.get(start..).unwrap_or_default();
        rest.iter()
            .position(|byte| {
                step();
                b"/?# \t\r\n\"'<>()[]{},".contains(byte)
            })
            .unwrap_or(rest.len())
    }

    /// Letters and digits in a row: words, or a code that holds none.
    fn run(&mut self, window: &mut [Token; WINDOW], mut filled: usize) -> usize {
        let start = self.position;
        let (character, width) = char_at(self.bytes, start);
        if self.at(start) >= 0x80 && letter(character) == Letter::None {
            self.sign(character);
            self.spaced = false;
            self.position += width;
            return filled;
        }
        if is_uuid(self.bytes, start) {
            self.widen(Gap::Digits);
            self.spaced = false;
            self.position += UUID;
            return filled;
        }
        let run = Run::measure(self.bytes, start);
        self.spaced = false;
        if run.is_code(self.bytes, start) {
            self.widen(Gap::Digits);
            self.position = run.end;
            return filled;
        }
        while self.position < run.end && filled < WINDOW {
            if self.at(self.position).is_ascii_digit() {
                step();
                self.widen(Gap::Digits);
                self.position += 1;
                continue;
            }
            if let Some(token) = self.word(run.end)
                && let Some(slot) = window.get_mut(filled)
            {
                *slot = token;
                filled += 1;
            }
        }
        filled
    }

    /// Punctuation and signs outside ASCII.
    fn sign(&mut self, character: char) {
        match character {
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => self.space(),
            '\u{2010}' | '\u{2011}' => self.widen(Gap::Hyphen),
            '\u{2018}'..='\u{201f}' | '«' | '»' => self.widen(Gap::Enclosed),
            _ => self.widen(Gap::Other),
        }
    }

    /// The word that starts here and ends at a hump, at a digit, or where the run does.
    fn word(&mut self, run_end: usize) -> Option<Token> {
        let start = self.position;
        let mut builder = WordBuilder::default();
        let mut position = start;
        while position < run_end {
            step();
            let byte = self.at(position);
            if byte.is_ascii_digit() {
                break;
            }
            if let Some(width) = apostrophe(self.bytes, position) {
                let elides = builder.uppers == 0
                    && builder.letters <= 4
                    && self.at(position + width).is_ascii_uppercase();
                if elides {
                    break;
                }
                builder.apostrophe();
                position += width;
                continue;
            }
            let (found, width) = if byte.is_ascii() {
                (ascii_letter(byte), 1)
            } else {
                let (character, width) = char_at(self.bytes, position);
                (letter(character), width)
            };
            if let Letter::Latin { upper: true, .. } = found
                && builder.hump_before(self.at(position + width), self.at(position + width + 1))
            {
                break;
            }
            builder.push(found);
            position += width;
        }
        self.position = position.max(start + 1);
        let by_digit = self.at(position).is_ascii_digit()
            || start
                .checked_sub(1)
                .is_some_and(|before| self.at(before).is_ascii_digit());
        if let Some(width) = apostrophe(self.bytes, position) {
            // The elided article of `d'Alice` is a word of its own.
            self.position += width;
        }
        if builder.letters == 0 || (by_digit && builder.letters <= MAX_UNIT_LETTERS) {
            self.widen(Gap::Digits);
            return None;
        }
        let gap = self.gap.take().unwrap_or(Gap::Joined);
        if self.position > position {
            self.gap = Some(Gap::Apostrophe);
        }
        Some(self.token(start..position, gap, by_digit, &builder))
    }

    fn token(
        &mut self,
        span: Range<usize>,
        gap: Gap,
        by_digit: bool,
        builder: &WordBuilder,
    ) -> Token {
        if matches!(gap, Gap::Sentence | Gap::Parameter) || (gap == Gap::Enclosed && !self.in_url) {
            self.key = 0;
        }
        let word = identity(builder.hash);
        self.last = word;
        self.last_is_short = builder.letters == 1 || is_abbreviation(builder.hash);
        Token {
            start: u32::try_from(span.start).unwrap_or(u32::MAX),
            end: u32::try_from(span.end).unwrap_or(u32::MAX),
            hash: builder.hash,
            word,
            key: self.key,
            head: builder.head,
            tail: builder.tail,
            letters: builder.letters,
            shape: builder.shape(),
            gap,
            zone: self.zone,
            by_digit,
            ..Token::default()
        }
    }

    /// An `@`: the words that touch it belong to a mailbox or a handle, not to a text.
    fn mailbox(&mut self, window: &mut [Token; WINDOW], mut filled: usize) -> usize {
        let mut end = self.position;
        while filled > 0 {
            step();
            let Some(token) = window.get(filled - 1) else {
                break;
            };
            if token.end as usize != end {
                break;
            }
            filled -= 1;
            let touches = matches!(
                token.gap,
                Gap::Joined | Gap::Hyphen | Gap::Underscore | Gap::Dot
            );
            if !touches {
                break;
            }
            let separator = usize::from(token.gap != Gap::Joined);
            end = (token.start as usize).saturating_sub(separator);
        }
        self.widen(Gap::Other);
        self.spaced = false;
        self.position += 1;
        while self.at(self.position).is_ascii_alphanumeric()
            || matches!(self.at(self.position), b'.' | b'-' | b'_' | 0x80..)
        {
            step();
            self.position += 1;
        }
        filled
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0)
}
