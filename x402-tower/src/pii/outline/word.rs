//! Letters and digits with neither beside them, where a digit is among them.

use super::block::{BLOCK, Block};

/// A word, of which digits are known by their places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) len: usize,
    /// How many letters stand before its first digit.
    pub(super) letters: usize,
    /// A bit for each digit among the first [`BLOCK`] bytes.
    pub(super) digits: u64,
    /// How many digits it ends with; for a long word no more than those of its last block.
    pub(super) trailing: usize,
}

impl Word {
    /// So many letters before a digit at `digit`, which is still to be taken in.
    pub(super) const fn after_letters(digit: usize, letters: usize) -> Self {
        Self {
            start: digit - letters,
            len: letters,
            letters,
            digits: 0,
            trailing: 0,
        }
    }

    pub(super) const fn end(&self) -> usize {
        self.start + self.len
    }

    pub(super) const fn is_number(&self) -> bool {
        self.trailing == self.len
    }

    /// Takes in the bytes of `block` from `position` up to `next`.
    #[inline]
    pub(super) const fn extend(&mut self, block: &Block, position: usize, next: usize) {
        let len = next - position;
        if len == 0 {
            return;
        }
        let digits = (block.digits << (BLOCK - next)) >> (BLOCK - next) >> position;
        let trailing = (!(digits << (BLOCK - len))).leading_zeros() as usize;
        if self.len < BLOCK {
            self.digits |= digits << self.len;
        }
        self.trailing = if trailing == len {
            self.trailing + len
        } else {
            trailing
        };
        self.len += len;
    }
}

/// Whether a letter or digit stands before `position`.
pub(super) fn is_alphanumeric_before(bytes: &[u8], position: usize) -> bool {
    position
        .checked_sub(1)
        .and_then(|before| bytes.get(before))
        .is_some_and(u8::is_ascii_alphanumeric)
}
