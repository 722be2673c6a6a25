//! Taking turns at a file with other processes of the machine.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::super::error::AuditError;

/// How often a turn is asked for without a pause: others hold theirs for microseconds.
const HASTY_TRIES: u32 = 64;

/// The pause between two tries after that.
const PAUSE: Duration = Duration::from_millis(1);

/// How many tries, with pauses, opening a file is worth: somebody who writes to it is done by then, and somebody who
/// keeps it is not worth waiting for.
pub(super) const TRIES_TO_OPEN: u32 = 100;

/// How many tries, with pauses, a record is worth: about five seconds. Only a process that was stopped in the middle
/// of its turn takes that long.
pub(super) const TRIES_TO_WRITE: u32 = 5000;

/// Locks a file against other openings of it, for as long as it takes within so many tries; `false` where somebody
/// else keeps it.
///
/// The lock is advisory (`flock`): it ends with the process that holds it, however that ends.
pub(super) fn take(file: &File, tries: u32) -> io::Result<bool> {
    for attempt in 0..HASTY_TRIES.saturating_add(tries) {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if attempt < HASTY_TRIES => thread::yield_now(),
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(false)
}

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
