//! `x402-guard audit verify`: whether a log is as it was written.

pub(crate) mod key;
mod report;

use std::fs::File;
use std::io::{self, BufReader, Write};

use x402_tower::audit::{
    AuditBreak, AuditBreakKind, AuditSummary, verify as verify_lines, verify_file,
    verify_file_with_head, verify_with_head,
};

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
    match found {
        Ok(summary) if args.strict && is_unfinished(&summary) => Exit::Unfinished,
        Ok(_) => Exit::Done,
        Err(_) => Exit::Failed,
    }
}

/// Whether there are payments of which nobody knows how they ended.
fn is_unfinished(summary: &AuditSummary) -> bool {
    !summary.dangling_intents.is_empty() || summary.unfollowed_intents > 0
}

fn check(args: &VerifyArgs) -> Result<AuditSummary, Problem> {
    let key = key::find(&args.file, args.key_file.as_deref())?;
    let open = || {
        File::open(&args.file)
            .map(BufReader::new)
            .map_err(Problem::Unopened)
    };
    match (&args.head, args.no_head_file) {
        (None, false) => verify_file(&args.file, &key),
        (None, true) => verify_lines(open()?, &key),
        (Some(head), true) => verify_with_head(open()?, &key, head),
        (Some(head), false) => match verify_file_with_head(&args.file, &key, head) {
            // The head that was named does as well.
            Err(found) if matches!(found.kind, AuditBreakKind::HeadMissing) => {
                verify_with_head(open()?, &key, head)
            }
            checked => checked,
        },
    }
    .map_err(Problem::Broken)
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

    /// Whether the log is known to be broken.
    fn is_certain(&self) -> bool {
        match self {
            Self::Broken(found) => found.is_certain(),
            Self::Key(_) | Self::Unopened(_) => false,
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

/// Where a log is broken, and how.
pub(crate) fn broken(found: &AuditBreak) -> String {
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
