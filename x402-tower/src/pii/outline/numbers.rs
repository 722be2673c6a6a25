//! Where digits are joined to as many as a number has, or as the address of a host.

use super::class::Class;
use super::hull::Hull;
use super::word::Word;

/// No number that is looked for has fewer digits, or more.
const FEWEST: usize = 7;
const MOST: usize = 19;
/// The longest separator between two groups.
const LONGEST_GAP: usize = 4;
/// How many numbers an address of IPv4 has.
const V4: usize = 4;

#[derive(Debug)]
pub(super) struct Numbers {
    joint: Class,
    /// Where the first of the groups that are joined starts, where the last one ends, and how many digits they have.
    start: usize,
    end: usize,
    digits: usize,
    /// How many of the last groups have a dot between them.
    dotted: usize,
    pub(super) hull: Hull,
    pub(super) may_be_v4: bool,
}

impl Numbers {
    pub(super) const fn new(in_url: bool) -> Self {
        Self {
            joint: if in_url {
                Class::IN_NUMBER_OF_URL
            } else {
                Class::IN_NUMBER
            },
            start: 0,
            end: 0,
            digits: 0,
            dotted: 0,
            hull: Hull::EMPTY,
            may_be_v4: false,
        }
    }

    /// A group that a letter follows is none, and one that a letter precedes begins anew.
    #[inline]
    pub(super) fn word(&mut self, word: &Word, bytes: &[u8]) {
        let gap = bytes.get(self.end..word.start).unwrap_or_default();
        self.end = word.end();
        if word.trailing == 0 || word.trailing > MOST {
            (self.digits, self.dotted) = (0, 0);
            return;
        }
        if !self.goes_on(word, gap) {
            self.start = word.end() - word.trailing;
            (self.digits, self.dotted) = (0, 0);
        }
        self.digits += word.trailing;
        if self.digits >= FEWEST {
            self.hull.add(self.start, word.end());
        }
        self.dotted = if gap == b"." { self.dotted + 1 } else { 1 };
        self.may_be_v4 |= self.dotted >= V4;
    }

    fn goes_on(&self, word: &Word, gap: &[u8]) -> bool {
        self.digits > 0
            && word.is_number()
            && gap.len() <= LONGEST_GAP
            && gap.iter().all(|byte| Class::of(*byte).has(self.joint))
    }
}
