//! Checking a whole log.

use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::chain::{Chain, Tag};
use super::error::AuditError;
use super::head::AuditHead;
use super::key::AuditKey;
use super::line::{MAX_LINE_BYTES, parse_tag, split_seal};
use super::summary::{AuditSummary, Tally};
use super::view::LineView;
use crate::private_file::{Reach, open_plain};

/// Where a log is broken, and how.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {kind}")]
#[non_exhaustive]
pub struct AuditBreak {
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong there.
    pub kind: AuditBreakKind,
}

impl AuditBreak {
    /// A stable name for metrics and tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind.code()
    }
}

/// How a log is broken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditBreakKind {
    /// The line has the form of a record, but its tag is not that of its bytes.
    #[error("the record was edited: its HMAC does not fit; treat all from here on as untrusted")]
    Edited,
    /// The line is no record of this log at all.
    #[error("not a record: {reason}; the line was edited or put in by somebody else")]
    Malformed {
        /// What is missing.
        reason: &'static str,
    },
    /// Records are missing before this one, or it stands too early.
    #[error("record {found} stands where {expected} belongs: records were removed or reordered")]
    OutOfOrder {
        /// The sequence number that belongs here.
        expected: u64,
        /// The one that is here.
        found: u64,
    },
    /// A sequence number that was there before.
    #[error("record {seq} is there twice: a line was repeated, or two writers share the log")]
    Duplicate {
        /// The sequence number.
        seq: u64,
    },
    /// The record follows another one than that before it.
    #[error("the record follows another one than that before it: part of the log was exchanged")]
    WrongPredecessor,
    /// The log ends in the middle of a line.
    #[error(
        "the last line is torn ({bytes} bytes), as after a crash; opening the log for writing sets \
         it aside"
    )]
    TornLastLine {
        /// How much of the line is there.
        bytes: u64,
    },
    /// The record was written under another key.
    #[error("the record was written under key {key_id}, not under the one given")]
    ForeignKey {
        /// What the line says of its key.
        key_id: String,
    },
    /// The log ends before the record that it is known to have had.
    #[error("the log ends {missing} records too early: its end was removed")]
    Truncated {
        /// How many records are missing at least.
        missing: u64,
    },
    /// Another record stands where the one that the log is known to have had was.
    #[error("another record than the one witnessed: the log was rewritten")]
    Rewritten,
    /// The log could not be read.
    #[error("the log cannot be read: {0}")]
    Unreadable(#[source] AuditError),
}

impl AuditBreakKind {
    /// A stable name for metrics and tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Edited => "audit.edited",
            Self::Malformed { .. } => "audit.malformed",
            Self::OutOfOrder { .. } => "audit.out_of_order",
            Self::Duplicate { .. } => "audit.duplicate",
            Self::WrongPredecessor => "audit.wrong_predecessor",
            Self::TornLastLine { .. } => "audit.torn_last_line",
            Self::ForeignKey { .. } => "audit.foreign_key_line",
            Self::Truncated { .. } => "audit.truncated",
            Self::Rewritten => "audit.rewritten",
            Self::Unreadable(_) => "audit.unreadable",
        }
    }
}

/// Checks every line of a log, in one pass and in bounded memory.
///
/// An empty log is unbroken. So is one whose last records were cut off whole: only
/// [`verify_with_head`] can tell.
///
/// # Errors
///
/// The first line that is broken.
pub fn verify(reader: impl BufRead, key: &AuditKey) -> Result<AuditSummary, AuditBreak> {
    run(reader, key, None)
}

/// As [`verify`], and the log must still hold the record that `head` names.
///
/// # Errors
///
/// The first line that is broken; [`AuditBreakKind::Truncated`] or [`AuditBreakKind::Rewritten`] if the
/// head's record is gone.
pub fn verify_with_head(
    reader: impl BufRead,
    key: &AuditKey,
    head: &AuditHead,
) -> Result<AuditSummary, AuditBreak> {
    run(reader, key, Some(head))
}

