//! The command line of `corpus`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

pub(crate) use crate::corpus::held_out::Split;

const GENERATE_NOTES: &str = "\
Each line is one sample: id, category, resource_url, description, reason, pii_positive and labels, each with field, \
entity_type, start, end, original_text and surface_form. Offsets count Unicode code points. Within a hundred samples in \
a row, 38 have personal data in them. The same seed gives the same samples on every machine; asking for more of them \
adds to the end.

Nobody is meant: names are put together at random, numbers are made up with valid check digits, secrets open nothing.

--split held-out uses the names, places, organisations and templates that no model may be trained on: a tenth of the \
former, half of the latter and of what only looks like a name. --split train uses the others.

Exit codes:
   0  written
   1  it could not be written
   2  the command line cannot be right";

const CARD_NOTES: &str = "\
Counts samples, values and distinct texts of any corpus in this form, and prints Markdown.

Exit codes:
   0  printed
   1  the corpus cannot be read, or a label does not point at its text
   2  the command line cannot be right";

#[derive(Subcommand)]
pub(crate) enum CorpusCommand {
    /// Make labelled payment metadata, as JSON lines
    Generate(GenerateArgs),
    /// Say what is in a corpus
    Card(CardArgs),
}

#[derive(Args)]
#[command(after_help = GENERATE_NOTES)]
pub(crate) struct GenerateArgs {
    /// Which corpus
    #[arg(long, value_name = "NUMBER", default_value_t = 42)]
    pub(crate) seed: u64,
    /// How many samples
    #[arg(long, value_name = "COUNT", default_value_t = 2_000)]
    pub(crate) n: usize,
    /// Which names and templates
    #[arg(long, value_enum, default_value_t = Split::Any)]
    pub(crate) split: Split,
    /// Where to; standard output unless set
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args)]
#[command(after_help = CARD_NOTES)]
pub(crate) struct CardArgs {
    /// The corpus, as JSON lines
    #[arg(long, value_name = "FILE")]
    pub(crate) corpus: PathBuf,
}
