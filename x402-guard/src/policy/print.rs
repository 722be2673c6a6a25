//! Text in 80 columns.

use std::io::{self, Write};

use serde::Serialize;
use x402_tower::Usd;
use x402_tower::policy::PolicyError;

/// Widest line.
const COLUMNS: usize = 80;

/// Prints words with `indent` blanks in front of every line. A word that is longer than a line has one of its own.
pub(super) fn wrapped(out: &mut impl Write, indent: usize, text: &str) -> io::Result<()> {
    let mut line = String::new();
    let mut width = indent;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !line.is_empty() && width.saturating_add(length).saturating_add(1) > COLUMNS {
            writeln!(out, "{:indent$}{line}", "")?;
            line.clear();
            width = indent;
        }
        if !line.is_empty() {
            line.push(' ');
            width = width.saturating_add(1);
        }
        line.push_str(word);
        width = width.saturating_add(length);
    }
    if line.is_empty() {
        return Ok(());
    }
    writeln!(out, "{:indent$}{line}", "")
}

/// Prints everything that is wrong with a policy.
pub(super) fn problems(out: &mut impl Write, error: &PolicyError) -> io::Result<()> {
    let source = error.source_name();
    let several = if error.problems().len() == 1 { "" } else { "s" };
    let count = error.problems().len();
    writeln!(out, "{source}: cannot be used, {count} problem{several}")?;
    for problem in error.problems() {
        writeln!(out)?;
        match problem.line() {
            Some(line) => writeln!(out, "{source}:{line}")?,
            None => writeln!(out, "{source}")?,
        }
        if !problem.path().is_empty() {
            wrapped(out, 2, problem.path())?;
        }
        let what = format!("{} ({})", problem.message(), problem.code());
        wrapped(out, 4, &what)?;
        wrapped(out, 4, problem.remedy())?;
    }
    Ok(())
}

/// The same for programs.
#[derive(Debug, Serialize)]
pub(super) struct Unusable<'a> {
    usable: bool,
    code: &'static str,
    problems: Vec<Problem<'a>>,
}

#[derive(Debug, Serialize)]
struct Problem<'a> {
    code: &'static str,
    path: &'a str,
    line: Option<usize>,
    message: &'a str,
    remedy: &'a str,
}

impl<'a> Unusable<'a> {
    pub(super) fn of(error: &'a PolicyError) -> Self {
        let problems = error.problems().iter();
        Self {
            usable: false,
            code: error.code(),
            problems: problems
                .map(|problem| Problem {
                    code: problem.code(),
                    path: problem.path(),
                    line: problem.line(),
                    message: problem.message(),
                    remedy: problem.remedy(),
                })
                .collect(),
        }
    }
}

/// Prints one JSON object on a line.
pub(super) fn json(out: &mut impl Write, object: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, object)?;
    writeln!(out)
}

/// Dollars as programs get them: an exact text.
pub(crate) fn dollars(usd: Usd) -> String {
    usd.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_wrapped_and_never_cut() {
        let mut out = Vec::new();
        let long = "x".repeat(100);
        wrapped(&mut out, 4, &format!("{} {long} end", "word ".repeat(20))).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.matches("word").count(), 20);
        assert!(
            text.lines()
                .all(|line| line.starts_with("    ") && (line.len() <= 80 || line.trim() == long))
        );
    }
}
