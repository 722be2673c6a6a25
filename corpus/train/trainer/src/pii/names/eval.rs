//! Measures a weights file on labelled texts.

use std::io::BufRead as _;
use std::time::Instant;

use super::super::{Detector, EntityType, Finding};
use super::data::{Sample, read};
use super::fold::{Part, part_of};
use super::windows::{KINDS, detector, use_weights};
use crate::Outcome;

const NAMES: [&str; 3] = ["PERSON", "LOCATION", "ORGANIZATION"];

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    gold: usize,
    found: usize,
    right: usize,
    whole: usize,
}

/// What is added to the least score of each kind, one row each.
const CUTS: [u8; 9] = [50, 52, 54, 56, 58, 60, 62, 65, 70];

/// What to measure.
#[derive(Debug, Clone)]
pub(crate) struct Measure<'a> {
    pub(crate) weights: &'a str,
    pub(crate) data: &'a str,
    /// Measures on this fold alone.
    pub(crate) left_out: Option<u64>,
    /// Least scores of the kinds, to measure them all together with.
    pub(crate) least: Vec<[u8; 3]>,
    /// Prints the mistakes.
    pub(crate) verbose: bool,
}

pub(crate) fn measure(plan: &Measure<'_>) -> Outcome {
    use_weights(std::fs::read(plan.weights)?);
    let mut samples = read(plan.data)?;
    samples.retain(|sample| {
        let is_measured = |fold| part_of(sample, fold) == Part::Measure;
        plan.left_out.is_none_or(is_measured)
    });
    let detector = detector();
    let start = Instant::now();
    let found: Vec<Vec<Finding>> = samples
        .iter()
        .map(|sample| find(&detector, sample))
        .collect();
    let nanoseconds = start.elapsed().as_nanos() / samples.len().max(1) as u128;
    println!("{} texts, {nanoseconds} ns each", samples.len());
    if plan.verbose {
        for (sample, found) in samples.iter().zip(&found) {
            show_mistakes(sample, found);
        }
    }
    for (kind, name) in NAMES.iter().enumerate() {
        for cut in CUTS {
            row(&samples, &found, kind, name, cut);
        }
    }
    for least in &plan.least {
        all_row(&samples, &found, *least);
    }
    Ok(())
}

/// All kinds together, each from its least score on.
fn all_row(samples: &[Sample], found: &[Vec<Finding>], least: [u8; 3]) {
    let mut counts = Counts::default();
    let mut clean = std::collections::BTreeMap::new();
    for (sample, found) in samples.iter().zip(found) {
        let is_kept = |found: &&Finding| {
            let kind = KINDS.iter().position(|kind| *kind == found.entity);
            kind.is_none_or(|kind| found.score >= least[kind])
        };
        let found: Vec<&Finding> = found.iter().filter(is_kept).collect();
        let flagged = found.iter().any(|found| KINDS.contains(&found.entity));
        let (is_clean, is_flagged) = clean.entry(sample.record).or_insert((true, false));
        *is_clean &= sample.names.is_empty() && sample.others.is_empty();
        *is_flagged |= flagged;
        for kind in 0..KINDS.len() {
            compare(sample, &found, kind, &mut counts);
        }
    }
    let ratio = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let clean: Vec<bool> = (clean.values())
        .filter(|(clean, _)| *clean)
        .map(|(_, flagged)| *flagged)
        .collect();
    let flagged = clean.iter().filter(|flagged| **flagged).count();
    println!(
        "all from {least:?} P {:.3} R {:.3} F1 {:.3} covered {:.3} clean flagged {:.4}",
        ratio(counts.right, counts.found),
        ratio(counts.right, counts.gold),
        ratio(2 * counts.right, counts.gold + counts.found),
        ratio(counts.whole, counts.gold),
        ratio(flagged, clean.len()),
    );
}

