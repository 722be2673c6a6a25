//! Rolling windows as rows: a running sum, and at most 66 buckets that leave it one by one.

use rusqlite::{OptionalExtension, Row};

use super::books::Books;
use super::fault::Fault;
use super::number::{exact, moment, read};
use super::sum::Sum;
use crate::money::Usd;
use crate::store::span::Span;
use crate::store::{LimitKey, Quota, StoreError, Usage};

/// What one limit key has counted in one window, at the books' time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// Its number, where it is in the file.
    id: Option<u64>,
    key: LimitKey,
    span: Span,
    /// The first bucket that the row's sum counts.
    first_bucket: u64,
    /// Whether buckets before `first_bucket` are still rows.
    rolled: bool,
    amount: Sum,
    count: u64,
}

/// Where a payment is counted: in this bucket of this window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) window: u64,
    pub(super) bucket: u64,
}

impl Window {
    pub(super) fn is(&self, key: LimitKey, span: Span) -> bool {
        (self.key, self.span) == (key, span)
    }

    pub(super) fn is_new(&self) -> bool {
        self.id.is_none()
    }

    /// What is left under a quota, where `amount` does not fit into it.
    pub(super) fn no_room(&self, quota: Quota, amount: Usd) -> Result<Option<Quota>, StoreError> {
        let counted = self.amount.total()?;
        let total = counted
            .checked_add(u128::from(amount.micros()))
            .ok_or(StoreError::Overflow)?;
        match quota {
            Quota::Amount(most) if total > u128::from(most.micros()) => {
                let left = u128::from(most.micros()).saturating_sub(counted);
                let left = u64::try_from(left).map_err(|_| StoreError::Overflow)?;
                Ok(Some(Quota::Amount(Usd::from_micros(left))))
            }
            Quota::Count(most) if self.count >= most => Ok(Some(Quota::Count(0))),
            _ if total > u128::from(u64::MAX) => Err(StoreError::Overflow),
            _ => Ok(None),
        }
    }
}

