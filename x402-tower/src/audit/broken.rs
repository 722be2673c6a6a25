//! The ways in which a log can be broken.

use super::error::AuditError;

/// Where a log is broken, and how.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {kind}")]
#[non_exhaustive]
pub struct AuditBreak {
    /// The line, counted from 1; 0 where it is not about a line: the file cannot be opened, or its head file is no good.
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

    /// Whether the log is known to be broken; `false` where it could not be checked to its end.
    #[must_use]
    pub const fn is_certain(&self) -> bool {
        !matches!(
            self.kind,
            AuditBreakKind::Unreadable(_) | AuditBreakKind::HeadMissing
        )
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
    /// Records are missing before this one.
    #[error(
        "record {found} stands where {expected} belongs, which is nowhere: records were removed"
    )]
    Removed {
        /// The sequence number that belongs here.
        expected: u64,
        /// The one that is here.
        found: u64,
    },
    /// The record that belongs here stands further down.
    #[error(
        "record {found} stands where {expected} belongs, which is in line {stands_in}: records were reordered"
    )]
    Reordered {
        /// The sequence number that belongs here.
        expected: u64,
        /// The one that is here.
        found: u64,
        /// The line of the one that belongs here.
        stands_in: u64,
    },
    /// A record that was there before.
    #[error("record {seq} was there before: a line was repeated")]
    Duplicate {
        /// The sequence number.
        seq: u64,
    },
    /// Another record with a number that was there before, by somebody who has the key.
    #[error(
        "there are two records {seq}: writer {writer} continued the log from an earlier record, as a second process or a \
         restored copy does that does not share the file"
    )]
    Fork {
        /// The sequence number.
        seq: u64,
        /// Who wrote the second one.
        writer: String,
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
    /// The log has records, and the head that is kept beside it is gone.
    #[error(
        "the log's head file is gone: all lines are as they were written, but nobody can tell whether more followed"
    )]
    HeadMissing,
    /// What stands in the head file is not what the key ever wrote.
    #[error("the log's head file is broken or was edited")]
    HeadBroken,
    /// The head file was written under another key.
    #[error("the log's head file was written under key {key_id}, not under the one given")]
    ForeignHead {
        /// What it says of its key.
        key_id: String,
    },
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
            Self::Removed { .. } => "audit.removed",
            Self::Reordered { .. } => "audit.reordered",
            Self::Duplicate { .. } => "audit.duplicate",
            Self::Fork { .. } => "audit.fork",
            Self::WrongPredecessor => "audit.wrong_predecessor",
            Self::TornLastLine { .. } => "audit.torn_last_line",
            Self::ForeignKey { .. } => "audit.foreign_key_line",
            Self::Truncated { .. } => "audit.truncated",
            Self::Rewritten => "audit.rewritten",
            Self::HeadMissing => "audit.head_missing",
            Self::HeadBroken => "audit.head_broken",
            Self::ForeignHead { .. } => "audit.foreign_head",
            Self::Unreadable(_) => "audit.unreadable",
        }
    }
}
