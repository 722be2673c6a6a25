//! Where groups are divided as in addresses of hosts and of their hardware.

use super::gap::Gap;
use super::word::Word;

/// Groups in a row: four numbers, six pairs, three groups of four digits; an IPv6 address without `::` has at least six
/// before an IPv4 address.
const V4: u8 = 4;
const V6: u8 = 6;
const PAIRS: u8 = 6;
const FOURS: u8 = 3;

/// How many words of a kind stand in a row, divided as they have to be.
#[derive(Debug, Default)]
struct Streaks {
    numbers: u8,
    groups: u8,
    pairs: u8,
    fours: u8,
}

#[derive(Debug, Default)]
pub(super) struct Addresses {
    streaks: Streaks,
    pub(super) may_be_v4: bool,
    pub(super) may_be_v6: bool,
    pub(super) may_be_mac: bool,
}

impl Addresses {
    #[inline]
    pub(super) fn word(&mut self, gap: &Gap, word: &Word, bytes: &[u8]) {
        if gap.len > 1 {
            let gap = bytes.get(word.start - gap.len..word.start);
            self.end(gap.unwrap_or_default());
        }
        if word.len > 4 {
            self.streaks = Streaks::default();
            return;
        }
        let (is_dot, is_colon) = (gap.is_just(b'.'), gap.is_just(b':'));
        let Streaks {
            numbers,
            groups,
            pairs,
            fours,
        } = &mut self.streaks;
        let next = |count: &mut u8, belongs: bool, joins: bool| {
            let before = if joins { *count } else { 0 };
            *count = if belongs { before.saturating_add(1) } else { 0 };
        };
        next(numbers, word.is_number(), is_dot);
        next(groups, true, is_colon);
        next(pairs, word.len == 2, is_colon || gap.is_just(b'-'));
        next(fours, word.len == 4, is_dot);
        self.may_be_v4 |= *numbers >= V4;
        self.may_be_v6 |= *groups >= V6;
        self.may_be_mac |= *pairs >= PAIRS || *fours >= FOURS;
    }

    /// Looks for the zeros that are left out in a gap.
    pub(super) fn end(&mut self, gap: &[u8]) {
        self.may_be_v6 |= gap.windows(2).any(|pair| pair == b"::");
    }
}
