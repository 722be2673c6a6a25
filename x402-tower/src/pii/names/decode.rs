//! The best sequence of labels, and how much better it is than the best one that says otherwise.

use super::super::steps::step;
use super::segment::WINDOW;
use super::token::Token;

/// A label: outside of names, or the first or a later word of one of a kind.
pub(super) const LABELS: usize = 7;
/// Labels with one to spare, so that a row of weights is eight bytes.
pub(super) const ROW: usize = 8;
pub(super) const OUTSIDE: usize = 0;

/// What no path takes.
const NEVER: i32 = -1_000_000;

pub(super) type Scores = [i32; ROW];

/// The kind of a label, 0 to 2, if it is not outside: the label of the first word of a name is 1 more than
/// twice its kind, that of the others 2 more.
pub(super) const fn kind_of(label: usize) -> Option<usize> {
    match label {
        OUTSIDE => None,
        label => Some((label - 1) / 2),
    }
}

pub(super) const fn continues(label: usize) -> bool {
    label != OUTSIDE && label.is_multiple_of(2)
}

/// The scores of labels from sums of rows: what speaks for a later word of a name speaks for its first word too.
pub(super) fn shared(sums: Scores) -> Scores {
    let [outside, p1, p2, l1, l2, o1, o2, spare] = sums;
    [outside, p1 + p2, p2, l1 + l2, l2, o1 + o2, o2, spare]
}

/// Whether `next` may follow `previous`: a later word of a name only follows a word of that kind.
const fn may_follow(previous: usize, next: usize) -> bool {
    !continues(next) || previous == next || previous + 1 == next
}

/// What going from one label to the next over a gap scores.
pub(super) trait Transitions {
    fn score(&self, gap: usize, previous: usize, next: usize) -> i32;
}

/// The labels of a window and what the paths through them score.
#[derive(Debug)]
pub(super) struct Lattice {
    forward: [Scores; WINDOW],
    back: [[u8; ROW]; WINDOW],
    pub(super) labels: [u8; WINDOW],
    len: usize,
}

impl Lattice {
    /// Finds the best labels (Viterbi).
    pub(super) fn decode(
        tokens: &[Token],
        emissions: &[Scores; WINDOW],
        transitions: &impl Transitions,
    ) -> Self {
        let mut lattice = Self {
            forward: [[NEVER; ROW]; WINDOW],
            back: [[0; ROW]; WINDOW],
            labels: [0; WINDOW],
            len: tokens.len().min(WINDOW),
        };
        let mut previous = [NEVER; ROW];
        previous[OUTSIDE] = 0;
        let rows = lattice.forward.iter_mut().zip(&mut lattice.back);
        for ((token, emission), (forward, back)) in tokens.iter().zip(emissions).zip(rows) {
            step();
            let gap = token.gap as usize;
            for (next, (score, from)) in forward.iter_mut().zip(back.iter_mut()).enumerate() {
                if next >= LABELS {
                    continue;
                }
                let (best, label) = best_before(&previous, gap, next, transitions);
                *score = best + emission.get(next).copied().unwrap_or(0);
                *from = label;
            }
            previous = *forward;
        }
        lattice.trace();
        lattice
    }

    fn trace(&mut self) {
        let Some(last) = self
            .len
            .checked_sub(1)
            .and_then(|last| self.forward.get(last))
        else {
            return;
        };
        let mut label = (0..LABELS)
            .max_by_key(|label| (last.get(*label).copied(), std::cmp::Reverse(*label)))
            .unwrap_or(OUTSIDE);
        let steps = self.labels.iter_mut().zip(&self.back).take(self.len);
        for (slot, back) in steps.rev() {
            *slot = u8::try_from(label).unwrap_or(0);
            label = back.get(label).copied().map_or(OUTSIDE, usize::from);
        }
    }

    /// For each word how much better the best path is than the best one on which the word is not of the
    /// kind it got.
    pub(super) fn margins(
        &self,
        tokens: &[Token],
        emissions: &[Scores; WINDOW],
        transitions: &impl Transitions,
    ) -> [i32; WINDOW] {
        let mut margins = [0; WINDOW];
        let mut after: Scores = [0; ROW];
        for index in (0..self.len).rev() {
            step();
            let (Some(forward), Some(label), Some(slot)) = (
                self.forward.get(index),
                self.labels.get(index),
                margins.get_mut(index),
            ) else {
                continue;
            };
            let through = |label: usize| {
                forward.get(label).copied().unwrap_or(NEVER)
                    + after.get(label).copied().unwrap_or(NEVER)
            };
            let kind = kind_of(usize::from(*label));
            let (mut best, mut other) = (NEVER * 2, NEVER * 2);
            for label in 0..LABELS {
                let score = through(label);
                best = best.max(score);
                if kind_of(label) != kind {
                    other = other.max(score);
                }
            }
            *slot = best - other;

            let (Some(token), Some(emission)) = (tokens.get(index), emissions.get(index)) else {
                continue;
            };
            after = best_after(&after, emission, token.gap as usize, transitions);
        }
        margins
    }
}

fn best_before(
    previous: &Scores,
    gap: usize,
    next: usize,
    transitions: &impl Transitions,
) -> (i32, u8) {
    let mut best = (NEVER * 2, 0u8);
    for (label, score) in (0u8..).zip(previous.iter().take(LABELS)) {
        if may_follow(usize::from(label), next) {
            let score = score + transitions.score(gap, usize::from(label), next);
            if score > best.0 {
                best = (score, label);
            }
        }
    }
    best
}

/// For each label before a word the best score of what follows, that word included.
fn best_after(
    after: &Scores,
    emission: &Scores,
    gap: usize,
    transitions: &impl Transitions,
) -> Scores {
    let mut before = [NEVER; ROW];
    for (previous, slot) in before.iter_mut().enumerate().take(LABELS) {
        for (next, (score, rest)) in emission.iter().zip(after).enumerate().take(LABELS) {
            if may_follow(previous, next) {
                *slot = (*slot).max(score + rest + transitions.score(gap, previous, next));
            }
        }
    }
    before
}
