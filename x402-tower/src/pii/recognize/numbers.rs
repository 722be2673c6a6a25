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

#[derive(Debug, Clone, Copy, Default)]
struct Group {
    start: usize,
    end: usize,
    /// How many digits there are up to the end of this group.
    upto: usize,
}

impl Group {
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
        let first = taken.next().copied().unwrap_or_default();
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

/// Walks a view from one group of digits to the next.
#[derive(Debug)]
pub(super) struct Numbers<'v, 't> {
    view: &'v View<'t>,
    position: usize,
}

impl<'v, 't> Numbers<'v, 't> {
    pub(super) const fn new(view: &'v View<'t>) -> Self {
        Self { view, position: 0 }
    }

    fn next_group(&mut self) -> Option<Group> {
        let length = self.view.bytes().len();
        let find = |from: usize, digit: bool| {
            (from..length).find(|position| {
                step();
                self.view.at(*position).is_ascii_digit() == digit
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

    /// The group after the separator at `position`, if both are short enough to belong to a number.
    fn following_group(&self, position: usize) -> Option<Group> {
        let start = (position..=position + MAX_SEPARATOR)
            .find(|at| {
                step();
                !is_separator(self.view, self.view.at(*at))
            })
            .filter(|start| *start > position && self.view.at(*start).is_ascii_digit())?;
        let end = (start..=start + MAX_DIGITS).find(|at| {
            step();
            !self.view.at(*at).is_ascii_digit()
        })?;
        Some(Group {
            start,
            end,
            upto: 0,
        })
    }

    fn window(&self, first: Group) -> Option<Window<'v, 't>> {
        let mut window = Window {
            view: self.view,
            groups: [Group::default(); MAX_GROUPS],
            digits: [0; MAX_DIGITS],
            len: 0,
        };
        let mut total = 0;
        let mut next = Some(first);
        for slot in &mut window.groups {
            let Some(group) = next else { break };
            let values = self.view.slice(group.start..group.end);
            let Some(digits) = window.digits.get_mut(total..total + values.len()) else {
                break;
            };
            if self.view.at(group.end).is_ascii_alphabetic() {
                break;
            }
            for (digit, byte) in digits.iter_mut().zip(values) {
                step();
                *digit = byte.wrapping_sub(b'0');
            }
            total += values.len();
            *slot = Group {
                upto: total,
                ..group
            };
            window.len += 1;
            next = self.following_group(group.end);
        }
        (window.len > 0).then_some(window)
    }
}

impl<'v, 't> Iterator for Numbers<'v, 't> {
    type Item = Window<'v, 't>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let first = self.next_group()?;
            if let Some(window) = self.window(first) {
                return Some(window);
            }
        }
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
