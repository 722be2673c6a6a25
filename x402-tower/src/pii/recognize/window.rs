//! A few groups of digits of which a number may be made.

use std::ops::Range;

use super::super::steps::step;
use super::super::view::View;
use super::digits::{READ, read_digits};
use super::named::Named;
use super::starts::Starts;
use super::totals::{count_of, ends_of, even_ends, largest_first};

/// No number that we look for has more digits: a payment card has at most 19.
pub(super) const MAX_DIGITS: usize = 19;
/// Room for some windows one after the other, so that digits are moved once in a while only.
const ROOM: usize = 2 * MAX_DIGITS;

/// A group of digits and those that follow it, joined by separators: at most [`MAX_DIGITS`] digits. No group in it touches
/// a letter on its right.
#[derive(Debug)]
pub(super) struct Window<'v, 't> {
    view: &'v View<'t>,
    /// Digits that were taken away, those of the window, and room for more.
    digits: [u8; ROOM + READ],
    /// Where the groups start in the view whose first digits these are.
    starts: [usize; ROOM],
    /// How many of the digits are before those of the window.
    base: usize,
    /// A bit for each number of digits after which a group of the window ends.
    ends: u32,
    /// Where the last group ends in the view.
    end: usize,
    /// What the word before the first group may name.
    named: Named,
}

impl<'v, 't> Window<'v, 't> {
    pub(super) const fn empty(view: &'v View<'t>) -> Self {
        Self {
            view,
            digits: [0; ROOM + READ],
            starts: [0; ROOM],
            base: 0,
            ends: 0,
            end: 0,
            named: Named::NOTHING,
        }
    }

    /// Adds a group at the end, if it fits.
    #[inline]
    pub(super) fn push(&mut self, group: &Range<usize>) -> bool {
        let before = self.digits_in_all();
        let total = before + group.len();
        if total > MAX_DIGITS {
            return false;
        }
        if self.base + total > ROOM {
            self.make_room();
        }
        let place = self.base + before;
        let (Some(digits), Some(start)) =
            (self.digits.get_mut(place..), self.starts.get_mut(place))
        else {
            return false;
        };
        read_digits(self.view.bytes(), group, digits);
        *start = group.start;
        self.end = group.end;
        self.ends |= 1 << total;
        true
    }

    /// Takes the first group away, of two or more.
    pub(super) const fn pop(&mut self) {
        let digits = self.first_length();
        self.base += digits as usize;
        // The first group has no end before it.
        self.ends = (self.ends >> digits) & !1;
        // Another digit stands before the next group.
        self.named = Named::NOTHING;
    }

    /// Takes all groups away.
    pub(super) const fn clear(&mut self) {
        (self.base, self.ends) = (0, 0);
    }

    /// Moves the window to where the digits begin.
    fn make_room(&mut self) {
        let window = self.base..self.base + self.digits_in_all();
        self.digits.copy_within(window.clone(), 0);
        self.starts.copy_within(window, 0);
        self.base = 0;
    }

    /// Looks at the word before the first group, before which there is no other one.
    pub(super) fn read_word_before(&mut self) {
        self.named = Named::before(self.view, self.start());
    }

    /// What the word before the window may name.
    pub(super) const fn named(&self) -> Named {
        self.named
    }

    pub(super) const fn view(&self) -> &'v View<'t> {
        self.view
    }

    /// Where the first `count` groups stand.
    fn groups(&self, count: usize) -> impl Iterator<Item = Range<usize>> {
        let (mut ends, mut digits) = (self.ends, 0);
        (0..count).map_while(move |_| {
            let upto = ends.checked_sub(1).map(|below| {
                let upto = ends.trailing_zeros() as usize;
                ends &= below;
                upto
            })?;
            let start = self.starts.get(self.base + digits).copied()?;
            let length = upto - digits;
            digits = upto;
            Some(start..start + length)
        })
    }

    /// How many groups there are.
    pub(super) const fn len(&self) -> usize {
        self.ends.count_ones() as usize
    }

    /// Where the first digit stands.
    #[inline]
    pub(super) fn start(&self) -> usize {
        self.starts.get(self.base).copied().unwrap_or(0)
    }

    /// Where the last digit ends.
    pub(super) const fn end(&self) -> usize {
        self.end
    }

    /// From the first digit to the last one of the first `count` groups.
    pub(super) fn span(&self, count: usize) -> Range<usize> {
        let end = self.groups(count).last().map_or(0, |group| group.end);
        self.start()..end
    }

    /// The lengths of the first `count` groups.
    pub(super) fn lengths(&self, count: usize) -> impl Iterator<Item = usize> {
        self.groups(count).map(|group| group.len())
    }

    /// Whether the window starts with groups of these lengths.
    pub(super) fn starts_with(&self, lengths: &[usize]) -> bool {
        self.starts_with_ends(ends_of(lengths))
    }

    /// The same for groups that end after these numbers of digits, a bit each.
    pub(super) const fn starts_with_ends(&self, ends: u32) -> bool {
        let upto_last = u32::MAX.checked_shr(ends.leading_zeros());
        matches!(upto_last, Some(places) if self.ends & places == ends)
    }

    /// How many groups there are up to one that ends after `total` digits.
    pub(super) const fn count_upto(&self, total: u32) -> usize {
        count_of(self.ends, total)
    }

