//! Where digits are joined to as many as a number has.

use super::gap::{Gap, Joint};
use super::hull::Hull;
use super::word::Word;

/// No number that is looked for has fewer digits, or more.
const FEWEST: usize = 7;
const MOST: usize = 19;
/// The longest separator between two groups.
const LONGEST_GAP: usize = 4;

#[derive(Debug)]
pub(super) struct Numbers {
    joint: Joint,
    /// Where the first of the groups that are joined starts, and how many digits they have.
    start: usize,
    digits: usize,
    pub(super) hull: Hull,
}

impl Numbers {
    pub(super) const fn new(in_url: bool) -> Self {
        Self {
            joint: if in_url {
                Joint::NUMBER_IN_URL
            } else {
                Joint::NUMBER
            },
            start: 0,
            digits: 0,
            hull: Hull::EMPTY,
        }
    }

    /// Letters stand between numbers.
    #[inline]
    pub(super) const fn letters(&mut self) {
        self.digits = 0;
    }

    /// A group that a letter follows is none, and one that a letter precedes begins anew.
    pub(super) fn word(&mut self, gap: &Gap, word: &Word) {
        if word.trailing == 0 || word.trailing > MOST {
            self.digits = 0;
            return;
        }
        let goes_on = word.is_number() && gap.len <= LONGEST_GAP && gap.is(self.joint);
        if !goes_on || self.digits == 0 {
            self.start = word.end() - word.trailing;
            self.digits = 0;
        }
        self.digits += word.trailing;
        if self.digits >= FEWEST {
            self.hull.add(self.start, word.end());
        }
    }
}
