//! Taking turns at a file with other processes of the machine.

use std::fs::File;
use std::path::Path;

use super::super::error::AuditError;
use crate::file_lock::take;

/// How many tries, with pauses, opening a file is worth: somebody who writes to it is done by then, and somebody who
/// keeps it is not worth waiting for.
pub(super) const TRIES_TO_OPEN: u32 = 100;

/// How many tries, with pauses, a record is worth: about five seconds. Only a process that was stopped in the middle
/// of its turn takes that long.
pub(super) const TRIES_TO_WRITE: u32 = 5000;

/// Begins a turn at the log.
pub(super) fn take_turn(file: &File, path: &Path, tries: u32) -> Result<(), AuditError> {
    if take(file, tries).map_err(AuditError::io("lock the log file"))? {
        Ok(())
    } else {
        Err(AuditError::Locked {
            path: path.to_owned(),
        })
    }
}

/// Ends a turn at the log.
pub(super) fn give_turn(file: &File) -> Result<(), AuditError> {
    file.unlock().map_err(AuditError::io("unlock the log file"))
}
