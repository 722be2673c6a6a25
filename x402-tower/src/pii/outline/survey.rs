//! The walk over the words of a view that have digits.

use super::super::steps::step;
use super::super::view::View;
use super::Outline;
use super::accounts::Accounts;
use super::block::{BLOCK, Block, places_of_letter};
use super::class::Class;
use super::codes::Codes;
use super::numbers::Numbers;
use super::word::Word;

/// No identifier has fewer digits, and no account number.
const FEWEST_DIGITS: usize = 4;
const FEWEST_OF_ACCOUNT: usize = 8;

/// What has been seen so far.
#[derive(Debug)]
struct Survey<'v> {
    bytes: &'v [u8],
    may_be_code: bool,
    may_be_account: bool,
    numbers: Numbers,
    codes: Codes,
    accounts: Accounts,
}

impl Outline {
    /// Looks where words are joined to what is looked for. The masks of the first block are known.
    pub(super) fn survey(&mut self, view: &View<'_>, first: &Block) {
        if self.digits < FEWEST_DIGITS {
            return;
        }
        let mut survey = Survey {
            bytes: view.bytes(),
            // Without a letter only a sign makes an identifier of digits.
            may_be_code: self.has_letter || self.hyphens > 0 || self.has(Class::PLUS),
            may_be_account: self.has_letter && self.digits >= FEWEST_OF_ACCOUNT,
            numbers: Numbers::new(view.in_url()),
            codes: Codes::new(),
            accounts: Accounts::new(),
        };
        survey.walk(first);
        self.numbers = survey.numbers.hull;
        self.may_be_v4 = survey.numbers.may_be_v4;
        self.codes = survey.codes.hull;
        self.accounts = survey.accounts.hull;
    }
}

impl Survey<'_> {
    /// Walks from one word with a digit to the next.
    fn walk(&mut self, first: &Block) {
        // What the block before ended with: a word that has a digit, or how many letters of one that may get it.
        let (mut word, mut letters) = (None::<Word>, 0);
        let mut start = 0;
        for bytes in self.bytes.chunks(BLOCK) {
            let block = if start == 0 {
                *first
            } else {
                Block::of(bytes).0
            };
            let mut position = 0;
            loop {
                let mut current = match word.take() {
                    Some(word) => word,
                    None => {
                        let ahead = (block.digits >> position).trailing_zeros() as usize;
                        let digit = position + ahead;
                        if digit >= bytes.len() {
                            let last = block.alphanumerics_before(bytes.len());
                            letters = last + if last == BLOCK { letters } else { 0 };
                            break;
                        }
                        position = digit;
                        let before = block.alphanumerics_before(digit);
                        let earlier = if before == digit { letters } else { 0 };
                        Word::after_letters(start + digit, before + earlier)
                    }
                };
                let ahead = (!block.alphanumerics >> position).trailing_zeros() as usize;
                let next = (position + ahead).min(bytes.len());
                current.extend(&block, position, next);
                position = next;
                if next >= bytes.len() {
                    word = Some(current);
                    letters = 0;
                    break;
                }
                self.word(&current);
            }
            if self.may_be_account {
                self.names(bytes, start);
            }
            start += bytes.len();
        }
        if let Some(word) = word {
            self.word(&word);
        }
    }

    #[inline]
    fn word(&mut self, word: &Word) {
        step();
        self.numbers.word(word, self.bytes);
        if self.may_be_code {
            self.codes.word(word, self.bytes);
        }
        if self.may_be_account {
            self.accounts.word(word, self.bytes);
        }
    }

    /// Looks for `iban`, after which an account number may stand without a space.
    fn names(&mut self, block: &[u8], start: usize) {
        let mut places = places_of_letter(block, b'b');
        while places != 0 {
            step();
            let at = start + places.trailing_zeros() as usize;
            places &= places - 1;
            self.accounts.bee(at, self.bytes);
        }
    }
}
