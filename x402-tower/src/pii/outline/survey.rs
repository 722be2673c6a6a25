//! The look at digits and what joins them, a window at a time.

use super::super::lanes::BLOCK;
use super::super::view::View;
use super::Outline;
use super::accounts::add_accounts;
use super::block::Block;
use super::codes::may_be_code;
use super::numbers::{add_numbers, may_be_v4};
use super::window::{KEPT, Window, for_each_window};

/// No identifier has fewer digits and no address of a host, nor has a number or an account.
const FEWEST_DIGITS: usize = 4;
const FEWEST_OF_NUMBER: usize = 7;

impl Outline {
    /// Looks where digits are joined to what is looked for. The masks of a view without more blocks are kept.
    pub(super) fn survey(&mut self, view: &View<'_>, kept: &mut [Block; KEPT]) {
        if self.digits < FEWEST_DIGITS {
            return;
        }
        let bytes = view.bytes();
        let make = |_: &mut Self, block: &mut Block, start: usize| {
            if bytes.len() > KEPT * BLOCK {
                let rest = bytes.get(start..).unwrap_or_default();
                block.read(rest.get(..BLOCK).unwrap_or(rest));
            }
        };
        for_each_window(self, bytes.len(), kept, make, |outline, window| {
            outline.look(view, window);
        });
    }

    fn look(&mut self, view: &View<'_>, window: &Window<'_>) {
        self.may_be_v4 |= may_be_v4(window);
        if may_be_code(window, self.digits) {
            let words = window.words();
            self.codes.add(words.start, words.end);
        }
        if self.digits >= FEWEST_OF_NUMBER {
            add_numbers(&mut self.numbers, window, view.in_url());
            add_accounts(&mut self.accounts, window, view.bytes());
        }
    }
}