/// As [`verify`], for a file.
///
/// # Errors
///
/// The first line that is broken; line 0 if the file cannot be opened.
pub fn verify_file(path: impl AsRef<Path>, key: &AuditKey) -> Result<AuditSummary, AuditBreak> {
    let unreadable = |error| AuditBreak {
        line: 0,
        kind: AuditBreakKind::Unreadable(error),
    };
    let file = open_plain(
        path.as_ref(),
        OpenOptions::new().read(true),
        Reach::Anything,
    )
    .map_err(|error| unreadable(error.into()))?
    .ok_or_else(|| {
        unreadable(AuditError::io("open the log")(
            io::ErrorKind::NotFound.into(),
        ))
    })?;
    run(BufReader::new(file), key, None)
}

fn run(
    mut reader: impl BufRead,
    key: &AuditKey,
    witnessed: Option<&AuditHead>,
) -> Result<AuditSummary, AuditBreak> {
    let chain = key.chain();
    let mut tally = Tally::default();
    let mut line = Vec::new();
    let mut number: u64 = 0;
    loop {
        number = number.saturating_add(1);
        let at = |kind| AuditBreak { line: number, kind };
        if !read_line(&mut reader, &mut line).map_err(at)? {
            check_end(tally.head(), witnessed).map_err(at)?;
            return Ok(tally.finish());
        }
        let (view, tag) = check_line(&line, &chain).map_err(at)?;
        check_place(&view, tally.head()).map_err(at)?;
        let head = AuditHead::new(view.seq, tag);
        if witnessed.is_some_and(|known| known.seq() == head.seq() && *known != head) {
            return Err(at(AuditBreakKind::Rewritten));
        }
        tally.add(&view, head);
    }
}

/// Reads one whole line; `false` at the end.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> Result<bool, AuditBreakKind> {
    line.clear();
    let cap = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
    let read = reader.take(cap).read_until(b'\n', line);
    let read = read.map_err(|error| AuditBreakKind::Unreadable(AuditError::io("read")(error)))?;
    if read > 0 && line.last() != Some(&b'\n') {
        return Err(if read >= MAX_LINE_BYTES {
            AuditBreakKind::Malformed {
                reason: "the line is longer than a record can be",
            }
        } else {
            AuditBreakKind::TornLastLine {
                bytes: u64::try_from(read).unwrap_or(u64::MAX),
            }
        });
    }
    Ok(read > 0)
}

/// Checks a line by itself.
fn check_line<'l>(line: &'l [u8], chain: &Chain) -> Result<(LineView<'l>, Tag), AuditBreakKind> {
    let malformed = |reason| AuditBreakKind::Malformed { reason };
    let (body, tag) = split_seal(line).ok_or_else(|| malformed("it does not end in its HMAC"))?;
    let sealed = chain.matches(body, &tag);
    let view: LineView<'_> = serde_json::from_slice(line)
        .map_err(|_| malformed("it is not JSON with the fields of a record"))?;
    if sealed {
        Ok((view, tag))
    } else if view.key_id == chain.key_id() {
        Err(AuditBreakKind::Edited)
    } else {
        Err(AuditBreakKind::ForeignKey {
            key_id: shown(&view.key_id),
        })
    }
}

/// Checks that a line follows the one before.
fn check_place(view: &LineView<'_>, before: Option<&AuditHead>) -> Result<(), AuditBreakKind> {
    let found = view.seq;
    let expected = AuditHead::next_seq(before).unwrap_or(u64::MAX);
    if found > expected || found == 0 {
        return Err(AuditBreakKind::OutOfOrder { expected, found });
    }
    if found < expected {
        return Err(AuditBreakKind::Duplicate { seq: found });
    }
    let prev = view.prev_entry_hmac.as_deref();
    let prev = prev.map(|hex| parse_tag(hex.as_bytes()).ok_or(AuditBreakKind::WrongPredecessor));
    if prev.transpose()?.as_ref() == before.map(AuditHead::entry_hmac) {
        Ok(())
    } else {
        Err(AuditBreakKind::WrongPredecessor)
    }
}

fn check_end(
    last: Option<&AuditHead>,
    witnessed: Option<&AuditHead>,
) -> Result<(), AuditBreakKind> {
    let there = last.map_or(0, AuditHead::seq);
    let known = witnessed.map_or(0, AuditHead::seq);
    match known.checked_sub(there) {
        None | Some(0) => Ok(()),
        Some(missing) => Err(AuditBreakKind::Truncated { missing }),
    }
}

/// A key id from a line that nobody vouches for, fit to be printed.
fn shown(key_id: &str) -> String {
    key_id
        .chars()
        .filter(char::is_ascii_hexdigit)
        .take(16)
        .collect()
}
