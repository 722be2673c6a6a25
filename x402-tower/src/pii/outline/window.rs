//! A stretch of a view whose bytes are looked at all at once, and what follows what in it.

use super::block::{BLOCK, Block};

/// How far apart windows start: what begins in the second half of one is whole in the next one, if it is shorter than a half.
pub(super) const STRIDE: usize = BLOCK / 2;

/// One bit for each byte of a stretch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) masks: Block,
    pub(super) letters: u64,
    /// The first letters or digits of words, and the last ones.
    pub(super) word_starts: u64,
    pub(super) word_ends: u64,
}

impl Window {
    /// The window of these bytes, of which the lowest bit of `before` and `after` says whether a letter or digit is beside them.
    #[inline]
    pub(super) const fn of(masks: &Block, before: u64, after: u64) -> Self {
        let all = masks.alphanumerics;
        Self {
            masks: *masks,
            letters: masks.letters(),
            word_starts: all & !(all << 1 | before & 1),
            word_ends: all & !(all >> 1 | after << (BLOCK - 1)),
        }
    }
}
