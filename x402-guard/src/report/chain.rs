//! Checking the files of one chain, and counting what is in them.

use std::io::{self, BufRead, Read};
use std::path::Path;

use x402_tower::audit::{AuditBreak, AuditKey, MAX_LINE_BYTES, verify_each};

use crate::audit::key::{self, KeyError};
use crate::report::count::payments::At;
use crate::report::count::tally::{Skipped, Tally};
use crate::report::files::{Joined, Source};
use crate::screen::progress::Progress;
use crate::shown::time;

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
        course.end_at_none(Integrity::Unreadable, "audit.unreadable", problem, true);
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
            problem,
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
            course.end_at_none(Integrity::Unverified, code, problem, falls_short);
            false
        }
    };
    if !checked && let Err(error) = course.read_unchecked(sources, tally, progress) {
        let problem = format!("it cannot be read to its end: {error}");
        course.end_at_none(Integrity::Unreadable, "audit.unreadable", problem, true);
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

/// How far a chain has been read.
struct Course {
    files: Vec<Checked>,
    /// Where each file ends in the whole.
    ends: Vec<u64>,
    first_file: usize,
    current: usize,
    offset: u64,
}

impl Course {
    fn new(sources: &[Source], chain: usize, first_file: usize) -> Self {
        let mut end: u64 = 0;
        let ends = sources.iter().map(|source| {
            end = end.saturating_add(source.bytes);
            end
        });
        let ends = ends.collect();
        let files = sources.iter().map(|source| Checked {
            file: source.path.display().to_string(),
            chain,
            integrity: Integrity::Unverified,
            line: None,
            code: None,
            problem: None,
            lines: 0,
            checked: 0,
            skipped: 0,
            first_time: source.first.as_ref().map(|first| time(first.timestamp_ms)),
            head: None,
            falls_short: false,
        });
        Self {
            files: files.collect(),
            ends,
            first_file,
            current: 0,
            offset: 0,
        }
    }

    /// Goes to the file in which the next line begins.
    fn turn(&mut self) {
        while self.current.saturating_add(1) < self.files.len()
            && self
                .ends
                .get(self.current)
                .is_some_and(|end| self.offset >= *end)
        {
            self.current = self.current.saturating_add(1);
        }
    }

    fn pass(&mut self, bytes: usize, progress: &Progress) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.offset = self.offset.saturating_add(bytes);
        progress.advance(bytes);
    }

    fn take(&mut self, line: &[u8], checked: bool, tally: &mut Tally, progress: &Progress) {
        self.turn();
        let file = self.first_file.saturating_add(self.current);
        if let Some(about) = self.files.get_mut(self.current) {
            about.lines = about.lines.saturating_add(1);
            about.checked = about.checked.saturating_add(u64::from(checked));
            let at = At {
                file,
                line: about.lines,
            };
            if tally.line(at, line, checked).is_err() {
                about.skipped = about.skipped.saturating_add(1);
            }
        }
        self.pass(line.len(), progress);
    }

    fn skip(&mut self, why: Skipped, bytes: usize, tally: &mut Tally, progress: &Progress) {
        self.turn();
        if let Some(about) = self.files.get_mut(self.current) {
            about.lines = about.lines.saturating_add(1);
            about.skipped = about.skipped.saturating_add(1);
        }
        tally.skip(why);
        self.pass(bytes, progress);
    }

    /// Says of all files what the check found; whether all lines were handed on.
    fn settle(&mut self, found: Result<Option<String>, AuditBreak>) -> bool {
        match found {
            Ok(head) => {
                for file in &mut self.files {
                    file.integrity = Integrity::Intact;
                }
                if let Some(last) = self.files.last_mut() {
                    last.head = head;
                }
                true
            }
            Err(found) => {
                self.broken(&found);
                false
            }
        }
    }

    /// The files before the break are as they were written; those after it hang in the air.
    fn broken(&mut self, found: &AuditBreak) {
        self.turn();
        let at_no_line = found.line == 0;
        let broken = if at_no_line {
            self.files.len().saturating_sub(1)
        } else {
            self.current
        };
        for (at, file) in self.files.iter_mut().enumerate() {
            if at < broken {
                file.integrity = Integrity::Intact;
                continue;
            }
            file.falls_short = true;
            if at > broken {
                file.integrity = Integrity::Unverified;
                file.code = Some("report.after_a_break");
                file.problem = Some("the chain is broken in a file before this one".to_owned());
                continue;
            }
            file.integrity = if found.is_certain() {
                Integrity::Broken
            } else {
                Integrity::Unverified
            };
            file.line = (!at_no_line).then(|| file.lines.saturating_add(1));
            file.code = Some(found.code());
            file.problem = Some(found.kind.to_string());
        }
    }

    fn end_at_none(
        &mut self,
        integrity: Integrity,
        code: &'static str,
        problem: String,
        falls_short: bool,
    ) {
        for file in self.files.iter_mut().skip(self.current) {
            file.integrity = file.integrity.max(integrity);
            file.code = Some(code);
            file.problem = Some(problem.clone());
            file.falls_short = falls_short;
        }
    }

    /// Takes the lines that nobody can vouch for.
    fn read_unchecked(
        &mut self,
        sources: &[Source],
        tally: &mut Tally,
        progress: &Progress,
    ) -> io::Result<()> {
        let mut input = Joined::from(sources, self.offset);
        let cap = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = input.by_ref().take(cap).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(());
            }
            if line.ends_with(b"\n") {
                self.take(&line, false, tally, progress);
            } else if read >= MAX_LINE_BYTES {
                let more = pass_line(&mut input)?;
                let bytes = read.saturating_add(more);
                self.skip(Skipped::TooLong, bytes, tally, progress);
            } else {
                self.skip(Skipped::Torn, read, tally, progress);
            }
        }
    }
}

/// Passes over the rest of a line; how long it was.
fn pass_line(input: &mut impl BufRead) -> io::Result<usize> {
    let mut passed: usize = 0;
    loop {
        let ahead = input.fill_buf()?;
        let end = memchr::memchr(b'\n', ahead);
        let taken = end.map_or(ahead.len(), |at| at.saturating_add(1));
        if taken == 0 {
            return Ok(passed);
        }
        input.consume(taken);
        passed = passed.saturating_add(taken);
        if end.is_some() {
            return Ok(passed);
        }
    }
}
