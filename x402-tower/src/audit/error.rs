//! What can go wrong when a record is written or a log is opened.

use std::io;
use std::path::PathBuf;

use crate::private_file::PrivateFileError;

/// Why the audit log did not take a record, or could not be opened.
///
/// Every variant means that the payment must not go on: what is not on record is not paid.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The system refused, and the log is as it was before.
    #[error(
        "audit log: cannot {action}: {source}; check the disk and the permissions, then try again"
    )]
    Io {
        /// What was tried, as in "write the record".
        action: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// Part of a record may be in the log and could not be taken out again.
    #[error(
        "audit log: cannot {action}, and what was written could not be taken back: {source}; \
         open the log again, which sets the broken end aside"
    )]
    Torn {
        /// What was tried.
        action: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// An earlier write left the end of the log in doubt, so that nothing is added to it.
    #[error("audit log: an earlier write failed half-way; open the log again to continue it")]
    Poisoned,
    /// Somebody else wrote to, cut or deleted the file while it was open.
    #[error(
        "audit log {path}: the file was changed or deleted by somebody else; keep it, find out \
         by whom, and start a new log",
        path = .path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Another process holds the log open.
    #[error(
        "audit log {path}: another process keeps it to itself; give each process its own file, or \
         let all of them share this one",
        path = .path.display()
    )]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// A symbolic link, a directory or a device where a plain file must be.
    #[error(
        "{path} is not a plain file; name the file itself, not a link to it",
        path = .path.display()
    )]
    NotAFile {
        /// What was named.
        path: PathBuf,
    },
    /// Other users of the machine could read the key or write the log.
    #[error(
        "{path} has mode {mode:03o}, so that other users can reach it; run chmod 600 on it",
        path = .path.display()
    )]
    NotPrivate {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The last record was written under another key.
    #[error(
        "audit log: its last record was written under another key; give the log's own key, or \
         start a new file for this one"
    )]
    ForeignKey,
    /// The last record is not one that this key ever wrote.
    #[error(
        "audit log: its last record is broken or was edited; keep the file, verify it, and start \
         a new one"
    )]
    BrokenTail,
    /// The log is shorter than the head beside it says.
    #[error(
        "audit log: its last {missing} records are gone; keep the log and its head file, find out \
         by whom, and start a new log"
    )]
    Truncated {
        /// How many records are missing.
        missing: u64,
    },
    /// The last record is not the one that the head beside the log names.
    #[error(
        "audit log: its last record is not the one that its head file names; keep both, find out \
         by whom, and start a new log"
    )]
    Rewritten,
    /// The log holds records, and the head that was kept beside it is gone.
    #[error(
        "audit log: its head file is gone, so that nobody can tell whether records are missing; \
         put it back, or move the log away and start a new one"
    )]
    HeadMissing,
    /// What stands in the head file is not what the log's key ever wrote.
    #[error(
        "audit log: its head file is broken or was edited; keep it, verify the log, and start a \
         new one"
    )]
    HeadBroken,
    /// The consumer of the channel does not keep up.
    #[error("audit log: the channel is full, because its consumer does not keep up; try again")]
    ChannelFull,
    /// The consumer of the channel is gone.
    #[error("audit log: the consumer of the channel is gone; open the log again with a new one")]
    ChannelClosed,
    /// The text is not a key.
    #[error("the audit key is not 64 hex digits (32 bytes); make one with `openssl rand -hex 32`")]
    KeyFormat,
    /// All bytes of the key are the same: a placeholder, not a key.
    #[error(
        "the audit key is one byte repeated, which anyone can guess; make one with \
         `openssl rand -hex 32`"
    )]
    WeakKey,
    /// The system gave no random bytes.
    #[error("audit log: the system gave no random bytes; check that its random source is usable")]
    NoRandomness,
    /// The sequence numbers are used up.
    #[error("audit log: no sequence number is left; start a new file")]
    Full,
}

impl AuditError {
    /// A stable name for configuration, metrics and tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "audit.io",
            Self::Torn { .. } => "audit.torn",
            Self::Poisoned => "audit.poisoned",
            Self::Changed { .. } => "audit.changed",
            Self::Locked { .. } => "audit.locked",
            Self::NotAFile { .. } => "audit.not_a_file",
            Self::NotPrivate { .. } => "audit.not_private",
            Self::ForeignKey => "audit.foreign_key",
            Self::BrokenTail => "audit.broken_tail",
            Self::Truncated { .. } => "audit.truncated",
            Self::Rewritten => "audit.rewritten",
            Self::HeadMissing => "audit.head_missing",
            Self::HeadBroken => "audit.head_broken",
            Self::ChannelFull => "audit.channel_full",
            Self::ChannelClosed => "audit.channel_closed",
            Self::KeyFormat => "audit.key_format",
            Self::WeakKey => "audit.weak_key",
            Self::NoRandomness => "audit.no_randomness",
            Self::Full => "audit.full",
        }
    }

    /// For `map_err`: the system refused while trying to `action`.
    pub(super) fn io(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }
}

/// Says what is wrong with a log or its key file in this module's terms.
impl From<PrivateFileError> for AuditError {
    fn from(error: PrivateFileError) -> Self {
        match error {
            PrivateFileError::Io { action, source } => Self::Io { action, source },
            PrivateFileError::NotAFile { path } => Self::NotAFile { path },
            PrivateFileError::NotPrivate { path, mode } => Self::NotPrivate { path, mode },
        }
    }
}
