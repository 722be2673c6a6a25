//! The part of a view from the first to the last place of interest.

use std::ops::Range;

#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Hull {
    start: usize,
    end: usize,
}

impl Hull {
    pub(super) const EMPTY: Self = Self {
        start: usize::MAX,
        end: 0,
    };

    /// Makes it reach from `start` or before to `end` or behind.
    pub(super) fn add(&mut self, start: usize, end: usize) {
        self.begin(start);
        self.end(end);
    }

    /// Makes what it reaches to, if anything, begin at `start` or before.
    pub(super) fn begin(&mut self, start: usize) {
        self.start = self.start.min(start);
    }

    /// Makes it reach to `end` or behind, from where it begins.
    pub(super) fn end(&mut self, end: usize) {
        self.end = self.end.max(end);
    }

    pub(in super::super) const fn is_empty(&self) -> bool {
        self.end == 0
    }

    pub(in super::super) const fn range(&self) -> Range<usize> {
        if self.is_empty() {
            return 0..0;
        }
        self.start..self.end
    }
}
