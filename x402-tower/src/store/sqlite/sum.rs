//! Amounts as SQLite can add them exactly.

use rusqlite::Row;

use super::fault::Fault;
use crate::store::StoreError;

const MICROS_PER_DOLLAR: u64 = 1_000_000;

/// An amount or a sum of amounts in two columns: whole dollars, and micro-dollars that are not carried over.
///
/// A column has 64 bits with a sign, which a single amount may exceed. Cut in two, any amount fits, and half a million of
/// the largest ones add up; what does not is refused by the column and never wraps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sum {
    pub(super) dollars: i64,
    pub(super) micros: i64,
}

impl Sum {
    pub(super) fn of(micros: u64) -> Result<Self, StoreError> {
        let signed = |part: Option<u64>| {
            let part = part.ok_or(StoreError::Overflow)?;
            i64::try_from(part).map_err(|_| StoreError::Overflow)
        };
        Ok(Self {
            dollars: signed(micros.checked_div(MICROS_PER_DOLLAR))?,
            micros: signed(micros.checked_rem(MICROS_PER_DOLLAR))?,
        })
    }

    /// From two columns beside each other.
    pub(super) fn read(row: &Row<'_>, first_column: usize) -> Result<Self, Fault> {
        Ok(Self {
            dollars: row.get(first_column)?,
            micros: row.get(first_column.saturating_add(1))?,
        })
    }

    pub(super) fn plus(self, other: Self) -> Result<Self, StoreError> {
        let add = |a: i64, b: i64| a.checked_add(b).ok_or(StoreError::Overflow);
        Ok(Self {
            dollars: add(self.dollars, other.dollars)?,
            micros: add(self.micros, other.micros)?,
        })
    }

    pub(super) fn minus(self, other: Self) -> Result<Self, StoreError> {
        let take = |a: i64, b: i64| a.checked_sub(b).ok_or(StoreError::Overflow);
        Ok(Self {
            dollars: take(self.dollars, other.dollars)?,
            micros: take(self.micros, other.micros)?,
        })
    }

    /// All of it in micro-dollars.
    pub(super) fn total(self) -> Result<u128, StoreError> {
        let part = |part: i64| u128::try_from(part).map_err(|_| StoreError::Unreadable);
        part(self.dollars)?
            .checked_mul(u128::from(MICROS_PER_DOLLAR))
            .and_then(|dollars| dollars.checked_add(part(self.micros).ok()?))
            .ok_or(StoreError::Unreadable)
    }

    /// What one payment counts.
    pub(super) fn amount(self) -> Result<u64, StoreError> {
        u64::try_from(self.total()?).map_err(|_| StoreError::Unreadable)
    }
}
