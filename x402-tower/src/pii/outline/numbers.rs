//! Where digits are joined to as many as a number has, or as the address of a host.

use super::block::BLOCK;
use super::hull::Hull;
use super::window::Window;

/// No number that is looked for has fewer digits.
const FEWEST: usize = 7;
/// The last byte of a window.
const LAST: u64 = 1 << (BLOCK - 1);

/// Adds to `hull` what reaches from the first to the last number of a window. A number ends with a
/// group that no letter follows; a letter before a group begins anew.
#[inline]
pub(super) fn add_numbers(hull: &mut Hull, window: &Window<'_>, in_url: bool) {
    let masks = window.masks;
    let other = if in_url { masks.slashes } else { masks.pluses };
    let gaps = short(!(masks.alphanumerics | masks.equals | other));
    let second = after_gap(masks.digits, masks.digits, gaps);
    let mut last = second;
    for _ in 2..FEWEST {
        last = after_gap(last, masks.digits, gaps);
    }
    let ends = last & window.word_ends;
    // What goes on in the next window begins in this one.
    let first = ends | last & LAST;
    if first != 0 {
        let begins = masks.digits & !second & (first ^ (first - 1));
        hull.begin(window.start + begins.checked_ilog2().unwrap_or(0) as usize);
    }
    if ends != 0 {
        hull.end(window.start + ends.ilog2() as usize + 1);
    }
}

/// The digits that follow some of them, with nothing or one of the gaps between them.
#[inline]
const fn after_gap(some: u64, digits: u64, gaps: u64) -> u64 {
    let next = some << 1;
    // The carry of a sum runs over a gap to what follows it.
    digits & (next | (next & gaps).wrapping_add(gaps))
}

/// Gaps without those that are longer than any between two groups, which is four bytes.
#[inline]
const fn short(gaps: u64) -> u64 {
    let two = gaps & gaps >> 1;
    let five = two & two >> 2 & gaps >> 4;
    gaps & !five
}

/// Whether there may be four numbers with a dot between them.
#[inline]
pub(super) const fn may_be_v4(window: &Window<'_>) -> bool {
    let digits = window.masks.digits;
    let dots = window.masks.dots & digits << 1 & digits >> 1;
    let second = dots & dot_after(dots, digits);
    dots & dot_after(second, digits) != 0
}

/// Where one may stand after up to three digits behind another.
#[inline]
const fn dot_after(dots: u64, digits: u64) -> u64 {
    let one = dots << 1;
    let two = digits & one << 1;
    let three = digits & two << 1;
    (one | two | three) << 1
}
