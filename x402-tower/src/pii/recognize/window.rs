//! A few groups of digits of which a number may be made.

use std::ops::{Range, RangeInclusive};

use super::super::steps::step;
use super::super::view::View;
use super::named::Named;
use super::starts::Starts;

/// As many groups as there are digits at most, so that single digits with something between are a number as well.
const MAX_GROUPS: usize = MAX_DIGITS;
/// No number that we look for has more digits: a payment card has at most 19.
pub(super) const MAX_DIGITS: usize = 19;
/// Room for some windows one after the other, so that groups are moved once in a while only.
const ROOM: usize = 2 * MAX_DIGITS;
/// Digits are read so many at once.
const READ: usize = 8;
/// The bits of a digit that are its value.
const VALUE: u8 = 15;

/// Digits with none beside them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
    /// How many digits there are up to the end of this group.
    upto: usize,
}

impl Group {
    const EMPTY: Self = Self::new(0, 0);

    pub(super) const fn new(start: usize, end: usize) -> Self {
        Self {
            start,
            end,
            upto: 0,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.end - self.start
    }
}

/// A group of digits and those that follow it, joined by separators: at most [`MAX_GROUPS`] groups and
/// [`MAX_DIGITS`] digits. No group in it touches a letter on its right.
#[derive(Debug)]
pub(super) struct Window<'v, 't> {
    view: &'v View<'t>,
    /// Groups that were taken away, those of the window, and room for more.
    groups: [Group; ROOM],
    /// And what was read behind them.
    digits: [u8; ROOM + READ],
    first: usize,
    len: usize,
    /// How many of the digits are before those of the window.
    base: usize,
    /// A bit for each number of digits after which a group of the window ends.
    ends: u32,
    /// What the word before the first group may name.
    named: Named,
}

/// Writes the values of the digits of a group to the start of `digits`, and others behind them.
#[inline]
fn read_digits(bytes: &[u8], group: &Group, digits: &mut [u8]) {
    let length = group.len();
    let upto_end = bytes.get(..group.end).unwrap_or_default();
    let Some(last) = upto_end.last_chunk::<READ>() else {
        // The text starts with it.
        let values = upto_end.iter().skip(group.start);
        for (digit, byte) in digits.iter_mut().zip(values) {
            step();
            *digit = byte & VALUE;
        }
        return;
    };
    let mut write = |place: usize, read: u64| {
        step();
        let values = read & u64::from_le_bytes([VALUE; READ]);
        if let Some(digits) = digits
            .get_mut(place..)
            .and_then(|rest| rest.first_chunk_mut())
        {
            *digits = values.to_le_bytes();
        }
    };
    let last = u64::from_le_bytes(*last);
    if let Some(others) = READ.checked_sub(length) {
        return write(0, last >> (8 * others));
    }
    let chunks = upto_end
        .get(group.start..)
        .unwrap_or_default()
        .as_chunks::<READ>()
        .0;
    for (index, chunk) in chunks.iter().enumerate() {
        write(index * READ, u64::from_le_bytes(*chunk));
    }
    write(length - READ, last);
}

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

impl<'v, 't> Window<'v, 't> {
    pub(super) const fn empty(view: &'v View<'t>) -> Self {
        Self {
            view,
            groups: [Group::EMPTY; ROOM],
            digits: [0; ROOM + READ],
            first: 0,
            len: 0,
            base: 0,
            ends: 0,
            named: Named::NOTHING,
        }
    }

    /// Adds a group at the end, if it fits.
    pub(super) fn push(&mut self, group: Group) -> bool {
        let length = group.len();
        let total = self.digits_in_all() + length;
        if self.len >= MAX_GROUPS || total > MAX_DIGITS {
            return false;
        }
        if self.base + total > ROOM || self.first + self.len >= ROOM {
            self.make_room();
        }
        let start = self.base + total - length;
        let (Some(digits), Some(slot)) = (
            self.digits.get_mut(start..),
            self.groups.get_mut(self.first + self.len),
        ) else {
            return false;
        };
        read_digits(self.view.bytes(), &group, digits);
        *slot = Group {
            upto: start + length,
            ..group
        };
        self.len += 1;
        self.ends |= 1 << total;
        true
    }

