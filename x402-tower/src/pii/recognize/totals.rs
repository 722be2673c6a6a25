//! Numbers of digits, a bit each: how many digits groups have together.

use std::ops::RangeInclusive;

use super::super::steps::step;
use super::window::MAX_DIGITS as MOST;

/// The bits for numbers of digits.
pub(super) const fn totals(range: RangeInclusive<usize>) -> u32 {
    (2 << *range.end()) - (1 << *range.start())
}

/// The numbers of digits that are among some, the largest first.
pub(super) fn largest_first(totals: u32) -> impl Iterator<Item = u32> {
    let mut rest = totals;
    std::iter::from_fn(move || {
        step();
        let total = rest.checked_ilog2()?;
        rest ^= 1 << total;
        Some(total)
    })
}

/// The numbers of digits after which groups of these lengths end, a bit each.
pub(super) const fn ends_of(lengths: &[usize]) -> u32 {
    let (mut ends, mut total) = (0, 0);
    let mut rest = lengths;
    while let [length, others @ ..] = rest {
        total += *length;
        ends |= 1 << total;
        rest = others;
    }
    ends
}

/// How many groups end before `total` digits, or after just as many.
pub(super) const fn count_of(ends: u32, total: u32) -> usize {
    (ends & ((2 << total) - 1)).count_ones() as usize
}

/// After how many digits groups of `length` end that have `total` of them, of which the last one may be shorter.
pub(super) fn even_ends(length: u32, total: u32) -> u32 {
    let multiples = MULTIPLES.get(length as usize).copied().unwrap_or(0);
    multiples & ((1 << total) - 1) | 1 << total
}

/// The multiples of each length, a bit each.
static MULTIPLES: [u32; MOST + 1] = {
    let mut multiples = [0; MOST + 1];
    let mut length = 1;
    while length <= MOST {
        let mut multiple = length;
        while multiple <= MOST {
            #[expect(
                clippy::indexing_slicing,
                reason = "checked when it is compiled; nothing of it runs later"
            )]
            {
                multiples[length] |= 1 << multiple;
            }
            multiple += length;
        }
        length += 1;
    }
    multiples
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_of_some_comes_first() {
        let totals = ends_of(&[4, 4, 5]);
        assert_eq!(largest_first(totals).collect::<Vec<_>>(), [13, 8, 4]);
        assert_eq!(count_of(totals, 8), 2);
        assert_eq!(count_of(totals, 12), 2);
    }

    #[test]
    fn even_groups_end_where_as_many_digits_of_each_do() {
        assert_eq!(even_ends(4, 16), ends_of(&[4, 4, 4, 4]));
        assert_eq!(even_ends(4, 14), ends_of(&[4, 4, 4, 2]));
        assert_eq!(even_ends(1, 19), ends_of(&[1; 19]));
        assert_eq!(even_ends(16, 16), ends_of(&[16]));
    }
}
