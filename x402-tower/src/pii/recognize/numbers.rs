//! Groups of digits that are written as one number: `4111 1111 1111 1111`, `(415) 555-2671`.

use std::ops::Range;

use super::super::steps::step;
use super::super::view::View;
use super::groups::Groups;
use super::window::Window;

/// The longest separator is `", "` between the strings of a JSON array.
const MAX_SEPARATOR: usize = 4;
/// No number that is looked for has fewer.
const FEWEST_DIGITS: usize = 7;
/// The same of those that nothing divides.
const FEWEST_UNDIVIDED: usize = 8;

/// Walks a view from one group of digits to the next. Each group is read once.
#[derive(Debug)]
pub(super) struct Numbers<'v, 't> {
    view: &'v View<'t>,
    groups: Groups<'v>,
    window: Window<'v, 't>,
    /// The group that comes after those of the window.
    next: Option<Range<usize>>,
    /// Whether it is joined to them, but does not fit.
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
                self.begin()?;
            } else {
                self.window.pop();
            }
            if self.goes_on {
                self.fill();
            }
            if self.window.digits_in_all() >= FEWEST_DIGITS {
                if is_new {
                    self.window.read_word_before();
                }
                return Some(&self.window);
            }
            if !self.goes_on {
                self.window.clear();
            }
        }
    }

    /// Starts the window anew with a group that is joined to others, or long enough to be a number.
    fn begin(&mut self) -> Option<()> {
        loop {
            let group = self.next.take()?;
            self.advance();
            self.goes_on = self.joins(group.end);
            if self.goes_on || group.len() >= FEWEST_UNDIVIDED {
                self.window.clear();
                if self.window.push(&group) {
                    return Some(());
                }
            }
        }
    }

    /// Adds the groups that are joined to the window, as long as they fit.
    fn fill(&mut self) {
        while self.goes_on
            && let Some(next) = &self.next
            && self.window.push(next)
        {
            self.advance();
            self.goes_on = self.joins(self.window.end());
        }
    }

    fn advance(&mut self) {
        self.next = next_whole(self.view, &mut self.groups);
    }

    /// Whether what is between a group that ends at `end` and the next one is short and separates the parts of one number.
    #[inline]
    fn joins(&self, end: usize) -> bool {
        let Some(next) = &self.next else {
            return false;
        };
        next.start - end <= MAX_SEPARATOR
            && self.view.slice(end..next.start).iter().all(|byte| {
                step();
                self.separators.have(*byte)
            })
    }
}

/// The next group that does not touch a letter on its right.
#[inline(never)]
fn next_whole(view: &View<'_>, groups: &mut Groups<'_>) -> Option<Range<usize>> {
    groups.find(|group| !view.at(group.end).is_ascii_alphabetic())
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
