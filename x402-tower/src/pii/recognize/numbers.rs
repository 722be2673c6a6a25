//! Groups of digits that are written as one number: `4111 1111 1111 1111`, `(415) 555-2671`.

use std::ops::Range;

use super::super::steps::step;
use super::super::view::View;

/// As many groups as there are digits at most, so that single digits with something between are a number as well.
const MAX_GROUPS: usize = MAX_DIGITS;
/// No number that we look for has more digits: a payment card has at most 19.
const MAX_DIGITS: usize = 19;
/// The longest separator is `", "` between the strings of a JSON array.
const MAX_SEPARATOR: usize = 4;

#[derive(Debug, Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
    /// How many digits there are up to the end of this group.
    upto: usize,
}

impl Group {
    const EMPTY: Self = Self {
        start: 0,
        end: 0,
        upto: 0,
    };

    const fn len(&self) -> usize {
        self.end - self.start
    }
}

/// A group of digits and those that follow it, joined by separators: at most [`MAX_GROUPS`] groups and
/// [`MAX_DIGITS`] digits. No group in it touches a letter on its right.
#[derive(Debug)]
pub(super) struct Window<'v, 't> {
    view: &'v View<'t>,
    groups: [Group; MAX_GROUPS],
    digits: [u8; MAX_DIGITS],
    len: usize,
}

impl<'v, 't> Window<'v, 't> {
    const fn empty(view: &'v View<'t>) -> Self {
        Self {
            view,
            groups: [Group::EMPTY; MAX_GROUPS],
            digits: [0; MAX_DIGITS],
            len: 0,
        }
    }

    /// Adds a group at the end, if it fits.
    fn push(&mut self, group: Group) -> bool {
        let total = self.total(self.len);
        let values = self.view.slice(group.start..group.end);
        let (Some(digits), Some(slot)) = (
            self.digits.get_mut(total..total + values.len()),
            self.groups.get_mut(self.len),
        ) else {
            return false;
        };
        for (digit, byte) in digits.iter_mut().zip(values) {
            step();
            *digit = byte.wrapping_sub(b'0');
        }
        *slot = Group {
            upto: total + values.len(),
            ..group
        };
        self.len += 1;
        true
    }

    /// Takes the first group away.
    fn pop(&mut self) {
        let first = self.total(1);
        let total = self.total(self.len);
        self.digits.copy_within(first..total, 0);
        self.groups.copy_within(1..self.len, 0);
        self.len -= 1;
        for group in self.groups.iter_mut().take(self.len) {
            step();
            group.upto -= first;
        }
    }

    /// How many groups there are, at least one.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Where the first digit stands.
    pub(super) fn start(&self) -> usize {
        self.span(1).start
    }

    /// From the first digit to the last one of the first `count` groups.
    pub(super) fn span(&self, count: usize) -> Range<usize> {
        let mut taken = self.groups.iter().take(count);
        let first = taken.next().copied().unwrap_or(Group::EMPTY);
        let last = taken.next_back().copied().unwrap_or(first);
        first.start..last.end
    }

    /// The lengths of the first `count` groups.
    pub(super) fn lengths(
        &self,
        count: usize,
    ) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator {
        self.groups.iter().take(count).map(Group::len)
    }

    /// Whether the window starts with groups of these lengths.
    pub(super) fn starts_with(&self, lengths: &[usize]) -> bool {
        lengths.len() <= self.len && self.lengths(lengths.len()).eq(lengths.iter().copied())
    }

    /// How many digits the first `count` groups have.
    pub(super) fn total(&self, count: usize) -> usize {
        count
            .checked_sub(1)
            .and_then(|last| self.groups.get(last))
            .map_or(0, |group| group.upto)
    }

    /// The values of the digits of the first `count` groups.
    pub(super) fn digits(&self, count: usize) -> impl DoubleEndedIterator<Item = u8> {
        self.digit_values(count).iter().copied()
    }

    /// The values of the digits of the first `count` groups.
    pub(super) fn digit_values(&self, count: usize) -> &[u8] {
        self.digits.get(..self.total(count)).unwrap_or_default()
    }

    /// The number that the first `count` of the digits write.
    pub(super) fn leading(&self, count: usize) -> u32 {
        self.digits(self.len)
            .take(count)
            .fold(0, |number, digit| number * 10 + u32::from(digit))
    }

    /// What stands between the first `count` groups, one slice per gap.
    pub(super) fn separators(&self, count: usize) -> impl Iterator<Item = &[u8]> {
        let next = self.groups.iter().take(count).skip(1);
        self.groups
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

/// Walks a view from one group of digits to the next. Each group is read once.
#[derive(Debug)]
pub(super) struct Numbers<'v, 't> {
    window: Window<'v, 't>,
    /// The group that comes after those of the window but does not fit, or is not joined to them.
    pending: Option<Group>,
    started: bool,
    position: usize,
}

impl<'v, 't> Numbers<'v, 't> {
    pub(super) const fn new(view: &'v View<'t>) -> Self {
        Self {
            window: Window::empty(view),
            pending: None,
            started: false,
            position: 0,
        }
    }

    /// The groups from the next one on that does not touch a letter on its right.
    pub(super) fn next_window(&mut self) -> Option<&Window<'v, 't>> {
        if self.started && self.window.len > 0 {
            self.window.pop();
        }
        self.started = true;
        loop {
            if self.window.len == 0 {
                let group = self.pending.take().or_else(|| self.next_group())?;
                if self.touches_letter(group) || !self.window.push(group) {
                    continue;
                }
            }
            self.fill();
            return Some(&self.window);
        }
    }

    /// Adds the groups that are joined to the window.
    fn fill(&mut self) {
        while self.window.len < MAX_GROUPS {
            let Some(group) = self.pending.take().or_else(|| self.next_group()) else {
                return;
            };
            let last = self.window.span(self.window.len).end;
            let joined = self.joins(last, group.start) && !self.touches_letter(group);
            if !joined || !self.window.push(group) {
                self.pending = Some(group);
                return;
            }
        }
    }

    fn touches_letter(&self, group: Group) -> bool {
        self.window.view.at(group.end).is_ascii_alphabetic()
    }

    fn next_group(&mut self) -> Option<Group> {
        let view = self.window.view;
        let length = view.bytes().len();
        let find = |from: usize, digit: bool| {
            (from..length).find(|position| {
                step();
                view.at(*position).is_ascii_digit() == digit
            })
        };
        let start = find(self.position, true)?;
        let end = find(start, false).unwrap_or(length);
        self.position = end;
        Some(Group {
            start,
            end,
            upto: 0,
        })
    }

    /// Whether what is between two groups is short and separates the parts of one number.
    fn joins(&self, end: usize, start: usize) -> bool {
        let view = self.window.view;
        start - end <= MAX_SEPARATOR
            && view.slice(end..start).iter().all(|byte| {
                step();
                is_separator(view, *byte)
            })
    }
}

/// Whether `byte` can stand between the groups of a number. In a URL `/` separates path segments and
/// `+` is a space.
fn is_separator(view: &View<'_>, byte: u8) -> bool {
    match byte {
        b'-' | b'.' | b'(' | b')' | b'_' | b',' | b':' | b'*' | b'|' | b'~' | b'"' => true,
        b'/' => !view.in_url(),
        _ => view.is_space(byte),
    }
}
