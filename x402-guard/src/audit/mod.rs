//! `x402-guard audit verify`: whether a log is as it was written.

mod key;
mod report;

use std::fs::File;
use std::io::{self, BufReader, Write};

use x402_tower::audit::{AuditBreak, AuditSummary, verify_file, verify_with_head};

use crate::args::VerifyArgs;
use crate::audit::key::KeyError;
use crate::audit::report::Verdict;
use crate::exit::Exit;
use crate::shown::note;

/// Checks the log and prints what it holds, or where it is broken.
pub(crate) fn verify(args: &VerifyArgs) -> Exit {
    let found = check(args);
    if let Err(problem) = &found {
        note(format_args!("{}: {problem}", args.file.display()));
    }
    let verdict = Verdict::of(&found);
    let mut out = io::stdout().lock();
    let printed = if args.json {
        serde_json::to_writer(&mut out, &verdict)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out))
    } else {
        verdict.print(&args.file, &mut out)
    };
    if let Err(error) = printed.and_then(|()| out.flush()) {
        note(format_args!("the result cannot be printed: {error}"));
        return Exit::Failed;
    }
    if found.is_ok() {
        Exit::Done
    } else {
        Exit::Failed
    }
}

fn check(args: &VerifyArgs) -> Result<AuditSummary, Problem> {
    let key = key::find(args)?;
    let Some(head) = &args.head else {
        return verify_file(&args.file, &key).map_err(Problem::Broken);
    };
    let file = File::open(&args.file).map_err(Problem::Unopened)?;
    verify_with_head(BufReader::new(file), &key, head).map_err(Problem::Broken)
}

/// Why a log is not known to be intact.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the log cannot be opened: {0}; check the path")]
    Unopened(#[source] io::Error),
    #[error("{}", broken(.0))]
    Broken(AuditBreak),
}

impl Problem {
    fn code(&self) -> &'static str {
        match self {
            Self::Key(error) => error.code(),
            Self::Unopened(_) => "audit.unreadable",
            Self::Broken(found) => found.code(),
        }
    }

    /// The line that is broken; `None` where the log could not be checked at all.
    fn line(&self) -> Option<u64> {
        match self {
            Self::Broken(found) if found.line > 0 => Some(found.line),
            _ => None,
        }
    }
}

fn broken(found: &AuditBreak) -> String {
    match found.line {
        0 => found.kind.to_string(),
        1 => format!("broken at line 1 ({}): {}", found.code(), found.kind),
        line => format!(
            "broken at line {line} ({}): {}; the lines before it are as they were written",
            found.code(),
            found.kind
        ),
    }
}
