//! Taking turns at a file with other openings of it.

use std::fs::{File, TryLockError};
use std::io;
use std::thread;
use std::time::Duration;

/// How often a turn is asked for without a pause: others hold theirs for microseconds.
const HASTY_TRIES: u32 = 64;

/// The pause between two tries after that.
const PAUSE: Duration = Duration::from_millis(1);

/// Locks a file against other openings of it, for as long as it takes within so many tries; `false` where somebody
/// else keeps it.
///
/// The lock is advisory (`flock`): it ends with the process that holds it, however that ends.
pub(crate) fn take(file: &File, tries: u32) -> io::Result<bool> {
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
