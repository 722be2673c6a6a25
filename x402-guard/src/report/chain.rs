//! Checking the files of one chain, and counting what is in them.

use std::path::Path;

use x402_tower::audit::{AuditKey, verify_each};

use crate::audit::key::{self, KeyError};
use crate::report::count::tally::Tally;
use crate::report::course::Course;
use crate::report::files::{Joined, Source};
use crate::screen::progress::Progress;

/// What is known of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Integrity {
    /// Every line is as it was written, and the end is there.
    Intact,
    /// Nobody has checked it to its end.
    Unverified,
    /// It is not as it was written.
    Broken,
    /// It cannot be read, or only in part.
    Unreadable,
}

impl Integrity {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Unverified => "unverified",
            Self::Broken => "broken",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A file that was gone through.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) file: String,
    pub(super) chain: usize,
    pub(super) integrity: Integrity,
    /// The line that is broken.
    pub(super) line: Option<u64>,
    pub(super) code: Option<&'static str>,
    pub(super) problem: Option<String>,
    pub(super) lines: u64,
    pub(super) checked: u64,
    pub(super) skipped: u64,
    pub(super) first_time: Option<String>,
    pub(super) head: Option<String>,
    /// Whether somebody wanted it checked, and it could not be.
    pub(super) falls_short: bool,
}

/// How files are checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checks<'a> {
    pub(super) key_file: Option<&'a Path>,
    pub(super) no_head_file: bool,
    pub(super) no_verify: bool,
}

/// Goes through the files of one chain.
pub(super) fn read(
    sources: &[Source],
    number: usize,
    first_file: usize,
    checks: Checks<'_>,
    tally: &mut Tally,
    progress: &Progress,
) -> Vec<Checked> {
    let mut course = Course::new(sources, number, first_file);
    let Some(first) = sources.first() else {
        return course.files;
    };
    if let Some(error) = &first.unreadable {
        let problem = format!("it cannot be read: {error}");
        course.end_at_none(Integrity::Unreadable, "audit.unreadable", &problem, true);
        return course.files;
    }
    if let Some(other) = &first.copy_of {
        let problem = format!(
            "it begins with the same record as {}: a copy, or another branch of that log; it is not counted",
            other.display()
        );
        course.end_at_none(
            Integrity::Unverified,
            "report.same_beginning",
            &problem,
            true,
        );
        return course.files;
    }
    let checked = match find_key(first, checks) {
        Ok(key) => {
            let named = sources.last().filter(|_| !checks.no_head_file);
            let path = named.map(|source| source.path.as_path());
            let found = verify_each(Joined::from(sources, 0), &key, path, |line| {
                course.take(line, true, tally, progress);
            });
            course.settle(found.map(|summary| summary.head.map(|head| head.to_string())))
        }
        Err(unchecked) => {
            let Unchecked {
                code,
                problem,
                falls_short,
            } = unchecked;
            course.end_at_none(Integrity::Unverified, code, &problem, falls_short);
            false
        }
    };
    if !checked && let Err(error) = course.read_unchecked(sources, tally, progress) {
        let problem = format!("it cannot be read to its end: {error}");
        course.end_at_none(Integrity::Unreadable, "audit.unreadable", &problem, true);
    }
    course.files
}

struct Unchecked {
    code: &'static str,
    problem: String,
    falls_short: bool,
}

fn find_key(first: &Source, checks: Checks<'_>) -> Result<AuditKey, Unchecked> {
    if checks.no_verify {
        return Err(Unchecked {
            code: "report.not_checked",
            problem: "not checked, as --no-verify asks".to_owned(),
            falls_short: false,
        });
    }
    key::find(&first.path, checks.key_file).map_err(|error| Unchecked {
        code: error.code(),
        problem: error.to_string(),
        falls_short: !matches!(error, KeyError::Missing(_)),
    })
}
