//! The steps of [`SignedPayments`](crate::store::SignedPayments) inside a transaction.

use rusqlite::{OptionalExtension, Row};

use super::books::Books;
use super::fault::Fault;
use super::number::{exact, moment, read};
use crate::clock::UnixMillis;
use crate::store::lifetime::shifted;
use crate::store::{Kept, Put, RequestKey, StoreError};

/// What a caller wants to keep.
pub(super) struct Parcel {
    pub(super) key: RequestKey,
    pub(super) expected: Option<u64>,
    pub(super) value: Vec<u8>,
    pub(super) now: UnixMillis,
    pub(super) until: UnixMillis,
}

impl Books<'_> {
    pub(super) fn load(&self, key: RequestKey) -> Result<Option<Kept>, Fault> {
        let found = self
            .conn
            .prepare_cached("SELECT revision, value FROM signed WHERE key = ?1 AND ends_at >= ?2")?
            .query_row((key.as_bytes(), moment(self.state.now)), |row| {
                Ok(kept(row))
            })
            .optional()?;
        found.transpose()
    }

    pub(super) fn put(&mut self, parcel: &Parcel) -> Result<Put, Fault> {
        let there = self.load(parcel.key)?;
        if there.as_ref().map(|kept| kept.revision) != parcel.expected {
            return Ok(Put::Conflict(there));
        }
        // Also what has ended and was not cleared away yet.
        self.drop_signed(parcel.key.as_bytes())?;
        let bytes = u64::try_from(parcel.value.len()).map_err(|_| StoreError::Full)?;
        let sum = self.state.signed_bytes.saturating_add(bytes);
        // A signed payment belongs to a payment, so there may be as many of them.
        let full = self.state.signed >= self.capacity.payments;
        if full || sum > self.capacity.signed_bytes {
            return Err(StoreError::Full.into());
        }
        let revision = self
            .state
            .revision
            .checked_add(1)
            .ok_or(StoreError::Overflow)?;
        let ends = shifted(parcel.until, parcel.now, self.state.now);
        self.change(
            "INSERT INTO signed (key, revision, ends_at, value) VALUES (?1, ?2, ?3, ?4)",
            &[
                parcel.key.as_bytes(),
                &exact(revision)?,
                &moment(ends),
                &parcel.value,
            ],
        )?;
        self.state.revision = revision;
        self.state.signed = self.state.signed.saturating_add(1);
        self.state.signed_bytes = sum;
        Ok(Put::Done(revision))
    }

    pub(super) fn remove(&mut self, key: RequestKey, expected: u64) -> Result<bool, Fault> {
        let there = self.load(key)?.map(|kept| kept.revision);
        let same = there == Some(expected);
        if same {
            self.drop_signed(key.as_bytes())?;
        }
        Ok(same)
    }

    /// Clears away signed payments that have ended.
    pub(super) fn sweep_signed(&mut self) -> Result<(), Fault> {
        let due: Vec<[u8; 32]> =
            self.due("SELECT key FROM signed WHERE ends_at < ?1 ORDER BY ends_at LIMIT ?2")?;
        for key in due {
            self.drop_signed(&key)?;
        }
        Ok(())
    }

    fn drop_signed(&mut self, key: &[u8; 32]) -> Result<(), Fault> {
        let bytes = self
            .conn
            .prepare_cached("SELECT length(value) FROM signed WHERE key = ?1")?
            .query_row([key], |row| Ok(read(row, 0)))
            .optional()?
            .transpose()?;
        if let Some(bytes) = bytes {
            self.change("DELETE FROM signed WHERE key = ?1", &[key])?;
            self.state.signed = self.state.signed.saturating_sub(1);
            self.state.signed_bytes = self.state.signed_bytes.saturating_sub(bytes);
            self.did.remove_signed = true;
        }
        Ok(())
    }
}

fn kept(row: &Row<'_>) -> Result<Kept, Fault> {
    Ok(Kept::new(read(row, 0)?, row.get(1)?))
}
