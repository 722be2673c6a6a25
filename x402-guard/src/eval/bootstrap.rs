//! Confidence intervals: samples are drawn anew, with repeats, and everything is counted again.

use fastrand::Rng;

use crate::eval::judge::{Counts, Judged, Totals};
use crate::eval::share::{Interval, Share};
use crate::screen::progress::Progress;

/// The intervals of one type, or of all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Intervals {
    pub(super) precision: Interval,
    pub(super) recall: Interval,
    pub(super) f1: Interval,
    pub(super) exact_f1: Interval,
    pub(super) full_cover: Interval,
}

pub(super) struct Bootstrap {
    /// By type.
    pub(super) types: Vec<Intervals>,
    pub(super) micro: Intervals,
    pub(super) flagged_recall: Interval,
    pub(super) clean_flagged_rate: Interval,
}

/// The shares of one type over all draws.
#[derive(Default)]
struct Drawn {
    precision: Vec<Share>,
    recall: Vec<Share>,
    f1: Vec<Share>,
    exact_f1: Vec<Share>,
    full_cover: Vec<Share>,
}

impl Drawn {
    fn add(&mut self, counts: &Counts) {
        self.precision.push(counts.precision(counts.partial));
        self.recall.push(counts.recall(counts.partial));
        self.f1.push(counts.f1(counts.partial));
        self.exact_f1.push(counts.f1(counts.exact));
        self.full_cover.push(counts.full_cover());
    }

    fn intervals(self) -> Intervals {
        Intervals {
            precision: Interval::of(self.precision),
            recall: Interval::of(self.recall),
            f1: Interval::of(self.f1),
            exact_f1: Interval::of(self.exact_f1),
            full_cover: Interval::of(self.full_cover),
        }
    }
}

pub(super) fn bootstrap(types: usize, judged: &[Judged], draws: u32, seed: u64) -> Bootstrap {
    let progress = Progress::of_steps("drawing", usize::try_from(draws).unwrap_or(usize::MAX));
    let mut random = Rng::with_seed(seed);
    let mut by_type: Vec<Drawn> = (0..types).map(|_| Drawn::default()).collect();
    let mut micro = Drawn::default();
    let (mut recall, mut clean) = (Vec::new(), Vec::new());
    for _ in 0..draws {
        let sample = core::iter::repeat_with(|| judged.get(random.usize(..judged.len().max(1))));
        let totals = Totals::of(types, sample.take(judged.len()).flatten());
        for (drawn, counts) in by_type.iter_mut().zip(&totals.counts) {
            drawn.add(counts);
        }
        micro.add(&totals.micro());
        recall.push(totals.samples.recall());
        clean.push(totals.samples.clean_flagged_rate());
        progress.advance(1);
    }
    Bootstrap {
        types: by_type.into_iter().map(Drawn::intervals).collect(),
        micro: micro.intervals(),
        flagged_recall: Interval::of(recall),
        clean_flagged_rate: Interval::of(clean),
    }
}
