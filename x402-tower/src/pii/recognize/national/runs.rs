//! Runs of letters and digits, of which identifiers are made: each byte of a text is looked at once.

use std::ops::Range;

use super::super::super::alphabet::Alphabet;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::code::MAX_PIECES;

const MASK_BITS: usize = 32;
/// Room for some identifiers one after the other.
const ROOM: usize = 2 * MAX_PIECES;

/// A run of letters and digits with neither beside it.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Run {
    pub(in super::super) start: usize,
    pub(in super::super) len: usize,
    /// A bit for each digit; those of a run that is longer than any identifier mean nothing.
    pub(in super::super) digits: u32,
}

impl Run {
    const EMPTY: Self = Self {
        start: 0,
        len: 0,
        digits: 0,
    };

    pub(in super::super) const fn end(&self) -> usize {
        self.start + self.len
    }
}

/// The runs of a view from one on, as many as an identifier can have.
#[derive(Debug)]
pub(in super::super) struct Runs<'v> {
    bytes: &'v [u8],
    position: usize,
    /// Runs that were left behind, those from the first on, and room for more.
    runs: [Run; ROOM],
    first: usize,
    end: usize,
}

impl<'v> Runs<'v> {
    /// Those of a part of a view.
    pub(in super::super) fn within(view: &View<'v>, part: Range<usize>) -> Self {
        Self {
            bytes: view.bytes().get(..part.end).unwrap_or_default(),
            position: part.start,
            runs: [Run::EMPTY; ROOM],
            first: 0,
            end: 0,
        }
    }

    /// The next runs: [`MAX_PIECES`], or fewer at the end.
    pub(in super::super) fn next(&mut self) -> &[Run] {
        if self.end - self.first < MAX_PIECES && self.position < self.bytes.len() {
            self.fill();
        }
        let end = self.end.min(self.first + MAX_PIECES);
        self.runs.get(self.first..end).unwrap_or_default()
    }

    /// Leaves the runs before `position` behind.
    pub(in super::super) fn pass(&mut self, position: usize) {
        let left = self.runs.get(self.first..self.end).unwrap_or_default();
        self.first += left.iter().take_while(|run| run.start < position).count();
    }

    fn fill(&mut self) {
        if self.first > 0 {
            self.runs.copy_within(self.first..self.end, 0);
            self.end -= self.first;
            self.first = 0;
        }
        while self.end < ROOM
            && let Some(run) = self.next_run()
            && let Some(slot) = self.runs.get_mut(self.end)
        {
            *slot = run;
            self.end += 1;
        }
    }

    fn next_run(&mut self) -> Option<Run> {
        let rest = self.bytes.get(self.position..)?;
        let before = rest.iter().take_while(|byte| {
            step();
            !Alphabet::ALPHANUMERIC.has(**byte)
        });
        let start = self.position + before.count();
        let (mut len, mut digits) = (0, 0);
        for byte in self.bytes.get(start..)? {
            if !Alphabet::ALPHANUMERIC.has(*byte) {
                break;
            }
            step();
            digits |= u32::from(Alphabet::DIGIT.has(*byte)) << (len % MASK_BITS);
            len += 1;
        }
        self.position = start + len;
        (len > 0).then_some(Run { start, len, digits })
    }
}
