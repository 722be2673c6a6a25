//! `x402-guard eval`: a detector measured against labelled data.

pub(crate) mod args;
mod bootstrap;
mod corpus;
mod difference;
mod found;
mod judge;
mod latency;
mod print;
mod report;
mod share;
mod sweep;

use std::io::{self, Write};

use crate::eval::args::{Format, PiiArgs};
use crate::eval::bootstrap::bootstrap;
use crate::eval::corpus::Corpus;
use crate::eval::judge::{Judge, Totals};
use crate::eval::latency::measure;
use crate::eval::report::{About, Configuration, Draws, Report, scores};
use crate::exit::Exit;
use crate::screen::args::DetectorArgs;
use crate::screen::progress::Progress;
use crate::shown::{Hundredths, note};

/// Measures what the command line names.
pub(crate) fn run(args: &PiiArgs) -> Exit {
    let mut corpus = match Corpus::load(&args.corpus) {
        Ok(corpus) => corpus,
        Err(error) => {
            note(format_args!("{}: {error}", args.corpus.display()));
            return Exit::Failed;
        }
    };
    let written = if args.sweep {
        sweep::run(args, &mut corpus)
    } else {
        let report = report(args, &mut corpus);
        print(&report, args.format)
    };
    match written {
        Ok(()) => Exit::Done,
        Err(error) => {
            note(format_args!("the result cannot be written: {error}"));
            Exit::Failed
        }
    }
}

fn report(args: &PiiArgs, corpus: &mut Corpus) -> Report {
    let judge = Judge::new(args.detector.detector(), &args.detector.entities, corpus);
    let progress = Progress::of_steps("scanning", corpus.samples.len());
    let judge_one = |sample| {
        progress.advance(1);
        judge.judge(sample, corpus)
    };
    let judged: Vec<_> = corpus.samples.iter().map(judge_one).collect();
    drop(progress);
    let types = corpus.types.len();
    let totals = Totals::of(types, &judged);
    let drawn = bootstrap(types, &judged, args.resamples, args.seed);
    let differences = args.differences.then(|| {
        let all = judged.into_iter().flat_map(|sample| sample.differences);
        all.map(|difference| difference.listed(&corpus.types))
            .collect()
    });
    let (per_entity, micro, samples) = scores(&corpus.types, &totals, drawn);
    Report {
        corpus: about(args, corpus),
        detector: Configuration::of(&args.detector),
        per_entity,
        micro,
        samples,
        bootstrap: Draws {
            resamples: args.resamples,
            seed: args.seed,
        },
        latency: args
            .latency
            .then(|| measure(corpus, &args.detector.detector())),
        differences,
    }
}

fn about(args: &PiiArgs, corpus: &Corpus) -> About {
    let samples = &corpus.samples;
    let texts = samples.iter().flat_map(|sample| &sample.fields);
    About {
        file: args.corpus.display().to_string(),
        samples: samples.len(),
        positive: samples.iter().filter(|sample| sample.positive).count(),
        fields: texts.filter(|field| !field.text().text.is_empty()).count(),
        labels: samples.iter().map(|sample| sample.labels.len()).sum(),
    }
}

impl Configuration {
    fn of(args: &DetectorArgs) -> Self {
        Self {
            mode: args.mode.as_str(),
            entities: args.entities.iter().map(|entity| entity.as_str()).collect(),
            min_score: Hundredths(args.min_score.into()),
        }
    }
}

fn print(report: &Report, format: Format) -> io::Result<()> {
    let mut out = Vec::new();
    match format {
        Format::Text => print::text(report, &mut out)?,
        Format::Md => print::markdown(report, &mut out)?,
        Format::Json => {
            serde_json::to_writer(&mut out, report)?;
            out.push(b'\n');
        }
    }
    let mut stdout = io::stdout().lock();
    stdout.write_all(&out)?;
    stdout.flush()
}
