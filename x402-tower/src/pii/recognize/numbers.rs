//! Groups of digits that are written as one number: `4111 1111 1111 1111`, `(415) 555-2671`.

use std::ops::Range;

use super::super::steps::step;
use super::super::view::View;
use super::window::{Group, Window};

/// The longest separator is `", "` between the strings of a JSON array.
const MAX_SEPARATOR: usize = 4;

/// Walks a view from one group of digits to the next. Each group is read once.
#[derive(Debug)]
pub(super) struct Numbers<'v, 't> {
    view: &'v View<'t>,
    window: Window<'v, 't>,
    /// The group that comes after those of the window but does not fit, or is not joined to them.
    pending: Option<Group>,
    started: bool,
    position: usize,
    end: usize,
}

impl<'v, 't> Numbers<'v, 't> {
    /// The groups of a part of the view that are joined to nothing outside of it.
    pub(super) const fn within(view: &'v View<'t>, part: Range<usize>) -> Self {
        Self {
            view,
            window: Window::empty(view),
            pending: None,
            started: false,
            position: part.start,
            end: part.end,
        }
    }

    /// The groups from the next one on that does not touch a letter on its right.
    pub(super) fn next_window(&mut self) -> Option<&Window<'v, 't>> {
        if self.started && self.window.len() > 0 {
            self.window.pop();
        }
        self.started = true;
        loop {
            if self.window.len() == 0 {
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
        while self.window.has_room() {
            let Some(group) = self.pending.take().or_else(|| self.next_group()) else {
                return;
            };
            let last = self.window.span(self.window.len()).end;
            let joined = self.joins(last, group.start) && !self.touches_letter(group);
            if !joined || !self.window.push(group) {
                self.pending = Some(group);
                return;
            }
        }
    }

    fn touches_letter(&self, group: Group) -> bool {
        self.view.at(group.end).is_ascii_alphabetic()
    }

    fn next_group(&mut self) -> Option<Group> {
        let rest = self.view.bytes().get(self.position..self.end)?;
        let before = rest.iter().position(|byte| {
            step();
            byte.is_ascii_digit()
        })?;
        let digits = rest.iter().skip(before).take_while(|byte| {
            step();
            byte.is_ascii_digit()
        });
        let start = self.position + before;
        let end = start + digits.count();
        self.position = end;
        Some(Group::new(start, end))
    }

    /// Whether what is between two groups is short and separates the parts of one number.
    fn joins(&self, end: usize, start: usize) -> bool {
        let view = self.view;
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
