//! Groups of digits that are written as one number: `4111 1111 1111 1111`, `(415) 555-2671`.

use std::ops::Range;

use super::super::steps::step;
use super::super::view::View;
use super::groups::Groups;
use super::window::{Group, Window};

/// The longest separator is `", "` between the strings of a JSON array.
const MAX_SEPARATOR: usize = 4;
/// No number that is looked for has fewer.
const FEWEST_DIGITS: usize = 7;

/// Walks a view from one group of digits to the next. Each group is read once.
#[derive(Debug)]
pub(super) struct Numbers<'v, 't> {
    view: &'v View<'t>,
    groups: Groups<'v>,
    window: Window<'v, 't>,
    /// The group that comes after those of the window but does not fit, or is not joined to them.
    pending: Option<Group>,
    separators: Separators,
}

impl<'v, 't> Numbers<'v, 't> {
    /// The groups of a part of the view that are joined to nothing outside of it.
    pub(super) fn within(view: &'v View<'t>, part: Range<usize>) -> Self {
        Self {
            view,
            groups: Groups::within(view.bytes(), part),
            window: Window::empty(view),
            pending: None,
            separators: Separators::of(view),
        }
    }

    /// The groups from the next one on that together have enough digits for a number.
    pub(super) fn next_window(&mut self) -> Option<&Window<'v, 't>> {
        if self.window.len() > 0 {
            self.window.pop();
        }
        loop {
            let is_first = self.window.len() == 0;
            if is_first {
                let group = self.next_group()?;
                if !self.window.push(group) {
                    continue;
                }
            }
            self.fill();
            if self.window.digits_in_all() >= FEWEST_DIGITS {
                if is_first {
                    self.window.read_word_before();
                }
                return Some(&self.window);
            }
            self.window.pop();
        }
    }

    /// Adds the groups that are joined to the window.
    fn fill(&mut self) {
        while self.window.has_room() {
            let Some(group) = self.next_group() else {
                return;
            };
            if !self.joins(self.window.end(), group.start) || !self.window.push(group) {
                self.pending = Some(group);
                return;
            }
        }
    }

    /// The next group that does not touch a letter on its right.
    #[inline]
    fn next_group(&mut self) -> Option<Group> {
        let view = self.view;
        self.pending.take().or_else(|| {
            let group = self
                .groups
                .find(|group| !view.at(group.end).is_ascii_alphabetic())?;
            Some(Group::new(group.start, group.end))
        })
    }

    /// Whether what is between two groups is short and separates the parts of one number.
    #[inline]
    fn joins(&self, end: usize, start: usize) -> bool {
        start - end <= MAX_SEPARATOR
            && self.view.slice(end..start).iter().all(|byte| {
                step();
                self.separators.have(*byte)
            })
    }
}

/// What can stand between the groups of a number, a bit for each byte of ASCII.
#[derive(Debug, Clone, Copy)]
struct Separators(u128);

impl Separators {
    const IN_TEXT: Self = Self::these(b"-.()_,:*|~\"/ \t\n\r");
    /// In a URL `/` separates path segments and `+` is a space.
    const IN_URL: Self = Self::these(b"-.()_,:*|~\"+ \t\n\r");

    const fn these(bytes: &[u8]) -> Self {
        let mut bits = 0;
        let mut rest = bytes;
        while let [byte, others @ ..] = rest {
            bits |= 1 << *byte;
            rest = others;
        }
        Self(bits)
    }

    const fn of(view: &View<'_>) -> Self {
        if view.in_url() {
            Self::IN_URL
        } else {
            Self::IN_TEXT
        }
    }

    #[inline]
    const fn have(self, byte: u8) -> bool {
        byte.is_ascii() && self.0 >> byte & 1 != 0
    }
}
