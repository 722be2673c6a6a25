//! Rolling windows as rows: a running sum, and at most 66 buckets that leave it one by one.

use rusqlite::{OptionalExtension, Row};

use super::books::Books;
use super::fault::Fault;
use super::number::{exact, moment, read};
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
    pub(super) amount: u64,
    pub(super) count: u64,
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
        let total = self
            .amount
            .checked_add(amount.micros())
            .ok_or(StoreError::Overflow);
        match quota {
            Quota::Amount(most) if total.as_ref().map_or(true, |sum| *sum > most.micros()) => {
                let left = most.micros().saturating_sub(self.amount);
                Ok(Some(Quota::Amount(Usd::from_micros(left))))
            }
            Quota::Count(most) if self.count >= most => Ok(Some(Quota::Count(0))),
            _ => exact(total?).map(|_| None),
        }
    }
}

impl Books<'_> {
    /// What `key` has counted in `span`; changes nothing.
    pub(super) fn window(&self, key: LimitKey, span: Span) -> Result<Window, Fault> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT id, first_bucket, amount, count FROM windows WHERE key = ?1 AND window_ms = ?2",
            )?
            .query_row((key.as_bytes(), moment(span.window_millis())), |row| {
                Ok(four(row))
            })
            .optional()?
            .transpose()?;
        let Some([id, first_bucket, amount, count]) = found else {
            return Ok(Window {
                id: None,
                key,
                span,
                first_bucket: 0,
                rolled: false,
                amount: 0,
                count: 0,
            });
        };
        let mut window = Window {
            id: Some(id),
            key,
            span,
            first_bucket,
            rolled: false,
            amount,
            count,
        };
        if let Some(last) = span.last_left(self.state.now)
            && last >= first_bucket
        {
            let (amount, count) = self.left(id, last)?;
            window.amount = window
                .amount
                .checked_sub(amount)
                .ok_or(StoreError::Unreadable)?;
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
    fn left(&self, window: u64, last: u64) -> Result<(u64, u64), Fault> {
        let sum = self
            .conn
            .prepare_cached(
                "SELECT coalesce(sum(amount), 0), coalesce(sum(count), 0) FROM buckets \
                 WHERE window = ?1 AND number <= ?2",
            )?
            .query_row((exact(window)?, moment(last)), |row| {
                Ok((read(row, 0), read(row, 1)))
            })?;
        Ok((sum.0?, sum.1?))
    }

    /// Counts one payment in the bucket of now.
    pub(super) fn count(&mut self, window: &Window, amount: Usd) -> Result<Place, Fault> {
        let bucket = window.span.bucket_at(self.state.now);
        let amount = exact(amount.micros())?;
        let sum = exact(window.amount)?
            .checked_add(amount)
            .ok_or(StoreError::Overflow)?;
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
                    "UPDATE windows SET first_bucket = ?2, amount = ?3, count = ?4, empties_at = ?5 WHERE id = ?1",
                    &[&exact(id)?, &moment(window.first_bucket), &sum, &count, &empties],
                )?;
                id
            }
            None => {
                let id = self.state.next_window;
                self.state.next_window = id.saturating_add(1);
                self.state.windows = self.state.windows.saturating_add(1);
                self.change(
                    "INSERT INTO windows (id, key, window_ms, first_bucket, amount, count, empties_at) \
                     VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6)",
                    &[
                        &exact(id)?,
                        window.key.as_bytes(),
                        &moment(window.span.window_millis()),
                        &sum,
                        &count,
                        &empties,
                    ],
                )?;
                id
            }
        };
        self.change(
            "INSERT INTO buckets (window, number, amount, count) VALUES (?1, ?2, ?3, 1) \
             ON CONFLICT DO UPDATE SET amount = amount + excluded.amount, count = count + 1",
            &[&exact(id)?, &moment(bucket), &amount],
        )?;
        Ok(Place { window: id, bucket })
    }

    /// Takes a payment out of its bucket again, if that has not left yet.
    pub(super) fn take_out(&mut self, place: Place, amount: u64) -> Result<(), Fault> {
        let (id, amount) = (exact(place.window)?, exact(amount)?);
        let in_bucket = self.change(
            "UPDATE buckets SET amount = amount - ?3, count = count - 1 WHERE window = ?1 AND number = ?2",
            &[&id, &moment(place.bucket), &amount],
        )?;
        if in_bucket == 0 {
            return Ok(());
        }
        self.change(
            "UPDATE windows SET amount = amount - ?2, count = count - 1 WHERE id = ?1",
            &[&id, &amount],
        )?;
        let emptied = self.change("DELETE FROM windows WHERE id = ?1 AND count = 0", &[&id])?;
        if emptied > 0 {
            self.forget_buckets(id)?;
        }
        Ok(())
    }

    /// Counts a payment at another amount than before, if its bucket has not left yet.
    pub(super) fn recount(&mut self, place: Place, from: u64, to: u64) -> Result<(), Fault> {
        let change = exact(to)?
            .checked_sub(exact(from)?)
            .ok_or(StoreError::Overflow)?;
        let id = exact(place.window)?;
        let in_bucket = self.change(
            "UPDATE buckets SET amount = amount + ?3 WHERE window = ?1 AND number = ?2",
            &[&id, &moment(place.bucket), &change],
        )?;
        if in_bucket > 0 {
            self.change(
                "UPDATE windows SET amount = amount + ?2 WHERE id = ?1",
                &[&id, &change],
            )?;
        }
        Ok(())
    }

    pub(super) fn usage(&self, key: LimitKey, span: Span) -> Result<Usage, Fault> {
        let window = self.window(key, span)?;
        Ok(Usage::new(Usd::from_micros(window.amount), window.count))
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

fn four(row: &Row<'_>) -> Result<[u64; 4], Fault> {
    Ok([read(row, 0)?, read(row, 1)?, read(row, 2)?, read(row, 3)?])
}
