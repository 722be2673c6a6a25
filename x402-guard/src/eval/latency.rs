//! How long scans take: warm, on one thread, the caller's own.

use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use serde::Serialize;
use x402_tower::pii::Detector;

use crate::eval::corpus::Corpus;
use crate::screen::field::FieldText;
use crate::screen::progress::Progress;
use crate::shown::Hundredths;

/// Rounds over the corpus; each item counts with the median of its rounds.
const ROUNDS: usize = 15;
/// No UTF-8 text holds it, so it is looked for to the end.
const NOWHERE: u8 = 0xff;

/// Nanoseconds at percentiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Percentiles {
    pub(super) p50: u64,
    pub(super) p95: u64,
    pub(super) p99: u64,
}

/// What was timed of one kind of item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Timed {
    pub(super) items: usize,
    pub(super) scan_ns: Percentiles,
    pub(super) memchr_ns: Percentiles,
}

#[derive(Debug, Serialize)]
pub(super) struct Latency {
    pub(super) record: Timed,
    pub(super) field: Timed,
    pub(super) clean_field: Timed,
    pub(super) other_field: Timed,
    /// Of all texts together.
    pub(super) bytes: u64,
    /// The fastest of the rounds over all texts.
    pub(super) scan_all_ns: u64,
    pub(super) memchr_all_ns: u64,
    /// The one in terms of the other.
    pub(super) times_memchr: Hundredths,
    /// Figures of a build without optimisation say nothing.
    pub(super) optimised: bool,
}

/// Times the scans of a corpus.
pub(super) fn measure(corpus: &Corpus, detector: &Detector) -> Latency {
    let records: Vec<Vec<FieldText<'_>>> = corpus
        .samples
        .iter()
        .map(|sample| {
            let texts = sample.fields.iter().map(|field| field.text());
            texts.filter(|field| !field.text.is_empty()).collect()
        })
        .filter(|record: &Vec<_>| !record.is_empty())
        .collect();
    let fields: Vec<FieldText<'_>> = records.iter().flatten().copied().collect();
    let (clean, other): (Vec<FieldText<'_>>, Vec<FieldText<'_>>) = fields
        .iter()
        .partition(|field| field.scan(detector).is_empty());
    let progress = Progress::of_steps("timing", 10_usize.saturating_mul(ROUNDS));
    let scan = |field: &FieldText<'_>| {
        black_box(black_box(*field).scan(detector));
    };
    let look = |field: &FieldText<'_>| {
        black_box(memchr::memchr(NOWHERE, black_box(field.text).as_bytes()));
    };
    let scan_all_ns = fastest(&fields, scan, &progress);
    let memchr_all_ns = fastest(&fields, look, &progress);
    let time = |fields: &[FieldText<'_>]| Timed {
        items: fields.len(),
        scan_ns: percentiles(fields, scan, &progress),
        memchr_ns: percentiles(fields, look, &progress),
    };
    Latency {
        record: Timed {
            items: records.len(),
            scan_ns: percentiles(&records, |record| record.iter().for_each(scan), &progress),
            memchr_ns: percentiles(&records, |record| record.iter().for_each(look), &progress),
        },
        field: time(&fields),
        clean_field: time(&clean),
        other_field: time(&other),
        bytes: fields.iter().fold(0_u64, |sum, field| {
            sum.saturating_add(u64::try_from(field.text.len()).unwrap_or(u64::MAX))
        }),
        scan_all_ns,
        memchr_all_ns,
        times_memchr: Hundredths(
            scan_all_ns
                .saturating_mul(100)
                .checked_div(memchr_all_ns)
                .unwrap_or(0),
        ),
        optimised: !cfg!(debug_assertions),
    }
}

/// The fastest round over all items, without a look at the clock between them.
fn fastest<T>(items: &[T], run: impl Fn(&T), progress: &Progress) -> u64 {
    let round = || {
        let start = now();
        items.iter().for_each(&run);
        progress.advance(1);
        nanoseconds(start.elapsed())
    };
    core::iter::repeat_with(round)
        .take(ROUNDS)
        .min()
        .unwrap_or(0)
}

fn percentiles<T>(items: &[T], run: impl Fn(&T), progress: &Progress) -> Percentiles {
    let clock = clock_itself();
    let mut rounds = vec![[0_u64; ROUNDS]; items.len()];
    for round in 0..ROUNDS {
        for (item, times) in items.iter().zip(&mut rounds) {
            let start = now();
            run(item);
            let took = nanoseconds(start.elapsed());
            if let Some(time) = times.get_mut(round) {
                *time = took.saturating_sub(clock);
            }
        }
        progress.advance(1);
    }
    let medians = rounds.iter_mut().map(|times| {
        times.sort_unstable();
        at(times, 50)
    });
    let mut all: Vec<u64> = medians.collect();
    all.sort_unstable();
    Percentiles {
        p50: at(&all, 50),
        p95: at(&all, 95),
        p99: at(&all, 99),
    }
}

/// What is measured where nothing is done.
fn clock_itself() -> u64 {
    let mut times = [0_u64; 1001];
    for time in &mut times {
        let start = now();
        *time = nanoseconds(start.elapsed());
    }
    times.sort_unstable();
    at(&times, 50)
}

/// The value below which `percent` of the sorted ones lie.
fn at(sorted: &[u64], percent: usize) -> u64 {
    let last = sorted.len().saturating_sub(1);
    let place = last.saturating_mul(percent).div_ceil(100);
    sorted.get(place).copied().unwrap_or(0)
}

#[allow(
    clippy::disallowed_methods,
    reason = "how long a scan took decides nothing, and a clock that is set must not show in it"
)]
fn now() -> Instant {
    Instant::now()
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let sorted: Vec<u64> = (1..=100).collect();
        assert_eq!(
            [50, 95, 99].map(|percent| at(&sorted, percent)),
            [51, 96, 100]
        );
        assert_eq!(at(&[7], 99), 7);
        assert_eq!(at(&[], 50), 0);
    }
}
