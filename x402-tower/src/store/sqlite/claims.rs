//! The steps of [`Claims`](crate::store::Claims) inside a transaction.

use rusqlite::OptionalExtension;

use super::books::Books;
use super::fault::Fault;
use super::number::moment;
use crate::clock::UnixMillis;
use crate::payment::PaymentId;
use crate::store::lifetime::shifted;
use crate::store::{Claim, ClaimKey, StoreError};

/// What a caller wants to claim.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) key: ClaimKey,
    pub(super) holder: PaymentId,
    pub(super) value: Box<[u8]>,
    pub(super) now: UnixMillis,
    pub(super) until: UnixMillis,
}

impl Books<'_> {
    pub(super) fn claim(&mut self, wanted: &Wanted) -> Result<Claim, Fault> {
        let key = wanted.key.as_bytes();
        let held = self
            .conn
            .prepare_cached("SELECT holder, value FROM claims WHERE key = ?1 AND ends_at >= ?2")?
            .query_row((key, moment(self.state.now)), |row| {
                Ok(Claim::Held {
                    holder: PaymentId::from_bytes(row.get(0)?),
                    value: row.get(1)?,
                })
            })
            .optional()?;
        if let Some(held) = held {
            return Ok(held);
        }
        // What has ended and was not cleared away yet gives its place to this one.
        self.drop_claim(key)?;
        if self.state.claims >= self.capacity.claims {
            return Err(StoreError::Full.into());
        }
        let ends = shifted(wanted.until, wanted.now, self.state.now);
        self.change(
            "INSERT INTO claims (key, holder, ends_at, value) VALUES (?1, ?2, ?3, ?4)",
            &[key, wanted.holder.as_bytes(), &moment(ends), &wanted.value],
        )?;
        self.state.claims = self.state.claims.saturating_add(1);
        Ok(Claim::Taken)
    }

    pub(super) fn read_claim(&self, key: ClaimKey) -> Result<Option<Vec<u8>>, Fault> {
        let value = self
            .conn
            .prepare_cached("SELECT value FROM claims WHERE key = ?1 AND ends_at >= ?2")?
            .query_row((key.as_bytes(), moment(self.state.now)), |row| row.get(0))
            .optional()?;
        Ok(value)
    }

    pub(super) fn give_back(&mut self, key: ClaimKey, holder: PaymentId) -> Result<(), Fault> {
        let given = self.change(
            "DELETE FROM claims WHERE key = ?1 AND holder = ?2",
            &[key.as_bytes(), holder.as_bytes()],
        )?;
        self.state.claims = self.state.claims.saturating_sub(u64::from(given > 0));
        Ok(())
    }

    /// Clears away claims that have ended.
    pub(super) fn sweep_claims(&mut self) -> Result<(), Fault> {
        let due: Vec<[u8; 32]> =
            self.due("SELECT key FROM claims WHERE ends_at < ?1 ORDER BY ends_at LIMIT ?2")?;
        for key in due {
            self.drop_claim(&key)?;
        }
        Ok(())
    }

    fn drop_claim(&mut self, key: &[u8; 32]) -> Result<(), Fault> {
        let dropped = self.change("DELETE FROM claims WHERE key = ?1", &[key])?;
        self.state.claims = self.state.claims.saturating_sub(u64::from(dropped > 0));
        Ok(())
    }
}
