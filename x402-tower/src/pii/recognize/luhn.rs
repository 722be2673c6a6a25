//! Luhn's check of any part of some digits, out of sums over the digits before each place.

use std::ops::Range;

use super::super::steps::step;

/// What a digit adds to two sums in which every second digit is doubled, less nine if that is more: in the low half those
/// at even places, in the high one those at odd places. First what it adds at an even place.
static ADDED: [[u32; 2]; 10] = {
    let mut table = [[0; 2]; 10];
    let mut digit = 0u32;
    while digit < 10 {
        let doubled = if digit < 5 { digit * 2 } else { digit * 2 - 9 };
        #[expect(
            clippy::indexing_slicing,
            reason = "checked when it is compiled; nothing of it runs later"
        )]
        {
            table[digit as usize] = [doubled | digit << HALF, digit | doubled << HALF];
        }
        digit += 1;
    }
    table
};
const HALF: u32 = 16;
const LOW: u32 = (1 << HALF) - 1;

/// The sums up to each of at most `ROOM` digits.
#[derive(Debug)]
pub(super) struct LuhnSums<const ROOM: usize>([u32; ROOM]);

impl<const ROOM: usize> LuhnSums<ROOM> {
    pub(super) const fn new() -> Self {
        Self([0; ROOM])
    }

    /// Sets those of some digits, the first of which is at `start`.
    #[inline]
    pub(super) fn push_all(&mut self, start: usize, digits: &[u8]) {
        let mut sum = self.before(start);
        let mut is_odd = !start.is_multiple_of(2);
        let sums = self.0.get_mut(start..).unwrap_or_default();
        for (slot, digit) in sums.iter_mut().zip(digits) {
            step();
            let [at_even, at_odd] = ADDED.get(usize::from(*digit)).copied().unwrap_or_default();
            sum += if is_odd { at_odd } else { at_even };
            is_odd = !is_odd;
            *slot = sum;
        }
    }

    fn before(&self, place: usize) -> u32 {
        let before = place.checked_sub(1);
        let sum = before.and_then(|before| self.0.get(before));
        sum.copied().unwrap_or(0)
    }

    /// Whether the last of the digits in `places` is their check digit: it is not doubled itself.
    pub(super) fn holds(&self, places: Range<usize>) -> bool {
        let both = self
            .before(places.end)
            .wrapping_sub(self.before(places.start));
        let sum = if places.end.is_multiple_of(2) {
            both & LOW
        } else {
            both >> HALF
        };
        sum.is_multiple_of(10)
    }

    /// Moves the digits in `places` to where the first one is.
    pub(super) fn move_to_start(&mut self, places: Range<usize>) {
        let before = self.before(places.start);
        let swaps = !places.start.is_multiple_of(2);
        let count = places.len();
        self.0.copy_within(places, 0);
        for sum in self.0.iter_mut().take(count) {
            step();
            let sums = sum.wrapping_sub(before);
            // What was at an odd place is at an even one where an odd number was before.
            *sum = if swaps { sums.rotate_left(HALF) } else { sums };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every part of a few digits, before and after they were moved, against the rule itself.
    #[test]
    fn sums_say_what_the_rule_says() {
        let digits: Vec<u8> = (0..30u8)
            .map(|place| (place * 7 + place / 4) % 10)
            .collect();
        let rule = |digits: &[u8]| {
            let sum: u32 = digits
                .iter()
                .rev()
                .enumerate()
                .map(|(place, digit)| match u32::from(*digit) * 2 {
                    doubled if place % 2 == 0 => doubled / 2,
                    doubled if doubled > 9 => doubled - 9,
                    doubled => doubled,
                })
                .sum();
            sum.is_multiple_of(10)
        };
        for moved in 0..12 {
            let mut sums = LuhnSums::<38>::new();
            sums.push_all(0, &digits[..20]);
            sums.push_all(20, &digits[20..]);
            sums.move_to_start(moved..30);
            for start in moved..30 {
                for end in start + 1..=30 {
                    assert_eq!(
                        sums.holds(start - moved..end - moved),
                        rule(&digits[start..end]),
                        "{start}..{end} after {moved} were left"
                    );
                }
            }
        }
    }
}
