//! The one row that every transaction reads and writes: how far the file has come, and how full it is.

use rusqlite::Connection;

use super::fault::Fault;
use super::number::{exact, moment, read};
use crate::store::StoreError;

/// Names one store through all copies of its file.
pub(super) type StoreId = [u8; 16];

/// The counts stand here so that no transaction has to count rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub(super) store: StoreId,
    /// How many transactions have changed the file.
    pub(super) generation: u64,
    /// The latest moment that any caller has named: a clock that steps back frees nothing (attack 77).
    pub(super) now: u64,
    /// The revision of the last change to a signed payment: counted over all keys, so that none comes twice.
    pub(super) revision: u64,
    /// The number of the next window; none comes twice, so that an old payment never meets a new window.
    pub(super) next_window: u64,
    pub(super) windows: u64,
    pub(super) payments: u64,
    pub(super) claims: u64,
    pub(super) signed: u64,
    pub(super) signed_bytes: u64,
}

const SELECT: &str = "SELECT store, generation, now, revision, next_window, \
     windows, payments, claims, signed, signed_bytes FROM state WHERE one = 1";

const UPDATE: &str = "UPDATE state SET generation = ?1, now = ?2, revision = ?3, next_window = ?4, \
     windows = ?5, payments = ?6, claims = ?7, signed = ?8, signed_bytes = ?9 WHERE one = 1";

impl State {
    pub(super) fn load(conn: &Connection) -> Result<Self, Fault> {
        let mut statement = conn.prepare_cached(SELECT)?;
        let mut rows = statement.query([])?;
        let row = rows.next()?.ok_or(StoreError::Unreadable)?;
        Ok(Self {
            store: row.get(0)?,
            generation: read(row, 1)?,
            now: read(row, 2)?,
            revision: read(row, 3)?,
            next_window: read(row, 4)?,
            windows: read(row, 5)?,
            payments: read(row, 6)?,
            claims: read(row, 7)?,
            signed: read(row, 8)?,
            signed_bytes: read(row, 9)?,
        })
    }

    pub(super) fn save(&self, conn: &Connection) -> Result<(), Fault> {
        let row = [
            exact(self.generation)?,
            moment(self.now),
            exact(self.revision)?,
            exact(self.next_window)?,
            exact(self.windows)?,
            exact(self.payments)?,
            exact(self.claims)?,
            exact(self.signed)?,
            exact(self.signed_bytes)?,
        ];
        let changed = conn.prepare_cached(UPDATE)?.execute(row)?;
        match changed {
            1 => Ok(()),
            _ => Err(StoreError::Unreadable.into()),
        }
    }
}

/// How much may be in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Capacity {
    pub(super) windows: u64,
    pub(super) payments: u64,
    pub(super) claims: u64,
    pub(super) signed_bytes: u64,
}
