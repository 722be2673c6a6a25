//! Where words are joined to letters and digits in the places of an identifier.

use super::super::recognize::{FormsOfCodes, MAX_PIECES};
use super::super::steps::step;
use super::class::Class;
use super::hull::Hull;
use super::word::{Word, is_alphanumeric_before};

/// No identifier has more letters before its first digit.
const MOST_LETTERS: usize = 6;

/// Words that may begin an identifier which the next ones go on with.
#[derive(Debug, Clone, Copy)]
struct Begun {
    start: usize,
    forms: FormsOfCodes,
    len: u8,
    /// Whether the sign that divides digits follows the first word.
    has_sign: bool,
}

impl Begun {
    const fn at(start: usize) -> Self {
        Self {
            start,
            forms: FormsOfCodes::ALL,
            len: 0,
            has_sign: false,
        }
    }

    /// Adds a word; `false` if no identifier begins so.
    #[inline]
    fn add(&mut self, len: usize, digits: u64) -> bool {
        self.forms = self.forms.with(usize::from(self.len), len, digits);
        // What is longer has no form.
        self.len = self
            .len
            .saturating_add(u8::try_from(len).unwrap_or(u8::MAX));
        !self.forms.is_empty()
    }

    #[inline]
    fn is_whole(&self) -> bool {
        self.forms.is_whole(usize::from(self.len), self.has_sign)
    }
}

#[derive(Debug)]
pub(super) struct Codes {
    /// What was begun, with a digit in it, the oldest first.
    begun: [Begun; MAX_PIECES],
    count: usize,
    /// Where the last word ends that was read.
    end: usize,
    pub(super) hull: Hull,
}

impl Codes {
    pub(super) const fn new() -> Self {
        Self {
            begun: [Begun::at(0); MAX_PIECES],
            count: 0,
            end: 0,
            hull: Hull::EMPTY,
        }
    }

    /// Goes on with a word that has a digit, and with the letters after it.
    #[inline]
    pub(super) fn word(&mut self, word: &Word, bytes: &[u8]) {
        let joint = word.start.checked_sub(1);
        let is_joined = joint.is_some_and(|joint| joins(bytes, joint));
        if !is_joined && !FormsOfCodes::LENGTHS.contains(&word.len) && !joins(bytes, word.end()) {
            // Most words stand alone, and are too short or too long.
            self.count = 0;
            return;
        }
        if !is_joined || joint != Some(self.end) {
            self.count = 0;
        }
        if is_joined {
            self.begin_with_letters(word, bytes);
            self.go_on(word.start, word.len, word.digits, bytes);
        }
        let mut begun = Begun::at(word.start);
        if begun.add(word.len, word.digits) {
            if begun.is_whole() {
                self.hull.add(begun.start, word.end());
            }
            self.push(begun);
        }
        self.end = word.end();
        while self.count > 0 && joins(bytes, self.end) {
            let start = self.end + 1;
            let letters = letters_at(bytes, start);
            if letters == 0
                || bytes
                    .get(start + letters)
                    .is_some_and(u8::is_ascii_alphanumeric)
            {
                // A longer word is none of an identifier, and one with a digit comes next.
                break;
            }
            self.go_on(start, letters, 0, bytes);
            self.end = start + letters;
        }
    }

    /// Begins with each of the words of letters before the first digit.
    fn begin_with_letters(&mut self, word: &Word, bytes: &[u8]) {
        let mut starts = [0; MOST_LETTERS];
        let (mut count, mut letters, mut end) = (0, 0, word.start);
        while let Some(joint) = end.checked_sub(1)
            && joins(bytes, joint)
        {
            let len = letters_before(bytes, joint);
            letters += len;
            if len == 0 || letters > MOST_LETTERS || is_alphanumeric_before(bytes, joint - len) {
                break;
            }
            end = joint - len;
            if let Some(slot) = starts.get_mut(count) {
                *slot = end;
                count += 1;
            }
        }
        for (joints, start) in starts.iter().take(count).enumerate().rev() {
            let mut begun = Begun::at(*start);
            if begun.add(word.start - start - joints - 1, 0) {
                self.push(begun);
            }
        }
    }

    /// Adds a word to what was begun before it, and drops what cannot become an identifier any more.
    #[inline]
    fn go_on(&mut self, start: usize, len: usize, digits: u64, bytes: &[u8]) {
        let sign = start.checked_sub(1).and_then(|joint| bytes.get(joint));
        let is_sign = matches!(sign, Some(b'-' | b'+'));
        // Of as many as an identifier has words, the oldest has them all.
        let first = usize::from(self.count == MAX_PIECES);
        let mut kept = 0;
        for index in first..self.count {
            step();
            let Some(mut begun) = self.begun.get(index).copied() else {
                break;
            };
            begun.has_sign |= is_sign && index + 1 == self.count;
            if begun.add(len, digits)
                && let Some(slot) = self.begun.get_mut(kept)
            {
                *slot = begun;
                kept += 1;
                if begun.is_whole() {
                    self.hull.add(begun.start, start + len);
                }
            }
        }
        self.count = kept;
    }

    /// The oldest of too many has as many words as an identifier can have, and gets no more.
    #[inline]
    fn push(&mut self, begun: Begun) {
        if self.count == MAX_PIECES {
            self.begun.copy_within(1.., 0);
            self.count -= 1;
        }
        if let Some(slot) = self.begun.get_mut(self.count) {
            *slot = begun;
            self.count += 1;
        }
    }
}

fn joins(bytes: &[u8], joint: usize) -> bool {
    bytes
        .get(joint)
        .is_some_and(|byte| Class::of(*byte).has(Class::IN_CODE))
}

/// How many letters start at `start`, of more than an identifier has one more.
fn letters_at(bytes: &[u8], start: usize) -> usize {
    let bytes = bytes.get(start..).unwrap_or_default();
    let is_letter = |byte: &&u8| {
        step();
        byte.is_ascii_alphabetic()
    };
    let most = *FormsOfCodes::LENGTHS.end() + 1;
    bytes.iter().take(most).take_while(is_letter).count()
}

/// How many letters end at `end`, of more than an identifier begins with one more.
fn letters_before(bytes: &[u8], end: usize) -> usize {
    let bytes = bytes.get(..end).unwrap_or_default();
    let is_letter = |byte: &&u8| {
        step();
        byte.is_ascii_alphabetic()
    };
    let last = bytes.iter().rev().take(MOST_LETTERS + 1);
    last.take_while(is_letter).count()
}