fn row(samples: &[Sample], found: &[Vec<Finding>], kind: usize, name: &str, cut: u8) {
    let mut counts = Counts::default();
    let mut clean = std::collections::BTreeMap::new();
    for (sample, found) in samples.iter().zip(found) {
        let found = found
            .iter()
            .filter(|found| !KINDS.contains(&found.entity) || found.score >= cut);
        let found: Vec<&Finding> = found.collect();
        let flagged = found.iter().any(|found| found.entity == KINDS[kind]);
        let (is_clean, is_flagged) = clean.entry(sample.record).or_insert((true, false));
        *is_clean &= sample.names.is_empty() && sample.others.is_empty();
        *is_flagged |= flagged;
        compare(sample, &found, kind, &mut counts);
    }
    let ratio = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let flagged = clean
        .values()
        .filter(|(clean, flagged)| *clean && *flagged)
        .count();
    let clean = clean.values().filter(|(clean, _)| *clean).count();
    println!(
        "{name:12} from {cut} P {:.3} R {:.3} F1 {:.3} covered {:.3} ({} names, {} found) clean flagged {:.4}",
        ratio(counts.right, counts.found),
        ratio(counts.right, counts.gold),
        ratio(2 * counts.right, counts.gold + counts.found),
        ratio(counts.whole, counts.gold),
        counts.gold,
        counts.found,
        ratio(flagged, clean),
    );
}

fn find(detector: &Detector, sample: &Sample) -> Vec<Finding> {
    if sample.is_url {
        detector.scan_url(&sample.text)
    } else {
        detector.scan(&sample.text)
    }
}

fn touches(found: &Finding, entity: EntityType, span: &std::ops::Range<usize>) -> bool {
    found.entity == entity && found.span.start < span.end && span.start < found.span.end
}

fn compare(sample: &Sample, found: &[&Finding], kind: usize, counts: &mut Counts) {
    let mut free: Vec<&Finding> = found
        .iter()
        .filter(|found| found.entity == KINDS[kind])
        .copied()
        .collect();
    counts.found += free.len();
    for (_, span) in sample.names.iter().filter(|(of, _)| *of == kind) {
        counts.gold += 1;
        if let Some(at) = free
            .iter()
            .position(|found| touches(found, KINDS[kind], span))
        {
            free.remove(at);
            counts.right += 1;
        }
        let is_covered = sample.text[span.clone()]
            .char_indices()
            .all(|(at, character)| {
                !character.is_alphanumeric()
                    || found
                        .iter()
                        .any(|found| found.span.contains(&(span.start + at)))
            });
        counts.whole += usize::from(is_covered);
    }
}

fn show_mistakes(sample: &Sample, found: &[Finding]) {
    let names = || found.iter().filter(|found| KINDS.contains(&found.entity));
    let is_right = |found: &Finding| {
        sample
            .names
            .iter()
            .any(|(kind, span)| touches(found, KINDS[*kind], span))
    };
    let is_found = |(kind, span): &(usize, std::ops::Range<usize>)| {
        names().any(|found| touches(found, KINDS[*kind], span))
    };
    if names().all(is_right) && sample.names.iter().all(is_found) {
        return;
    }
    println!("{}", shown(sample, found));
}

/// The text with what was found in brackets, and what should have been.
fn shown(sample: &Sample, found: &[Finding]) -> String {
    let letter = |entity: EntityType| {
        KINDS
            .iter()
            .position(|kind| *kind == entity)
            .map(|kind| &NAMES[kind][..1])
    };
    let mut text = sample.text.clone();
    for name in found.iter().rev() {
        text.insert_str(
            name.span.end,
            &format!("|{}{}]", letter(name.entity).unwrap_or("-"), name.score),
        );
        text.insert(name.span.start, '[');
    }
    let gold: Vec<String> = (sample.names.iter())
        .map(|(kind, span)| format!("{}:{}", &NAMES[*kind][..1], &sample.text[span.clone()]))
        .collect();
    format!("{text}    <= {}", gold.join(", "))
}

pub(crate) fn tag(weights: &str) -> Outcome {
    use_weights(std::fs::read(weights)?);
    let detector = detector();
    for (record, line) in std::io::stdin().lock().lines().enumerate() {
        let text = line?;
        let sample = Sample {
            is_url: text.starts_with("http"),
            text,
            record,
            ..Sample::default()
        };
        println!("{}", shown(&sample, &find(&detector, &sample)));
    }
    Ok(())
}
