//! Why a step inside the file failed, before it is told to a caller.

use std::io;

use rusqlite::{ErrorCode, ffi};

use crate::store::StoreError;

/// A refusal of the store's own, or an error of SQLite's.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Refused(#[from] StoreError),
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
    #[error("the file beside the ledger: {0}")]
    Mark(#[from] io::Error),
}

impl Fault {
    /// What a caller is told. SQLite's own words stay in the log: callers decide by what to do next.
    pub(super) fn to_store_error(&self) -> StoreError {
        match self {
            Self::Refused(error) => error.clone(),
            Self::Sql(error) => {
                tracing::warn!(error = %error, "the SQLite store did not do a step");
                of_sqlite(error)
            }
            Self::Mark(error) => {
                tracing::warn!(error = %error, "the SQLite store could not note how far it is");
                match error.kind() {
                    io::ErrorKind::StorageFull => StoreError::OutOfSpace,
                    io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
                    io::ErrorKind::NotFound => StoreError::Replaced,
                    _ => StoreError::Unavailable,
                }
            }
        }
    }
}

fn of_sqlite(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::OutOfSpace,
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt,
        // A sum left the 64 bits of its column, which takes nothing else.
        Some(ErrorCode::ConstraintViolation) if is_datatype(error) => StoreError::Overflow,
        Some(ErrorCode::ConstraintViolation) => StoreError::Unreadable,
        Some(_) => StoreError::Unavailable,
        // Not SQLite's own: a column that does not hold what this version writes.
        None => StoreError::Unreadable,
    }
}

fn is_datatype(error: &rusqlite::Error) -> bool {
    error
        .sqlite_error()
        .is_some_and(|error| error.extended_code == ffi::SQLITE_CONSTRAINT_DATATYPE)
}
