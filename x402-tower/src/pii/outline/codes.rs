//! Where words are joined to letters and digits in the places of an identifier.

use super::super::recognize::{LONGEST_CODE, MAX_PIECES, may_be_whole_code, may_begin_code};
use super::gap::{Gap, Joint};
use super::hull::Hull;
use super::word::Word;

/// No identifier has more letters before its first digit.
const MOST_LETTERS: usize = 6;

/// Words that may begin an identifier which the next ones go on with.
#[derive(Debug, Clone, Copy)]
struct Begun {
    start: usize,
    len: usize,
    digits: u32,
    /// Whether the sign that divides digits follows the first word, or may.
    has_sign: bool,
}

impl Begun {
    const fn at(start: usize) -> Self {
        Self {
            start,
            len: 0,
            digits: 0,
            has_sign: false,
        }
    }

    /// Adds a word; `false` if no identifier begins so.
    fn add(&mut self, word: &Word) -> bool {
        if self.len + word.len > LONGEST_CODE {
            return false;
        }
        let [low, high, ..] = word.digits.to_le_bytes();
        self.digits |= u32::from(u16::from_le_bytes([low, high])) << self.len;
        self.len += word.len;
        may_begin_code(self.len, self.digits)
    }
}

#[derive(Debug)]
pub(super) struct Codes {
    /// What was begun, with a digit in it, the oldest first.
    begun: [Begun; MAX_PIECES],
    count: usize,
    /// Where words of letters start that the next word may go on with, and how many letters they have.
    words: [usize; MOST_LETTERS],
    word_count: usize,
    letters: usize,
    pub(super) hull: Hull,
}

impl Codes {
    pub(super) const fn new() -> Self {
        Self {
            begun: [const { Begun::at(0) }; MAX_PIECES],
            count: 0,
            words: [0; MOST_LETTERS],
            word_count: 0,
            letters: 0,
            hull: Hull::EMPTY,
        }
    }

    /// Most words have no digits, and stand beside none.
    #[inline]
    pub(super) fn letters(&mut self, gap: &Gap, word: &Word) {
        if gap.len != 1 || !gap.is(Joint::CODE) {
            (self.count, self.word_count, self.letters) = (0, 0, 0);
        } else if self.count > 0 {
            self.go_on(gap, word);
        }
        if word.len > MOST_LETTERS {
            (self.word_count, self.letters) = (0, 0);
            return;
        }
        while self.letters + word.len > MOST_LETTERS {
            self.drop_oldest_word(word);
        }
        if let Some(slot) = self.words.get_mut(self.word_count) {
            *slot = word.start;
            self.word_count += 1;
            self.letters += word.len;
        }
    }

    /// Leaves the first of the words of letters before `next`, with one byte between each of them.
    fn drop_oldest_word(&mut self, next: &Word) {
        let [first, second, ..] = self.words;
        let after = if self.word_count > 1 {
            second
        } else {
            next.start
        };
        self.letters = self.letters.saturating_sub(after - first - 1);
        self.words.copy_within(1.., 0);
        self.word_count = self.word_count.saturating_sub(1);
    }

    pub(super) fn word(&mut self, gap: &Gap, word: &Word) {
        if gap.len != 1 || !gap.is(Joint::CODE) {
            (self.count, self.word_count, self.letters) = (0, 0, 0);
        } else if self.count + self.word_count > 0 {
            self.begin_with_letters(word);
            self.go_on(gap, word);
        }
        if let Some(begun) = self.added(Begun::at(word.start), word) {
            self.push(begun);
        }
    }

    /// Begins with each of the words of letters before the first digit.
    fn begin_with_letters(&mut self, next: &Word) {
        let words = self.words;
        let mut joints = self.word_count;
        for start in words.into_iter().take(self.word_count) {
            let letters = next.start - start - joints;
            joints -= 1;
            self.push(Begun {
                len: letters,
                ..Begun::at(start)
            });
        }
        (self.word_count, self.letters) = (0, 0);
    }

    /// Adds a word to what was begun before it, and drops what cannot become an identifier any more.
    fn go_on(&mut self, gap: &Gap, word: &Word) {
        let is_sign = matches!(gap.last, b'-' | b'+');
        let begun = self.begun;
        let count = std::mem::take(&mut self.count);
        for (mut begun, index) in begun.into_iter().take(count).zip(1..) {
            begun.has_sign |= is_sign && index == count;
            if let Some(begun) = self.added(begun, word) {
                self.push(begun);
            }
        }
    }

    /// What was begun with one more word; `None` if no identifier begins so.
    fn added(&mut self, mut begun: Begun, word: &Word) -> Option<Begun> {
        if !begun.add(word) {
            return None;
        }
        if may_be_whole_code(begun.len, begun.digits, begun.has_sign) {
            self.hull.add(begun.start, word.end());
        }
        Some(begun)
    }

    /// The oldest of too many has as many words as an identifier can have, and gets no more.
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