impl Books<'_> {
    /// What `key` has counted in `span`; changes nothing.
    pub(super) fn window(&self, key: LimitKey, span: Span) -> Result<Window, Fault> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT id, first_bucket, count, dollars, micros FROM windows \
                 WHERE key = ?1 AND window_ms = ?2",
            )?
            .query_row((key.as_bytes(), moment(span.window_millis())), |row| {
                Ok(window_row(row, key, span))
            })
            .optional()?
            .transpose()?;
        let Some(mut window) = found else {
            return Ok(Window {
                id: None,
                key,
                span,
                first_bucket: 0,
                rolled: false,
                amount: Sum::default(),
                count: 0,
            });
        };
        if let Some(last) = span.last_left(self.state.now)
            && last >= window.first_bucket
            && let Some(id) = window.id
        {
            let (amount, count) = self.left(id, last)?;
            window.amount = window.amount.minus(amount)?;
            window.count = window
                .count
                .checked_sub(count)
                .ok_or(StoreError::Unreadable)?;
            window.first_bucket = last.saturating_add(1);
            window.rolled = true;
        }
        Ok(window)
    }

    /// The sum of the buckets that have left but are still counted.
    fn left(&self, window: u64, last: u64) -> Result<(Sum, u64), Fault> {
        let sum = self
            .conn
            .prepare_cached(
                "SELECT coalesce(sum(dollars), 0), coalesce(sum(micros), 0), coalesce(sum(count), 0) \
                 FROM buckets WHERE window = ?1 AND number <= ?2",
            )?
            .query_row((exact(window)?, moment(last)), |row| {
                Ok((Sum::read(row, 0), read(row, 2)))
            })?;
        Ok((sum.0?, sum.1?))
    }

    /// Counts one payment in the bucket of now.
    pub(super) fn count(&mut self, window: &Window, amount: Usd) -> Result<Place, Fault> {
        let bucket = window.span.bucket_at(self.state.now);
        let amount = Sum::of(amount.micros())?;
        let sum = window.amount.plus(amount)?;
        let count = exact(window.count.saturating_add(1))?;
        let empties = moment(window.span.leaves_at(bucket));
        let id = match window.id {
            Some(id) => {
                if window.rolled {
                    self.change(
                        "DELETE FROM buckets WHERE window = ?1 AND number < ?2",
                        &[&exact(id)?, &moment(window.first_bucket)],
                    )?;
                }
                self.change(
                    "UPDATE windows SET first_bucket = ?2, count = ?3, empties_at = ?4, \
                     dollars = ?5, micros = ?6 WHERE id = ?1",
                    &[
                        &exact(id)?,
                        &moment(window.first_bucket),
                        &count,
                        &empties,
                        &sum.dollars,
                        &sum.micros,
                    ],
                )?;
                id
            }
            None => {
                let id = self.state.next_window;
                self.state.next_window = id.saturating_add(1);
                self.state.windows = self.state.windows.saturating_add(1);
                self.change(
                    "INSERT INTO windows \
                     (id, key, window_ms, first_bucket, count, empties_at, dollars, micros) \
                     VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7)",
                    &[
                        &exact(id)?,
                        window.key.as_bytes(),
                        &moment(window.span.window_millis()),
                        &count,
                        &empties,
                        &sum.dollars,
                        &sum.micros,
                    ],
                )?;
                id
            }
        };
        self.change(
            "INSERT INTO buckets (window, number, count, dollars, micros) \
             VALUES (?1, ?2, 1, ?3, ?4) ON CONFLICT DO UPDATE SET count = count + 1, \
             dollars = dollars + excluded.dollars, micros = micros + excluded.micros",
            &[
                &exact(id)?,
                &moment(bucket),
                &amount.dollars,
                &amount.micros,
            ],
        )?;
        Ok(Place { window: id, bucket })
    }

    /// Takes a payment out of its bucket again, if that has not left yet.
    pub(super) fn take_out(&mut self, place: Place, counted: u64) -> Result<(), Fault> {
        let id = exact(place.window)?;
        let amount = Sum::default().minus(Sum::of(counted)?)?;
        if self.add_to_bucket(place, amount, -1)? {
            let emptied = self.change("DELETE FROM windows WHERE id = ?1 AND count = 0", &[&id])?;
            if emptied > 0 {
                self.forget_buckets(id)?;
            }
        }
        Ok(())
    }

    /// Counts a payment at another amount than before, if its bucket has not left yet.
    pub(super) fn recount(&mut self, place: Place, from: u64, to: u64) -> Result<(), Fault> {
        let change = Sum::of(to)?.minus(Sum::of(from)?)?;
        self.add_to_bucket(place, change, 0)?;
        Ok(())
    }

    /// Answers whether the bucket is still there.
    fn add_to_bucket(&mut self, place: Place, amount: Sum, payments: i64) -> Result<bool, Fault> {
        let (id, bucket) = (exact(place.window)?, moment(place.bucket));
        let Sum { dollars, micros } = amount;
        let there = self.change(
            "UPDATE buckets SET dollars = dollars + ?3, micros = micros + ?4, count = count + ?5 \
             WHERE window = ?1 AND number = ?2",
            &[&id, &bucket, &dollars, &micros, &payments],
        )?;
        if there > 0 {
            self.change(
                "UPDATE windows SET dollars = dollars + ?2, micros = micros + ?3, count = count + ?4 \
                 WHERE id = ?1",
                &[&id, &dollars, &micros, &payments],
            )?;
        }
        Ok(there > 0)
    }

    /// What `key` has counted. A sum beyond what can be written stops there.
    pub(super) fn usage(&self, key: LimitKey, span: Span) -> Result<Usage, Fault> {
        let window = self.window(key, span)?;
        let amount = u64::try_from(window.amount.total()?).unwrap_or(u64::MAX);
        Ok(Usage::new(Usd::from_micros(amount), window.count))
    }

    /// Clears away windows out of which everything has rolled.
    pub(super) fn sweep_windows(&mut self) -> Result<(), Fault> {
        let due: Vec<i64> =
            self.due("SELECT id FROM windows WHERE empties_at <= ?1 ORDER BY empties_at LIMIT ?2")?;
        for id in due {
            self.change("DELETE FROM windows WHERE id = ?1", &[&id])?;
            self.forget_buckets(id)?;
        }
        Ok(())
    }

    fn forget_buckets(&mut self, window: i64) -> Result<(), Fault> {
        self.change("DELETE FROM buckets WHERE window = ?1", &[&window])?;
        self.state.windows = self.state.windows.saturating_sub(1);
        Ok(())
    }
}

fn window_row(row: &Row<'_>, key: LimitKey, span: Span) -> Result<Window, Fault> {
    Ok(Window {
        id: Some(read(row, 0)?),
        key,
        span,
        first_bucket: read(row, 1)?,
        rolled: false,
        amount: Sum::read(row, 3)?,
        count: read(row, 2)?,
    })
}
