//! Where digits with none beside them are, sixteen bytes at a time.

use std::ops::Range;

use super::super::lanes::{BLOCK, for_each_lane, is_within, mask};
use super::super::steps::step;

/// Walks over a part of some bytes from one group of digits to the next.
#[derive(Debug)]
pub(super) struct Groups<'v> {
    /// Up to the end of the part.
    bytes: &'v [u8],
    /// Where the block starts that is walked over, and a bit for each digit of it that is ahead.
    block: usize,
    digits: u64,
}

impl<'v> Groups<'v> {
    pub(super) fn within(bytes: &'v [u8], part: Range<usize>) -> Self {
        let bytes = bytes.get(..part.end).unwrap_or_default();
        Self {
            bytes,
            block: part.start,
            digits: digits_of(bytes, part.start),
        }
    }

    /// The next group, an empty one at the end.
    #[inline]
    pub(super) fn next_group(&mut self) -> Range<usize> {
        while self.digits == 0 {
            if !self.next_block() {
                return 0..0;
            }
        }
        step();
        let first = self.digits.trailing_zeros();
        let start = self.block + first as usize;
        // Adding to the first one of a row carries through it.
        let behind = self.digits.wrapping_add(1 << first);
        let mut end = self.block + behind.trailing_zeros() as usize;
        self.digits &= behind;
        while end == self.block + BLOCK && self.next_block() {
            step();
            end += self.digits.trailing_ones() as usize;
            self.digits &= self.digits.wrapping_add(1);
        }
        start..end
    }

    fn next_block(&mut self) -> bool {
        if self.block + BLOCK >= self.bytes.len() {
            return false;
        }
        self.block += BLOCK;
        self.digits = digits_of(self.bytes, self.block);
        true
    }
}

/// A bit for each of the bytes from `start` on, of a block at most, that is a digit.
fn digits_of(bytes: &[u8], start: usize) -> u64 {
    let rest = bytes.get(start..).unwrap_or_default();
    let mut digits = 0;
    for_each_lane(rest.get(..BLOCK).unwrap_or(rest), |lane, shift| {
        digits |= mask(is_within(lane, b'0', b'9'), shift);
    });
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], part: Range<usize>) -> Vec<Range<usize>> {
        let mut groups = Groups::within(bytes, part);
        let next = || Some(groups.next_group()).filter(|group| !group.is_empty());
        std::iter::from_fn(next).collect()
    }

    /// Rows of digits of any length at any place, beside others, in parts with any start.
    #[test]
    fn are_where_digits_stand_in_a_row() {
        for length in [1, 2, 15, 16, 17, 63, 64, 65, 128, 140] {
            for place in [0, 1, 14, 15, 16, 17, 47, 48, 62, 63, 64, 65, 100] {
                for behind in [1, 5, 16, 70] {
                    let mut bytes = vec![b'x'; place];
                    bytes.extend(vec![b'7'; length]);
                    let end = bytes.len();
                    bytes.extend(vec![b'/'; behind]);
                    bytes.extend(b"1:2");
                    for start in 0..=place {
                        let groups = all(&bytes, start..bytes.len());
                        let one = end + behind;
                        let expected = [place..end, one..one + 1, one + 2..one + 3];
                        assert_eq!(groups, expected, "{length} {place} {behind} {start}");
                    }
                    let cut = all(&bytes, 0..end);
                    assert_eq!(cut.len(), 1, "{length} {place} {behind}");
                    assert_eq!(cut.first(), Some(&(place..end)));
                }
            }
        }
    }
}
