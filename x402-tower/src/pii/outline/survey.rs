//! The walk over the words of a view that has digits or colons enough.

use super::super::steps::step;
use super::super::view::View;
use super::Outline;
use super::accounts::Accounts;
use super::addresses::Addresses;
use super::block::{BLOCK, Block, WORD, may_hold};
use super::codes::Codes;
use super::gap::{Gap, PLUS_SIGN};
use super::numbers::Numbers;
use super::word::Word;

/// No identifier and no address of numbers has fewer digits, and no account number.
const FEWEST_DIGITS: usize = 4;
const FEWEST_OF_ACCOUNT: usize = 8;
/// An IPv6 address has so many.
const FEWEST_COLONS: usize = 2;

/// What has been seen so far.
#[derive(Debug)]
struct Survey<'v> {
    bytes: &'v [u8],
    may_be_code: bool,
    numbers: Numbers,
    codes: Codes,
    accounts: Accounts,
    addresses: Addresses,
}

impl Outline {
    /// Looks where words are joined to what is looked for.
    pub(super) fn survey(&mut self, view: &View<'_>) {
        if self.digits < FEWEST_DIGITS && self.colons < FEWEST_COLONS {
            return;
        }
        let mut survey = Survey {
            bytes: view.bytes(),
            // Without a letter only a sign makes an identifier of digits.
            may_be_code: self.letters > 0 || self.hyphens > 0 || self.has(PLUS_SIGN),
            numbers: Numbers::new(view.in_url()),
            codes: Codes::new(),
            accounts: Accounts::new(),
            addresses: Addresses::default(),
        };
        survey.walk(self.letters > 0 && self.digits >= FEWEST_OF_ACCOUNT);
        self.numbers = survey.numbers.hull;
        self.codes = survey.codes.hull;
        self.accounts = survey.accounts.hull;
        self.may_be_v4 = survey.addresses.may_be_v4;
        self.may_be_v6 = survey.addresses.may_be_v6;
        self.may_be_mac = survey.addresses.may_be_mac;
    }
}

impl Survey<'_> {
    /// Walks from word to word.
    fn walk(&mut self, may_be_account: bool) {
        let (mut gap, mut word, mut in_word) = (Gap::EMPTY, Word::default(), false);
        let mut start = 0;
        for bytes in self.bytes.chunks(BLOCK) {
            let block = Block::of(bytes);
            let mut position = 0;
            loop {
                let mask = if in_word {
                    !block.alphanumerics
                } else {
                    block.alphanumerics
                };
                let ahead = (mask >> position).trailing_zeros() as usize;
                let next = (position + ahead).min(bytes.len());
                if in_word {
                    word.extend(&block, position, next);
                } else {
                    gap.add(bytes.get(position..next).unwrap_or_default());
                }
                if next >= bytes.len() {
                    break;
                }
                if in_word {
                    self.word(&gap, &word);
                    gap = Gap::EMPTY;
                } else {
                    word = Word::at(start + next);
                }
                in_word = !in_word;
                position = next;
            }
            if may_be_account {
                self.names(bytes, start);
            }
            start += bytes.len();
        }
        if in_word {
            self.word(&gap, &word);
            gap = Gap::EMPTY;
        }
        let gap = self.bytes.get(self.bytes.len() - gap.len..);
        self.addresses.end(gap.unwrap_or_default());
    }

    fn word(&mut self, gap: &Gap, word: &Word) {
        step();
        self.addresses.word(gap, word, self.bytes);
        if word.is_letters() {
            self.numbers.letters();
            self.codes.letters(gap, word);
            self.accounts.letters(gap, word);
        } else {
            self.numbers.word(gap, word);
            if self.may_be_code {
                self.codes.word(gap, word);
            }
            self.accounts.word(gap, word, self.bytes);
        }
    }

    /// Looks for `iban`, after which an account number may stand without a space.
    fn names(&mut self, block: &[u8], start: usize) {
        for (word, at) in block.chunks(WORD).zip((start..).step_by(WORD)) {
            step();
            if !may_hold(word, b'b') {
                continue;
            }
            for (byte, at) in word.iter().zip(at..) {
                if matches!(byte, b'b' | b'B') {
                    self.accounts.bee(at, self.bytes);
                }
            }
        }
    }
}
