//! Measures a weights file on labelled lines.

use std::io::BufRead as _;

use super::data::{Sample, read};
use super::model::Model;
use super::scan::{Found, scan};
use crate::Outcome;

const KINDS: [&str; 3] = ["PERSON", "LOCATION", "ORGANIZATION"];

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    gold: usize,
    found: usize,
    right: usize,
    hit: usize,
    whole: usize,
}

/// The scores from which on names are counted, one table each.
const CUTS: [u8; 4] = [50, 55, 60, 70];

pub(crate) fn measure(weights: &str, data: &str, verbose: bool) -> Outcome {
    let file = std::fs::read(weights)?;
    let model = Model::parse(&file).ok_or("not a weights file")?;
    let samples = read(data)?;
    for cut in CUTS {
        println!("from a score of {cut}");
        table(&model, &samples, cut, verbose && cut == CUTS[0]);
    }
    Ok(())
}

fn table(model: &Model<'_>, samples: &[Sample], cut: u8, verbose: bool) {
    let mut counts = [Counts::default(); 3];
    let (mut clean, mut flagged) = (0usize, 0usize);
    for sample in samples {
        let mut found = find(model, sample);
        found.retain(|name| name.score >= cut);
        if sample.names.is_empty() {
            clean += 1;
            flagged += usize::from(!found.is_empty());
        }
        let wrong = compare(sample, &found, &mut counts);
        if verbose && wrong {
            println!("{}", shown(sample, &found));
        }
    }
    for (kind, counts) in KINDS.iter().zip(counts) {
        let ratio = |part: usize, whole: usize| part * 1000 / whole.max(1);
        let (precision, recall) = (
            ratio(counts.right, counts.found),
            ratio(counts.hit, counts.gold),
        );
        let f1 = 2 * precision * recall / (precision + recall).max(1);
        println!(
            "{kind:12} P .{precision:03} R .{recall:03} F1 .{f1:03} full cover R .{:03} ({} names, {} found)",
            ratio(counts.whole, counts.gold),
            counts.gold,
            counts.found
        );
    }
    println!("clean samples flagged: {flagged} of {clean}");
}

fn find(model: &Model<'_>, sample: &Sample) -> Vec<Found> {
    let mut found = Vec::new();
    scan(model, sample.text.as_bytes(), sample.in_url, &sample.taken, |name| found.push(name));
    found
}

fn compare(sample: &Sample, found: &[Found], counts: &mut [Counts; 3]) -> bool {
    let mut wrong = false;
    for (kind, span) in &sample.names {
        let counts = &mut counts[*kind];
        counts.gold += 1;
        let touches = |name: &&Found| name.span.start < span.end && span.start < name.span.end;
        let hit = found.iter().filter(touches).any(|name| name.kind == *kind);
        let whole = span.clone().all(|at| {
            let is_letter = !sample.text.as_bytes()[at].is_ascii() || sample.text.as_bytes()[at].is_ascii_alphabetic();
            !is_letter || found.iter().any(|name| name.span.contains(&at))
        });
        counts.hit += usize::from(hit);
        counts.whole += usize::from(whole);
        wrong |= !hit || !whole;
    }
    for name in found {
        let counts = &mut counts[name.kind];
        counts.found += 1;
        let right = sample.names.iter().any(|(kind, span)| {
            *kind == name.kind && name.span.start < span.end && span.start < name.span.end
        });
        counts.right += usize::from(right);
        wrong |= !right;
    }
    wrong
}

/// The text with what was found in brackets, and what should have been.
fn shown(sample: &Sample, found: &[Found]) -> String {
    let mut text = sample.text.clone();
    for name in found.iter().rev() {
        text.insert_str(name.span.end, &format!("|{}{}]", &KINDS[name.kind][..1], name.score));
        text.insert(name.span.start, '[');
    }
    let gold: Vec<String> = (sample.names.iter())
        .map(|(kind, span)| format!("{}:{}", &KINDS[*kind][..1], &sample.text[span.clone()]))
        .collect();
    format!("{} {text}    <= {}", if sample.in_url { 'U' } else { 'T' }, gold.join(", "))
}

pub(crate) fn tag(weights: &str) -> Outcome {
    let file = std::fs::read(weights)?;
    let model = Model::parse(&file).ok_or("not a weights file")?;
    for line in std::io::stdin().lock().lines() {
        let text = line?;
        let sample = Sample {
            in_url: text.starts_with('/'),
            text,
            ..Sample::default()
        };
        println!("{}", shown(&sample, &find(&model, &sample)));
    }
    Ok(())
}
