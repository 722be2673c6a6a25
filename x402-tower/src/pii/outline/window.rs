//! A stretch of a view whose bytes are looked at all at once.

use std::ops::Range;

use super::super::lanes::BLOCK;
use super::super::steps::step;
use super::block::Block;

/// How far apart windows start: what begins in the first half of one is whole in it, if it is shorter than the other half.
pub(super) const STRIDE: usize = BLOCK / 2;

/// As many blocks as are kept to be looked at again. Most views have no more.
pub(super) const KEPT: usize = 2;

/// One bit for each byte of a stretch.
#[derive(Debug)]
pub(super) struct Window<'b> {
    pub(super) masks: &'b Block,
    /// Where it begins in the view.
    pub(super) start: usize,
    /// The bytes that no later window begins before: its first half, or all of the last one.
    pub(super) own: u64,
    pub(super) letters: u64,
    /// The first letters or digits of words, and the last ones.
    pub(super) word_starts: u64,
    pub(super) word_ends: u64,
}

impl<'b> Window<'b> {
    /// The window at `start` in a view of `len` bytes, of which the lowest bit of `before` and `after` says whether a letter
    /// or digit is beside it.
    #[inline(always)]
    const fn of(masks: &'b Block, start: usize, len: usize, before: u64, after: u64) -> Self {
        let all = masks.alphanumerics;
        let is_last = start + BLOCK >= len;
        Self {
            masks,
            start,
            own: if is_last {
                u64::MAX
            } else {
                u64::MAX >> STRIDE
            },
            letters: masks.letters(),
            word_starts: all & !(all << 1 | before & 1),
            word_ends: all & !(all >> 1 | after << (BLOCK - 1)),
        }
    }

    /// From the first word that begins in it to the last one that ends in it.
    pub(super) const fn words(&self) -> Range<usize> {
        let start = self.start + self.word_starts.trailing_zeros() as usize;
        start..self.start + BLOCK - self.word_ends.leading_zeros() as usize
    }
}

/// Shows `look` the windows of a view of `len` bytes from the first to the last, given what makes the masks of a block.
#[inline(always)]
pub(super) fn for_each_window<C>(
    context: &mut C,
    len: usize,
    kept: &mut [Block; KEPT],
    make: impl Fn(&mut C, &mut Block, usize),
    look: impl Fn(&mut C, &Window<'_>),
) {
    let [block, next] = kept;
    let (mut block, mut next) = (block, next);
    make(context, block, 0);
    let (mut start, mut before, mut is_half) = (0, 0, false);
    loop {
        step();
        let halves;
        let window = if is_half {
            halves = block.halves(next);
            let after = next.alphanumerics >> STRIDE;
            Window::of(&halves, start, len, before, after)
        } else {
            let end = start + BLOCK;
            let after = if end < len {
                make(context, next, end);
                next.alphanumerics
            } else {
                0
            };
            Window::of(block, start, len, before, after)
        };
        look(context, &window);
        start += STRIDE;
        if start + STRIDE >= len {
            return;
        }
        before = window.masks.alphanumerics >> (STRIDE - 1);
        if is_half {
            std::mem::swap(&mut block, &mut next);
        }
        is_half = !is_half;
    }
}
