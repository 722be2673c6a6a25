//! How far the files of a chain have been read, and what is known of each.

use std::io::{self, BufRead, Read};

use x402_tower::audit::{AuditBreak, MAX_LINE_BYTES};

use crate::report::chain::{Checked, Integrity};
use crate::report::count::payments::At;
use crate::report::count::tally::{Skipped, Tally};
use crate::report::files::{Joined, Source};
use crate::screen::progress::Progress;
use crate::shown::time;

/// How far a chain has been read.
pub(super) struct Course {
    pub(super) files: Vec<Checked>,
    /// Where each file ends in the whole.
    ends: Vec<u64>,
    first_file: usize,
    current: usize,
    offset: u64,
}

impl Course {
    pub(super) fn new(sources: &[Source], chain: usize, first_file: usize) -> Self {
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

    pub(super) fn take(
        &mut self,
        line: &[u8],
        checked: bool,
        tally: &mut Tally,
        progress: &Progress,
    ) {
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
    pub(super) fn settle(&mut self, found: Result<Option<String>, AuditBreak>) -> bool {
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

    pub(super) fn end_at_none(
        &mut self,
        integrity: Integrity,
        code: &'static str,
        problem: &str,
        falls_short: bool,
    ) {
        for file in self.files.iter_mut().skip(self.current) {
            file.integrity = file.integrity.max(integrity);
            file.code = Some(code);
            file.problem = Some(problem.to_owned());
            file.falls_short = falls_short;
        }
    }

    /// Takes the lines that nobody can vouch for.
    pub(super) fn read_unchecked(
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
