//! Numbers of digits, a bit each: how many digits groups have together.

use std::ops::RangeInclusive;

/// The bits for numbers of digits.
pub(super) const fn totals(range: RangeInclusive<usize>) -> u32 {
    (2 << *range.end()) - (1 << *range.start())
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
