//! How numbers in groups start: with which digit, and how long the first two groups are.

/// A bit for each digit that a number may start with.
pub(super) type FirstDigits = u32;
pub(super) const ANY_DIGIT: FirstDigits = (1 << DIGITS) - 1;
const DIGITS: usize = 10;
/// No form has a longer first group.
const LONGEST: usize = 13;
/// No other group follows, or one of any length.
const ANY_SECOND: u32 = u32::MAX;

/// What some forms start with.
#[derive(Debug)]
pub(super) struct Starts {
    /// By the length of the first group and the first digit, a bit for each length of the second group.
    seconds: [[u32; DIGITS]; LONGEST + 1],
}

impl Starts {
    pub(super) const NONE: Self = Self {
        seconds: [[0; DIGITS]; LONGEST + 1],
    };

    /// Adds a form that has groups of these lengths and one of these first digits.
    pub(super) const fn with(mut self, groups: &[usize], digits: FirstDigits) -> Self {
        let (first, second) = match groups {
            [first] => (*first, ANY_SECOND),
            [first, second, ..] => (*first, 1 << *second),
            [] => return self,
        };
        let mut digit = 0;
        while digit < DIGITS {
            if digits & 1 << digit != 0 {
                #[expect(
                    clippy::indexing_slicing,
                    reason = "checked when it is compiled; nothing of it runs later"
                )]
                {
                    self.seconds[first][digit] |= second;
                }
            }
            digit += 1;
        }
        self
    }

    /// Whether one of the forms starts with this digit and groups of these lengths, 0 for none.
    #[inline]
    pub(super) fn has(&self, digit: usize, first: usize, second: usize) -> bool {
        let seconds = self.seconds.get(first).and_then(|row| row.get(digit));
        seconds.is_some_and(|seconds| seconds & 1 << second != 0)
    }
}
