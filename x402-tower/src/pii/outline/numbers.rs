//! Where digits are joined to as many as a number has, or as the address of a host.

use super::super::lanes::BLOCK;
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
    // In a URL a slash divides segments, and a plus is a space.
    let joint = if in_url { masks.pluses } else { masks.slashes };
    let gaps = short(masks.joints() | joint);
    let second = after_gap(masks.digits, masks.digits, gaps);
    let mut last = second;
    for _ in 2..FEWEST {
        last = after_gap(last, masks.digits, gaps);
    }
    let ends = last & window.word_ends;
    // What goes on in the next window begins in this one.
    let first = ends | last & LAST;
    let begins = masks.digits & !second & (first ^ first.wrapping_sub(1));
    if first != 0 {
        hull.begin(window.start + begins.checked_ilog2().unwrap_or(0) as usize);
    }
    if ends != 0 {
        hull.end(window.start + BLOCK - ends.leading_zeros() as usize);
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

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::super::Outline;
    use super::FEWEST;
    use crate::pii::view::View;

    /// The groups of digits with no letter behind them, each with the place where those that are joined to it begin, and how
    /// many digits they have up to it.
    fn groups(text: &str, in_url: bool) -> Vec<(usize, usize, Range<usize>)> {
        let bytes = text.as_bytes();
        let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let is_gap =
            |byte: &u8| b"-. ,:(".contains(byte) || *byte == if in_url { b'+' } else { b'/' };
        let mut groups: Vec<(usize, usize, Range<usize>)> = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let end = (at..).find(|end| !is_digit(*end)).unwrap();
            if end > at && !bytes.get(end).is_some_and(u8::is_ascii_alphabetic) {
                let joined = groups.last().filter(|(_, _, last)| {
                    last.end < at && at - last.end <= 4 && bytes[last.end..at].iter().all(is_gap)
                });
                let (start, digits) =
                    joined.map_or((at, 0), |(start, digits, _)| (*start, *digits));
                groups.push((start, digits + end - at, at..end));
            }
            at = end.max(at + 1);
        }
        groups
    }

    fn assert_numbers_are_found(text: &str) {
        for view in [View::of_text(text), View::of_url_part(text, 0)] {
            let hull = Outline::of(&view).numbers;
            let numbers: Vec<_> = groups(text, view.in_url())
                .into_iter()
                .filter(|(_, digits, _)| *digits >= FEWEST)
                .collect();
            let ends = numbers.last().map_or(0, |(_, _, group)| group.end);
            assert_eq!(hull.range().end, ends, "{text:?}");
            if let Some(start) = numbers.iter().map(|(start, _, _)| *start).min() {
                let is_exact = hull.range().start == start;
                assert!(
                    is_exact || (text.len() > 64 && hull.range().start < start),
                    "{text:?}"
                );
            }
        }
    }

    fn has_v4(text: &str) -> bool {
        let numbers: Vec<&str> = text.split('.').collect();
        numbers.windows(4).any(|four| {
            let is_short = |number: &&str| {
                (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
            };
            four[0].ends_with(|last: char| last.is_ascii_digit())
                && four[1..3].iter().all(is_short)
                && four[3].starts_with(|first: char| first.is_ascii_digit())
        })
    }

    proptest! {
        #[test]
        fn numbers_are_where_a_plain_reading_finds_them(
            text in "(([0-9]{1,8}|a|x1)([-. ,=/+:%(]{0,6})){0,40}",
        ) {
            assert_numbers_are_found(&text);
        }

        #[test]
        fn four_numbers_with_dots_are_told(text in "(([0-9]{1,4}|a|)[. ]){0,30}[0-9]{0,2}") {
            let has_digits = text.bytes().filter(u8::is_ascii_digit).count() >= 4;
            let outline = Outline::of(&View::of_text(&text));
            prop_assert_eq!(outline.may_be_v4, has_digits && has_v4(&text));
        }
    }
}
