//! Letters and digits with neither beside them.

use super::block::Block;

/// How many places of a word the bits tell of.
pub(super) const PLACES: usize = 64;

/// A word, of which digits are known by their places.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) len: usize,
    /// A bit for each digit among the first [`PLACES`] bytes.
    pub(super) digits: u64,
    /// How many digits it ends with; for a long word no more than those of its last block.
    pub(super) trailing: usize,
}

impl Word {
    pub(super) const fn end(&self) -> usize {
        self.start + self.len
    }

    pub(super) const fn is_letters(&self) -> bool {
        self.digits == 0 && self.trailing == 0
    }

    pub(super) const fn is_number(&self) -> bool {
        self.trailing == self.len
    }

    pub(super) const fn starts_with_digit(&self) -> bool {
        self.digits & 1 != 0
    }

    pub(super) const fn at(start: usize) -> Self {
        Self {
            start,
            len: 0,
            digits: 0,
            trailing: 0,
        }
    }

    /// Takes in the bytes of `block` from `position` up to `next`.
    pub(super) fn extend(&mut self, block: &Block, position: usize, next: usize) {
        let len = next - position;
        if len == 0 {
            return;
        }
        let digits = (block.digits << (PLACES - next)) >> (PLACES - next) >> position;
        let trailing = (!(digits << (PLACES - len))).leading_zeros() as usize;
        if self.len < PLACES {
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
