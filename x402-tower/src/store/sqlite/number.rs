//! Numbers as SQLite keeps them: 64 bits with a sign.

use rusqlite::Row;

use super::fault::Fault;
use crate::store::StoreError;

/// The last moment that can be written; what ends later ends then, in some three hundred million years.
const LAST_MOMENT: u64 = i64::MAX.unsigned_abs();

/// A count. One that does not fit is refused and never wraps.
pub(super) fn exact(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Overflow)
}

/// A moment or a length of time.
pub(super) fn moment(millis: u64) -> i64 {
    i64::try_from(millis.min(LAST_MOMENT)).unwrap_or(i64::MAX)
}

/// A number that was written by one of these.
pub(super) fn read(row: &Row<'_>, column: usize) -> Result<u64, Fault> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| Fault::Refused(StoreError::Unreadable))
}