    /// Takes the first group away.
    pub(super) fn pop(&mut self) {
        let digits = usize::try_from(self.first_length()).unwrap_or(0);
        self.base += digits;
        // The first group has no end before it.
        self.ends = (self.ends >> digits) & !1;
        self.first += 1;
        self.len -= 1;
        // Another digit stands before the next group.
        self.named = Named::NOTHING;
        if self.len == 0 {
            self.clear();
        }
    }

    pub(super) const fn clear(&mut self) {
        (self.first, self.len, self.base, self.ends) = (0, 0, 0, 0);
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

    /// Moves the window to where the groups begin.
    fn make_room(&mut self) {
        let base = self.base;
        let end = base + self.total(self.len);
        self.digits.copy_within(base..end, 0);
        self.groups
            .copy_within(self.first..self.first + self.len, 0);
        self.first = 0;
        for group in self.groups.iter_mut().take(self.len) {
            step();
            group.upto -= base;
        }
        self.base = 0;
    }

    fn groups(&self) -> &[Group] {
        self.groups
            .get(self.first..self.first + self.len)
            .unwrap_or_default()
    }

    /// Whether there is room for another group.
    pub(super) const fn has_room(&self) -> bool {
        self.len < MAX_GROUPS
    }

    /// How many groups there are, at least one.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Where the first digit stands.
    pub(super) fn start(&self) -> usize {
        self.groups().first().map_or(0, |group| group.start)
    }

    /// Where the last digit ends.
    pub(super) fn end(&self) -> usize {
        self.groups().last().map_or(0, |group| group.end)
    }

    /// From the first digit to the last one of the first `count` groups.
    pub(super) fn span(&self, count: usize) -> Range<usize> {
        let last = count
            .checked_sub(1)
            .and_then(|last| self.groups().get(last))
            .unwrap_or(&Group::EMPTY);
        self.start()..last.end
    }

    /// The lengths of the first `count` groups.
    pub(super) fn lengths(
        &self,
        count: usize,
    ) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator {
        self.groups().iter().take(count).map(Group::len)
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
        let digit = usize::from(self.leading_pair() / 10);
        let (first, second) = (self.first_length(), self.second_length());
        starts.has(digit, first as usize, second as usize)
    }

    /// How many digits the first `count` groups have.
    pub(super) fn total(&self, count: usize) -> usize {
        count
            .checked_sub(1)
            .and_then(|last| self.groups().get(last))
            .map_or(0, |group| group.upto - self.base)
    }

    /// How many digits all groups have.
    pub(super) fn digits_in_all(&self) -> usize {
        let most = self.ends.checked_ilog2().unwrap_or(0);
        usize::try_from(most).unwrap_or(0)
    }

    /// A bit for each number of digits that the first groups have together: bit 9 where some of them have nine.
    pub(super) const fn totals(&self) -> u32 {
        self.ends
    }

    /// The counts of groups that together have as many digits as one of the bits of `totals` says, the largest first.
    pub(super) fn counts(&self, totals: u32) -> impl Iterator<Item = usize> {
        let ends = self.ends;
        let mut totals = totals & ends;
        std::iter::from_fn(move || {
            step();
            let total = totals.checked_ilog2()?;
            let places = (2 << total) - 1;
            totals &= places >> 1;
            usize::try_from((ends & places).count_ones()).ok()
        })
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

    /// The number that the first two digits write, of two or more.
    pub(super) fn leading_pair(&self) -> u8 {
        match self.digits.get(self.base..) {
            Some([tens, ones, ..]) => tens * 10 + ones,
            _ => 0,
        }
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
        let next = self.groups().iter().take(count).skip(1);
        self.groups()
            .iter()
            .zip(next)
            .map(|(left, right)| self.view.slice(left.end..right.start))
    }

    /// Whether all that stands between the first `count` groups is one of `allowed`, or white space.
    pub(super) fn separated_by(&self, count: usize, allowed: &[u8]) -> bool {
        self.separators(count)
            .flatten()
            .all(|byte| allowed.contains(byte) || self.view.is_space(*byte))
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
