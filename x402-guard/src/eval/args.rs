//! The command line of `eval`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::screen::args::DetectorArgs;

const PII_NOTES: &str = "\
The corpus is one JSON object a line: resource_url, description, reason (and every other text that a label names), \
pii_positive, and labels, a list of field, entity_type, start and end in Unicode code points.

Precision, recall and F1 are partial (a finding of the same type overlaps the label, one finding for one label) and exact \
(of the same type and the same letters). FULL is full-cover, which counts for a leak: the share of labels of which no letter \
and no digit is left in the redacted field, whatever type they were found as. 95% is the confidence interval of F1 over \
samples drawn anew (bootstrap). Shares are rounded down, so that 1.000 means all. With --entities, labels of other types do \
not count.

--sweep runs 42 configurations over EMAIL_ADDRESS, PERSON, PHONE_NUMBER, US_SSN, CREDIT_CARD and IBAN_CODE: each alone and \
all six, structural at 0.50, nlp at 0.30, 0.40, 0.50, 0.60 and 0.70. With --out it writes sweep.jsonl and sweep.md.

--differences lists labels that are missed, not_covered (letters are left) or hidden as other_type, and findings that are \
extra, by line of the corpus, field, start and end.

--latency takes the time of scans alone, warm, on one thread, and of memchr over the same bytes.

Exit codes:
   0  measured
   1  the corpus cannot be used, or the result not written
   2  the command line cannot be right";

#[derive(Subcommand)]
pub(crate) enum EvalCommand {
    /// Say how much of the personal data in a labelled corpus is found, how much else, and how fast
    Pii(PiiArgs),
}

#[derive(Args)]
#[command(after_help = PII_NOTES)]
pub(crate) struct PiiArgs {
    /// The labelled corpus
    #[arg(long, value_name = "FILE")]
    pub(crate) corpus: PathBuf,
    #[command(flatten)]
    pub(crate) detector: DetectorArgs,
    /// Run the 42 configurations in place of the one that is named
    #[arg(long, conflicts_with_all = ["latency", "differences", "mode", "entities", "min_score"])]
    pub(crate) sweep: bool,
    /// Where a sweep writes sweep.jsonl and sweep.md; standard output unless set
    #[arg(long, value_name = "DIR", requires = "sweep")]
    pub(crate) out: Option<PathBuf>,
    /// Take the time as well
    #[arg(long)]
    pub(crate) latency: bool,
    /// List where findings and labels differ: places in the corpus, never what stands there
    #[arg(long)]
    pub(crate) differences: bool,
    /// How the result is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
    /// How often samples are drawn anew for confidence intervals
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(40..=10_000))]
    pub(crate) resamples: u32,
    /// Where the drawing starts from, so that it can be repeated
    #[arg(long, value_name = "N", default_value_t = 42)]
    pub(crate) seed: u64,
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, in 80 columns
    Text,
    /// One object; one a line for a sweep
    Json,
    /// Markdown tables
    Md,
}
