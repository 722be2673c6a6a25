//! Why a ledger's file was not opened.

use core::error::Error;
use std::io;
use std::path::PathBuf;

use crate::private_file::PrivateFileError;

/// Why [`SqliteStore::open`](super::SqliteStore::open) refused. Nothing was changed, and nothing may be paid.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SqliteOpenError {
    /// The system refused.
    #[error("ledger: cannot {action}: {source}; check that the folder is there and writable")]
    Io {
        /// What was tried, as in "make the file".
        action: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// SQLite refused.
    #[error("ledger: cannot {action}: {source}")]
    Sqlite {
        /// What was tried.
        action: &'static str,
        /// SQLite's answer.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The ledger or a file beside it is not a plain file of ours alone (attack 72).
    #[error(transparent)]
    File(#[from] PrivateFileError),
    /// The path names no file.
    #[error("ledger: the path names no file; name one, such as /var/lib/agent/ledger.sqlite")]
    NoFileName,
    /// Every user of the machine may write in the folder, or in one above it that is not sticky (attack 72).
    #[error(
        "ledger: everybody may write in {path} (mode {mode:03o}); keep it in a folder of your own, such as one of mode 700",
        path = .path.display()
    )]
    ExposedFolder {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file or its folder belongs to somebody else (attack 72).
    #[error(
        "ledger: {path} belongs to user {owner}, who could change it; keep it in a folder of your own, or run as that user",
        path = .path.display()
    )]
    ForeignOwner {
        /// The file or folder.
        path: PathBuf,
        /// The number of the user who owns it.
        owner: u32,
    },
    /// The file may only be read.
    #[error(
        "ledger: {path} is read-only; check its mode and how its file system is mounted",
        path = .path.display()
    )]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Another process opens it, or writes for too long.
    #[error("ledger: another process keeps it to itself; try again, or find that process")]
    Locked,
    /// The file is a SQLite database of somebody else's.
    #[error("ledger: the file is a SQLite database, but no ledger of ours; name another file")]
    NotALedger,
    /// A newer version of this crate has written it.
    #[error(
        "ledger: its tables have version {found} and this program knows {known}; run the newer program, as going back \
         would lose what it counts"
    )]
    NewerSchema {
        /// The version of the file.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// SQLite could not switch its write-ahead log on.
    #[error(
        "ledger: SQLite answers journal mode {found} where wal is needed; put the file on a local disk, not a network one"
    )]
    NoWal {
        /// The journal mode that it has.
        found: String,
    },
    /// The file is not as far as it was: an older copy was put in its place (attack 71).
    #[error(
        "ledger: {path} is at {found} and was at {expected} already, so payments since then are not counted; restore the \
         newer file, or accept the older one with dangerous_accept_older_copy",
        path = .path.display()
    )]
    OlderCopy {
        /// The file.
        path: PathBuf,
        /// How many changes it has seen.
        found: u64,
        /// How many it had seen by its mark.
        expected: u64,
    },
    /// The file is gone, and its mark says that it counted something (attack 71).
    #[error(
        "ledger: {path} is gone and was at {expected} by its mark, so what was paid is not counted; restore the file, or \
         begin anew with dangerous_accept_older_copy",
        path = .path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
        /// How many changes it had seen by its mark.
        expected: u64,
    },
    /// The file is another ledger than the one that its mark knows (attack 71).
    #[error(
        "ledger: {path} is another ledger than the one that was here, so what was paid is not counted; restore the right \
         file, or accept this one with dangerous_accept_older_copy",
        path = .path.display()
    )]
    Exchanged {
        /// The file.
        path: PathBuf,
    },
    /// The file has counted something and has no mark that is whole, so nobody can tell whether it is an older copy
    /// (attack 71).
    #[error(
        "ledger: {mark} is gone or damaged, so nobody can tell whether the ledger is an older copy; restore both files \
         together, or accept the ledger as it is with dangerous_accept_older_copy",
        mark = .mark.display()
    )]
    MarkLost {
        /// The file of the mark.
        mark: PathBuf,
    },
    /// The operating system gave no random bytes to name a new ledger by.
    #[error("ledger: the operating system gives no random bytes; try again")]
    NoRandomness,
}

impl SqliteOpenError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "store.io",
            Self::Sqlite { .. } => "store.sqlite",
            Self::File(error) => error.code(),
            Self::NoFileName => "store.no_file_name",
            Self::ExposedFolder { .. } => "store.exposed_folder",
            Self::ForeignOwner { .. } => "store.foreign_owner",
            Self::ReadOnly { .. } => "store.read_only",
            Self::Locked => "store.locked",
            Self::NotALedger => "store.not_a_ledger",
            Self::NewerSchema { .. } => "store.newer_schema",
            Self::NoWal { .. } => "store.no_wal",
            Self::OlderCopy { .. } | Self::Missing { .. } | Self::Exchanged { .. } => {
                "store.rolled_back"
            }
            Self::MarkLost { .. } => "store.mark_lost",
            Self::NoRandomness => "store.no_randomness",
        }
    }

    /// For `map_err`: the system refused while trying to `action`.
    pub(super) fn io(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }

    /// For `map_err`: SQLite refused while trying to `action`.
    pub(super) fn sqlite(action: &'static str) -> impl Fn(rusqlite::Error) -> Self {
        move |error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => Self::NotALedger,
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Self::Locked
            }
            _ => Self::Sqlite {
                action,
                source: error.into(),
            },
        }
    }
}
