//! `x402-guard corpus`: labelled payment metadata to measure a detector of personal data with.
//!
//! Samples are filled into templates from lists under `data` by a generator of random numbers of our own; nothing
//! but the seed and those files decides what comes out. `docs/pii.md` says what the labels mean.

pub(crate) mod args;
mod card;
mod count;
mod email;
mod encode;
mod generate;
mod held_out;
mod identifiers;
mod lists;
mod lookalikes;
mod names;
mod numbers;
mod organisations;
mod person;
mod places;
mod prng;
mod record;
mod sample;
mod scene;
mod template;
#[cfg(test)]
mod tests;
mod text;

use crate::corpus::args::CorpusCommand;
use crate::exit::Exit;
use crate::shown::note;

/// Runs one of the commands.
pub(crate) fn run(command: &CorpusCommand) -> Exit {
    let done = match command {
        CorpusCommand::Generate(args) => {
            generate::run(args).map_err(|error| format!("the corpus cannot be written: {error}"))
        }
        CorpusCommand::Card(args) => card::run(args).map_err(|error| error.to_string()),
    };
    match done {
        Ok(()) => Exit::Done,
        Err(problem) => {
            note(problem);
            Exit::Failed
        }
    }
}
