//! What one transaction sees of the file.

use rusqlite::types::FromSql;
use rusqlite::{Connection, ToSql};

use super::fault::Fault;
use super::number::moment;
use super::state::{Capacity, State};
use crate::clock::UnixMillis;
use crate::store::StoreError;

/// Most rows that one transaction clears away because they have ended: nobody waits for everybody's.
const SWEEP: usize = 1024;

/// The file inside a transaction. Every step on it is atomic: it is undone as a whole where it fails.
pub(super) struct Books<'c> {
    pub(super) conn: &'c Connection,
    pub(super) capacity: Capacity,
    pub(super) state: State,
    pub(super) did: Did,
    swept: Option<u64>,
    may_sweep: usize,
}

impl<'c> Books<'c> {
    pub(super) fn open(conn: &'c Connection, capacity: Capacity, seen: u64) -> Result<Self, Fault> {
        let mut state = State::load(conn)?;
        state.now = state.now.max(seen);
        Ok(Self {
            conn,
            capacity,
            state,
            did: Did::default(),
            swept: None,
            may_sweep: SWEEP,
        })
    }

    /// Moves time on, never back.
    pub(super) fn see(&mut self, now: UnixMillis) -> Result<(), StoreError> {
        if i64::try_from(now.as_millis()).is_err() {
            return Err(StoreError::Overflow);
        }
        self.state.now = self.state.now.max(now.as_millis());
        Ok(())
    }

    /// Clears away what has ended, as far as one transaction may.
    pub(super) fn sweep(&mut self) -> Result<(), Fault> {
        if self.swept == Some(self.state.now) {
            return Ok(());
        }
        self.sweep_payments()?;
        self.sweep_windows()?;
        self.sweep_claims()?;
        self.sweep_signed()?;
        self.swept = Some(self.state.now);
        Ok(())
    }

    /// The keys that `select` finds to have ended, no more than may still be cleared away.
    pub(super) fn due<T: FromSql>(&mut self, select: &str) -> Result<Vec<T>, Fault> {
        let mut statement = self.conn.prepare_cached(select)?;
        let most = i64::try_from(self.may_sweep).unwrap_or(i64::MAX);
        let mut rows = statement.query([moment(self.state.now), most])?;
        let mut due = Vec::new();
        while let Some(row) = rows.next()? {
            due.push(row.get(0)?);
        }
        self.may_sweep = self.may_sweep.saturating_sub(due.len());
        self.did.leave_some_behind = self.may_sweep == 0;
        Ok(due)
    }

    /// Runs a statement that changes rows; answers how many.
    pub(super) fn change(&mut self, sql: &str, values: &[&dyn ToSql]) -> Result<usize, Fault> {
        let changed = self.conn.prepare_cached(sql)?.execute(values)?;
        self.did.change |= changed > 0;
        Ok(changed)
    }

    /// Runs a statement that changes no rows.
    pub(super) fn run(&self, sql: &str) -> Result<(), Fault> {
        self.conn.prepare_cached(sql)?.execute([])?;
        Ok(())
    }
}

/// What a transaction did, or may have done where it undid a step.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Did {
    /// It changed rows.
    pub(super) change: bool,
    /// It removed signed payments, whose bytes are still in the write-ahead log.
    pub(super) remove_signed: bool,
    /// It cleared away as much as it may, so that more may have ended.
    pub(super) leave_some_behind: bool,
}
