//! The 42 configurations that the reference implementation's sweep runs.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use x402_tower::pii::EntityType;

use crate::eval::args::{Format, PiiArgs};
use crate::eval::corpus::Corpus;
use crate::eval::judge::{Judge, Totals};
use crate::eval::report::Configuration;
use crate::eval::share::Share;
use crate::screen::args::{DetectorArgs, Mode};
use crate::screen::progress::Progress;

/// The types of the reference corpus.
const TYPES: [EntityType; 6] = [
    EntityType::EmailAddress,
    EntityType::Person,
    EntityType::PhoneNumber,
    EntityType::UsSsn,
    EntityType::CreditCard,
    EntityType::IbanCode,
];
/// In percent. The reference runs its structural mode at one score alone, because scores do not matter there.
const SCORES: [(Mode, &[u8]); 2] = [
    (Mode::Structural, &[50]),
    (Mode::Nlp, &[30, 40, 50, 60, 70]),
];

/// One line of the result.
#[derive(Serialize)]
pub(super) struct Row {
    #[serde(flatten)]
    configuration: Configuration,
    labels: u64,
    findings: u64,
    precision: Share,
    recall: Share,
    f1: Share,
    exact_f1: Share,
    full_cover: Share,
    sample_precision: Share,
    sample_recall: Share,
    sample_f1: Share,
    clean_flagged_rate: Share,
    /// Against the labels of all types, as the reference counts.
    of_all_labels: OfAllLabels,
}

#[derive(Serialize)]
struct OfAllLabels {
    labels: u64,
    recall: Share,
    f1: Share,
}

/// Every configuration, in the order of the reference.
fn configurations() -> impl Iterator<Item = DetectorArgs> {
    let subsets = || {
        let alone = TYPES.iter().map(|entity| vec![*entity]);
        alone.chain([TYPES.to_vec()])
    };
    SCORES.into_iter().flat_map(move |(mode, scores)| {
        subsets().flat_map(move |entities| {
            scores.iter().map(move |min_score| DetectorArgs {
                mode,
                entities: entities.clone(),
                min_score: *min_score,
            })
        })
    })
}

pub(super) fn run(args: &PiiArgs, corpus: &mut Corpus) -> io::Result<()> {
    let progress = Progress::of_steps("sweeping", configurations().count());
    let mut rows = Vec::new();
    for detector in configurations() {
        rows.push(row(&detector, corpus));
        progress.advance(1);
    }
    drop(progress);
    match (&args.out, args.format) {
        (Some(directory), _) => write(directory, &rows),
        (None, Format::Json) => json_lines(&rows, &mut io::stdout().lock()),
        (None, Format::Md) => markdown(&rows, &mut io::stdout().lock()),
        (None, Format::Text) => text(&rows, &mut io::stdout().lock()),
    }
}

fn row(args: &DetectorArgs, corpus: &mut Corpus) -> Row {
    let judge = Judge::new(args.detector(), &args.entities, corpus);
    let judged: Vec<_> = corpus
        .samples
        .iter()
        .map(|sample| judge.judge(sample, corpus))
        .collect();
    let totals = Totals::of(corpus.types.len(), &judged);
    let micro = totals.micro();
    let others = judged.iter().map(|sample| sample.out_of_scope);
    let all = others.fold(micro.labels, u64::saturating_add);
    let either = micro.findings.saturating_add(all);
    Row {
        configuration: Configuration::of(args),
        labels: micro.labels,
        findings: micro.findings,
        precision: micro.precision(micro.partial),
        recall: micro.recall(micro.partial),
        f1: micro.f1(micro.partial),
        exact_f1: micro.f1(micro.exact),
        full_cover: micro.full_cover(),
        sample_precision: totals.samples.precision(),
        sample_recall: totals.samples.recall(),
        sample_f1: totals.samples.f1(),
        clean_flagged_rate: totals.samples.clean_flagged_rate(),
        of_all_labels: OfAllLabels {
            labels: all,
            recall: Share::of(micro.partial, all),
            f1: Share::of(micro.partial.saturating_mul(2), either),
        },
    }
}

fn write(directory: &Path, rows: &[Row]) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    json_lines(rows, &mut fs::File::create(directory.join("sweep.jsonl"))?)?;
    markdown(rows, &mut fs::File::create(directory.join("sweep.md"))?)
}

fn json_lines(rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    for row in rows {
        serde_json::to_writer(&mut *out, row)?;
        writeln!(out)?;
    }
    Ok(())
}

impl Row {
    fn types(&self) -> &'static str {
        match *self.configuration.entities {
            [one] => one,
            _ => "all six",
        }
    }
}

fn markdown(rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "| mode | types | min score | precision | recall | F1 | exact F1 | full-cover | clean flagged | F1 of all labels |\n\
         |---|---|---|---|---|---|---|---|---|---|"
    )?;
    for row in rows {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            row.configuration.mode,
            row.types(),
            row.configuration.min_score,
            row.precision,
            row.recall,
            row.f1,
            row.exact_f1,
            row.full_cover,
            row.clean_flagged_rate,
            row.of_all_labels.f1,
        )?;
    }
    Ok(())
}

fn text(rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "{:<10} {:<13} {:>5} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}",
        "MODE", "TYPES", "SCORE", "PREC", "RECALL", "F1", "EXACT", "FULL", "CLEAN"
    )?;
    for row in rows {
        writeln!(
            out,
            "{:<10} {:<13} {:>5} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}",
            row.configuration.mode,
            row.types(),
            row.configuration.min_score,
            row.precision,
            row.recall,
            row.f1,
            row.exact_f1,
            row.full_cover,
            row.clean_flagged_rate,
        )?;
    }
    writeln!(
        out,
        "\nEXACT is the F1 of findings with the very span of their label, FULL the share of\nlabels of which no letter is left, CLEAN the share of clean samples that are\nflagged."
    )
}
