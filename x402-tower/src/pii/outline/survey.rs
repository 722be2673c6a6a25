//! The look at digits and what joins them, a window at a time.

use super::super::steps::step;
use super::super::view::View;
use super::Outline;
use super::accounts::add_accounts;
use super::block::{BLOCK, Block};
use super::codes::may_be_code;
use super::numbers::{add_numbers, may_be_v4};
use super::window::{STRIDE, Window};

/// No identifier has fewer digits, and no number.
const FEWEST_DIGITS: usize = 4;

impl Outline {
    /// Looks where digits are joined to what is looked for. The masks of the first two blocks are known.
    pub(super) fn survey(&mut self, view: &View<'_>, first: &[Block; 2]) {
        if self.digits < FEWEST_DIGITS {
            return;
        }
        let bytes = view.bytes();
        let [mut block, mut next] = *first;
        let mut start = 0;
        self.look(view, &Window::of(&block, 0, next.alphanumerics), 0);
        while start + BLOCK < bytes.len() {
            let half = Window::of(
                &block.halves(&next),
                block.alphanumerics >> (STRIDE - 1),
                next.alphanumerics >> STRIDE,
            );
            self.look(view, &half, start + STRIDE);
            let before = block.alphanumerics >> (BLOCK - 1);
            start += BLOCK;
            block = next;
            next = match bytes.get(start + BLOCK..) {
                Some(rest @ [_, ..]) => Block::of(rest.get(..BLOCK).unwrap_or(rest)).0,
                _ => Block::default(),
            };
            self.look(view, &Window::of(&block, before, next.alphanumerics), start);
        }
    }

    fn look(&mut self, view: &View<'_>, window: &Window, start: usize) {
        step();
        add_numbers(&mut self.numbers, window, start, view.in_url());
        self.may_be_v4 |= may_be_v4(window);
        add_accounts(&mut self.accounts, window, start, view.bytes());
        if may_be_code(window) {
            self.codes.add(0, view.bytes().len());
        }
    }
}
