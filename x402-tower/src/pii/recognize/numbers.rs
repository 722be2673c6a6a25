//! Groups of digits that are written as one number: `4111 1111 1111 1111`, `(415) 555-2671`.

use std::ops::Range;

use super::super::steps::step;
use super::super::view::View;
use super::groups::Groups;
use super::window::{MAX_DIGITS, Window};

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
    /// The group after those of the window, an empty one at the end.
    next: Range<usize>,
    /// Whether it is joined to them.
    goes_on: bool,
    separators: Separators,
}

impl<'v, 't> Numbers<'v, 't> {
    /// The groups of a part of the view that are joined to nothing outside of it.
    pub(super) fn within(view: &'v View<'t>, part: Range<usize>) -> Self {
        let mut groups = Groups::within(view.bytes(), part);
        let next = next_whole(view, &mut groups);
        Self {
            view,
            groups,
            window: Window::empty(view),
            next,
            goes_on: false,
            separators: Separators::of(view),
        }
    }

    /// The groups from the next one on that together have enough digits for a number.
    pub(super) fn next_window(&mut self) -> Option<&Window<'v, 't>> {
        loop {
            let is_new = self.window.len() <= 1;
            if is_new {
                self.window.clear();
                self.goes_on = !self.next.is_empty();
            } else {
                self.window.pop();
            }
            while self.goes_on && self.window.push(&self.next) {
                let end = self.next.end;
                self.next = next_whole(self.view, &mut self.groups);
                self.goes_on = !self.next.is_empty() && self.joins(end..self.next.start);
            }
            match self.window.digits_in_all() {
                0 => return None,
                1..FEWEST_DIGITS if self.goes_on => {}
                1..FEWEST_DIGITS => self.window.clear(),
                _ => {
                    if is_new {
                        self.window.read_word_before();
                    }
                    return Some(&self.window);
                }
            }
        }
    }

    /// Whether what is between two groups is short and separates the parts of one number.
    #[inline]
    fn joins(&self, gap: Range<usize>) -> bool {
        gap.len() <= MAX_SEPARATOR
            && self.view.slice(gap).iter().all(|byte| {
                step();
                self.separators.have(*byte)
            })
    }
}

/// The next group that does not touch a letter on its right and is not too long for a number.
#[inline(never)]
fn next_whole(view: &View<'_>, groups: &mut Groups<'_>) -> Range<usize> {
    loop {
        let group = groups.next_group();
        let is_whole = !view.at(group.end).is_ascii_alphabetic();
        if group.is_empty() || (is_whole && group.len() <= MAX_DIGITS) {
            return group;
        }
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