    /// After how many digits groups end up to `total` of them, a bit each.
    pub(super) const fn ends_upto(&self, total: u32) -> u32 {
        self.ends & ((2 << total) - 1)
    }

    /// Whether the groups up to `total` digits have the same length, but for the last one, which may be shorter.
    pub(super) fn is_divided_evenly(&self, total: u32) -> bool {
        self.ends_upto(total) == even_ends(self.first_length(), total)
    }

    /// How many groups, from the first one on, have the same between them.
    pub(super) fn groups_divided_alike(&self) -> usize {
        let mut separators = self.separators(self.len());
        let Some(first) = separators.next() else {
            return self.len();
        };
        2 + separators
            .take_while(|separator| *separator == first)
            .count()
    }

    /// How many digits the first group has.
    pub(super) const fn first_length(&self) -> u32 {
        self.ends.trailing_zeros()
    }

    /// How many digits the second group has, 0 if there is none.
    const fn second_length(&self) -> u32 {
        let others = self.ends & self.ends.wrapping_sub(1);
        if others == 0 {
            return 0;
        }
        others.trailing_zeros() - self.first_length()
    }

    /// Whether a number of one of some forms may start with the window.
    #[inline]
    pub(super) fn starts_as_one_of(&self, starts: &Starts) -> bool {
        let [digit, ..] = self.leading_digits().map(usize::from);
        let (first, second) = (self.first_length(), self.second_length());
        starts.has(digit, first as usize, second as usize)
    }

    /// How many digits the first `count` groups have.
    pub(super) fn total(&self, count: usize) -> usize {
        let others = (1..count).fold(self.ends, |ends, _| ends & ends.wrapping_sub(1));
        if count == 0 || others == 0 {
            return 0;
        }
        others.trailing_zeros() as usize
    }

    /// How many digits all groups have.
    pub(super) fn digits_in_all(&self) -> usize {
        (self.ends | 1).ilog2() as usize
    }

    /// A bit for each number of digits that the first groups have together: bit 9 where some of them have nine.
    pub(super) const fn totals(&self) -> u32 {
        self.ends
    }

    /// The counts of groups that together have as many digits as one of the bits of `totals` says, the largest first.
    pub(super) fn counts(&self, totals: u32) -> impl Iterator<Item = usize> {
        let ends = self.ends;
        largest_first(totals & ends).map(move |total| count_of(ends, total))
    }

    /// The values of the digits of the first `count` groups.
    pub(super) fn digits(&self, count: usize) -> impl DoubleEndedIterator<Item = u8> {
        self.digit_values(count).iter().copied()
    }

    /// The values of the digits of the first `count` groups.
    pub(super) fn digit_values(&self, count: usize) -> &[u8] {
        self.digits
            .get(self.base..self.base + self.total(count))
            .unwrap_or_default()
    }

    /// The first three digits, of three or more.
    #[inline]
    pub(super) fn leading_digits(&self) -> [u8; 3] {
        let digits = self.digits.get(self.base..);
        let first = digits.and_then(|digits| digits.first_chunk());
        first.copied().unwrap_or_default()
    }

    /// The number that the first `count` of the digits write.
    pub(super) fn leading(&self, count: usize) -> u32 {
        let end = self.base + count.min(self.digits_in_all());
        let digits = self.digits.get(self.base..end).unwrap_or_default();
        digits
            .iter()
            .fold(0, |number, digit| number * 10 + u32::from(*digit))
    }

    /// What stands between the first `count` groups, one slice per gap.
    pub(super) fn separators(&self, count: usize) -> impl Iterator<Item = &[u8]> {
        let mut groups = self.groups(count);
        let mut end = groups.next().map_or(0, |group| group.end);
        groups.map(move |group| {
            let gap = end..group.start;
            end = group.end;
            self.view.slice(gap)
        })
    }

    /// Whether all that stands between the first `count` groups is one of `allowed`, or white space.
    pub(super) fn separated_by(&self, count: usize, allowed: &[u8]) -> bool {
        let mut bytes = self.view.slice(self.span(count)).iter();
        bytes.all(|byte| {
            step();
            byte.is_ascii_digit() || self.view.is_space(*byte) || allowed.contains(byte)
        })
    }

    /// Whether the same stands between all of the first `count` groups.
    pub(super) fn separated_alike(&self, count: usize) -> bool {
        let mut separators = self.separators(count);
        let first = separators.next();
        separators.all(|separator| Some(separator) == first)
    }

    /// Whether the first digit touches a letter.
    pub(super) fn glued(&self) -> bool {
        self.view.before(self.start()).is_ascii_alphabetic()
    }

    /// Whether one of `joiners` and one more digit stand before the window or after `count` groups, so
    /// that these groups are a part of something longer.
    pub(super) fn continues(&self, count: usize, joiners: &[u8]) -> bool {
        let Range { start, end } = self.span(count);
        let left = joiners.contains(&self.view.before(start))
            && start
                .checked_sub(1)
                .is_some_and(|joiner| self.view.before(joiner).is_ascii_digit());
        let right = joiners.contains(&self.view.at(end)) && self.view.at(end + 1).is_ascii_digit();
        left || right
    }
}
