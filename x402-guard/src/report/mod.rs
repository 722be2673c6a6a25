//! `x402-guard report`: what audit logs add up to, and what is known of their integrity.

pub(crate) mod args;
mod chain;
pub(crate) mod count;
mod course;
mod document;
mod files;
mod gather;
mod notes;
pub(crate) mod period;
mod record;
mod show;
mod subject;

#[cfg(test)]
mod tests;

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use crate::exit::Exit;
use crate::report::args::{Format, ReportArgs};
use crate::report::chain::{Checked, Checks};
use crate::report::count::tally::Tally;
use crate::report::document::Document;
use crate::report::period::Period;
use crate::report::show::{html, md};
use crate::report::subject::Subject;
use crate::screen::progress::Progress;
use crate::shown::{Foreign, note};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Usage {
    #[error("--from is not before --to: no moment is between them")]
    Empty,
    #[error("--subject names nothing to look for")]
    NoSubject,
    #[error("{0} is named twice")]
    Twice(String),
    #[error("--out names {0}, which is a log")]
    OutIsALog(String),
}

/// Reads the logs and writes the report.
pub(crate) fn run(args: &ReportArgs) -> Exit {
    let (document, falls_short) = match document(args) {
        Ok(made) => made,
        Err(usage) => {
            note(usage);
            return Exit::Usage;
        }
    };
    if let Err(error) = write(&document, args) {
        if error.kind() == ErrorKind::BrokenPipe && args.out.is_none() {
            return exit(falls_short);
        }
        note(format_args!("the report cannot be written: {error}"));
        return Exit::Failed;
    }
    exit(falls_short)
}

const fn exit(falls_short: bool) -> Exit {
    if falls_short {
        Exit::Failed
    } else {
        Exit::Done
    }
}

/// The report, and whether something that was asked for could not be vouched for.
fn document(args: &ReportArgs) -> Result<(Document, bool), Usage> {
    let period = Period::new(args.from, args.to).ok_or(Usage::Empty)?;
    check_paths(args)?;
    let subject = args.subject.clone();
    if subject
        .as_ref()
        .is_some_and(|wanted| wanted.trim().is_empty())
    {
        return Err(Usage::NoSubject);
    }
    let checks = Checks {
        key_file: args.key_file.as_deref(),
        no_head_file: args.no_head_file,
        no_verify: args.no_verify,
    };
    let mut tally = Tally::new(period, args.agent.clone(), subject.map(Subject::new));
    let chains = files::in_order(&args.audit);
    let bytes = chains.iter().flatten().map(|source| source.bytes);
    let progress = Progress::of_bytes_first(bytes.fold(0, u64::saturating_add));
    let mut checked = Vec::new();
    for (number, sources) in (1..).zip(&chains) {
        let first = checked.len();
        checked.extend(chain::read(
            sources, number, first, checks, &mut tally, &progress,
        ));
    }
    drop(progress);
    say(&checked);
    let falls_short = checked.iter().any(|file| file.falls_short);
    let rows = usize::from(args.rows);
    let document = Document::new(period, args.agent.clone(), rows, checked, tally.finish());
    Ok((document, falls_short))
}

/// Says on standard error what is wrong with files.
fn say(files: &[Checked]) {
    for file in files {
        if let Some(problem) = &file.problem {
            let at = file
                .line
                .map_or(String::new(), |line| format!(" at line {line}"));
            let name = Foreign(&file.file);
            note(format_args!(
                "{name}: {}{at}: {problem}",
                file.integrity.as_str()
            ));
        }
    }
}

fn check_paths(args: &ReportArgs) -> Result<(), Usage> {
    let mut seen = Vec::new();
    for path in &args.audit {
        // What cannot be found is said when it is read.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        if seen.contains(&place) {
            return Err(Usage::Twice(path.display().to_string()));
        }
        seen.push(place);
    }
    let out = args.out.as_ref().and_then(|out| fs::canonicalize(out).ok());
    match out {
        Some(out) if seen.contains(&out) => Err(Usage::OutIsALog(out.display().to_string())),
        _ => Ok(()),
    }
}

fn write(document: &Document, args: &ReportArgs) -> io::Result<()> {
    let text = written(document, args.format)?;
    match args.out.as_deref() {
        Some(path) => write_over(path, &text),
        None => {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes())?;
            out.flush()
        }
    }
}

/// The report as a text that ends in a line break.
fn written(document: &Document, format: Format) -> io::Result<String> {
    Ok(match format {
        Format::Json => {
            let mut text = serde_json::to_string_pretty(document)?;
            text.push('\n');
            text
        }
        Format::Md => md::write(document),
        Format::Html => html::write(document),
    })
}

/// An earlier report is there until this one is there as a whole.
fn write_over(path: &Path, text: &str) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return fs::write(path, text);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    fs::write(&partial, text)?;
    fs::rename(&partial, path).inspect_err(|_| {
        let _left_behind = fs::remove_file(&partial);
    })
}
