//! The steps of a [`Ledger`](crate::store::Ledger) inside a transaction.

use rusqlite::{OptionalExtension, Row};

use super::books::Books;
use super::fault::Fault;
use super::number::{moment, read};
use super::payment::{NewPayment, State};
use super::sum::Sum;
use super::windows::{Place, Window};
use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;
use crate::store::lifetime::shifted;
use crate::store::span::Span;
use crate::store::{
    Entry, EntryQuery, Limit, Reservation, Reserved, Resolution, SentPayment, StoreError,
};

/// A [`Reservation`] that the writer can keep until its turn.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) id: PaymentId,
    amount: Usd,
    limits: Vec<Limit>,
    pub(super) now: UnixMillis,
    expires: UnixMillis,
}

impl Wish {
    /// # Errors
    ///
    /// [`StoreError::Full`] for more limits than a payment may fall under.
    pub(super) fn of(reservation: &Reservation<'_>) -> Result<Self, StoreError> {
        if reservation.limits.len() > Reservation::MAX_LIMITS {
            return Err(StoreError::Full);
        }
        Ok(Self {
            id: reservation.id,
            amount: reservation.amount,
            limits: reservation.limits.to_vec(),
            now: reservation.now,
            expires: reservation.expires,
        })
    }
}

impl Books<'_> {
    pub(super) fn reserve(&mut self, wish: &Wish) -> Result<Reserved, Fault> {
        if self.payment(wish.id)?.is_some() {
            return Err(StoreError::UnknownPayment.into());
        }
        // Two quotas over the same window share it, and must not count the payment twice.
        let mut windows: Vec<(Window, Span)> = Vec::with_capacity(wish.limits.len());
        for (index, limit) in wish.limits.iter().enumerate() {
            let span = Span::of(limit.window);
            let known = windows
                .iter()
                .find(|(window, _)| window.is(limit.key, span));
            let window = match known {
                Some((window, _)) => *window,
                None => {
                    let window = self.window(limit.key, span)?;
                    windows.push((window, span));
                    window
                }
            };
            if let Some(left) = window.no_room(limit.quota, wish.amount)? {
                return Ok(Reserved::Refused { limit: index, left });
            }
        }
        self.make_room(&windows)?;
        let expires = shifted(wish.expires, wish.now, self.state.now);
        let mut counted_until = expires;
        let mut places: Vec<Place> = Vec::with_capacity(windows.len());
        for (window, span) in &windows {
            let place = self.count(window, wish.amount)?;
            counted_until = counted_until.max(span.leaves_at(place.bucket));
            places.push(place);
        }
        let is_new = self.add_payment(&NewPayment {
            id: wish.id,
            counted: wish.amount.micros(),
            expires,
            counted_until,
            places: &places,
        })?;
        if is_new {
            Ok(Reserved::Granted)
        } else {
            // It has ended, and waits to be cleared away.
            Err(StoreError::UnknownPayment.into())
        }
    }

    /// Sees to it that one more payment and its windows fit, without forgetting anything that counts.
    fn make_room(&mut self, windows: &[(Window, Span)]) -> Result<(), Fault> {
        let fresh = windows.iter().filter(|(window, _)| window.is_new()).count();
        let fresh = u64::try_from(fresh).map_err(|_| StoreError::Full)?;
        if self.state.windows.saturating_add(fresh) > self.capacity.windows {
            return Err(StoreError::Full.into());
        }
        if self.state.payments >= self.capacity.payments {
            let settled: [u8; 16] = self
                .conn
                .prepare_cached("SELECT id FROM payments WHERE state = 3 ORDER BY ends_at LIMIT 1")?
                .query_row([], |row| row.get(0))
                .optional()?
                .ok_or(StoreError::Full)?;
            self.strike(&settled)?;
        }
        Ok(())
    }

    pub(super) fn mark_sent(
        &mut self,
        id: PaymentId,
        sent: Option<&SentPayment>,
    ) -> Result<(), Fault> {
        let payment = self.payment(id)?.ok_or(StoreError::UnknownPayment)?;
        if payment.state == State::Reserved {
            self.move_to(id, State::Sent)?;
            if let Some(sent) = sent {
                self.note_sent(id, sent)?;
            }
        }
        Ok(())
    }

    pub(super) fn settle(&mut self, id: PaymentId, actual: Option<Usd>) -> Result<(), Fault> {
        let payment = self.payment(id)?.ok_or(StoreError::UnknownPayment)?;
        let from = payment.counted;
        let to = match actual.map(Usd::micros) {
            // A second receipt may only raise what is counted.
            Some(actual) if payment.state == State::Settled => from.max(actual),
            Some(actual) => actual,
            None => from,
        };
        if to != from {
            for place in payment.places {
                self.recount(place, from, to)?;
            }
            self.note_counted(id, to)?;
        }
        self.move_to(id, State::Settled)
    }

    pub(super) fn mark_unknown(&mut self, id: PaymentId) -> Result<(), Fault> {
        let payment = self.payment(id)?.ok_or(StoreError::UnknownPayment)?;
        if payment.state == State::Settled {
            return Ok(());
        }
        self.move_to(id, State::Unknown)
    }

    pub(super) fn release(&mut self, id: PaymentId) -> Result<(), Fault> {
        match self.payment(id)?.map(|payment| payment.state) {
            None => Ok(()),
            Some(State::Reserved | State::Sent) => self.forget(id),
            Some(State::Unknown | State::Settled) => Err(StoreError::UnknownPayment.into()),
        }
    }

    pub(super) fn resolve(&mut self, id: PaymentId, resolution: Resolution) -> Result<(), Fault> {
        let state = self.payment(id)?.map(|payment| payment.state);
        match (state, resolution) {
            (Some(State::Sent | State::Unknown), Resolution::Settled) => {
                self.move_to(id, State::Settled)
            }
            (Some(State::Sent | State::Unknown), Resolution::Released) => self.forget(id),
            (Some(State::Settled), Resolution::Settled) => Ok(()),
            _ => Err(StoreError::UnknownPayment.into()),
        }
    }

    /// Takes a payment out of every window that counts it, and off the books.
    fn forget(&mut self, id: PaymentId) -> Result<(), Fault> {
        let Some(payment) = self.payment_row(id.as_bytes())? else {
            return Ok(());
        };
        for place in payment.places {
            self.take_out(place, payment.counted)?;
        }
        self.strike(id.as_bytes())
    }

    pub(super) fn entry(&self, id: PaymentId) -> Result<Option<Entry>, Fault> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT p.id, p.state, p.reserved_at, s.details, p.dollars, p.micros \
                 FROM payments p JOIN sent s ON s.payment = p.id \
                 WHERE p.id = ?1 AND p.ends_at >= ?2",
            )?
            .query_row((id.as_bytes(), moment(self.state.now)), |row| {
                Ok(entry(row))
            })
            .optional()?;
        found.transpose()
    }

    /// Looks at every payment: whoever lists them is not in a hurry.
    pub(super) fn entries(&self, query: &EntryQuery) -> Result<Vec<Entry>, Fault> {
        let after = query.after.as_ref();
        let after = after.map_or(&[][..], |id| id.as_bytes().as_slice());
        let before = query.valid_before.map(|end| moment(end.as_millis()));
        let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
        let mut statement = self.conn.prepare_cached(
            "SELECT p.id, p.state, p.reserved_at, s.details, p.dollars, p.micros \
             FROM sent s JOIN payments p ON p.id = s.payment \
             WHERE s.payment > ?1 AND (?2 IS NULL OR s.valid_before < ?2) AND p.ends_at >= ?3 \
             AND (p.state IN (1, 2) OR NOT ?4) ORDER BY s.payment LIMIT ?5",
        )?;
        let now = moment(self.state.now);
        let mut rows = statement.query((after, before, now, query.open_only, limit))?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(entry(row)?);
        }
        Ok(entries)
    }

    /// Gives back reservations that have expired, and forgets what nothing counts any more.
    pub(super) fn sweep_payments(&mut self) -> Result<(), Fault> {
        let due: Vec<[u8; 16]> =
            self.due("SELECT id FROM payments WHERE ends_at < ?1 ORDER BY ends_at LIMIT ?2")?;
        for id in due {
            let reserved = self
                .payment_row(&id)?
                .is_some_and(|payment| payment.state == State::Reserved);
            if reserved {
                self.forget(PaymentId::from_bytes(id))?;
            } else {
                self.strike(&id)?;
            }
        }
        Ok(())
    }
}

fn entry(row: &Row<'_>) -> Result<Entry, Fault> {
    let details: String = row.get(3)?;
    Ok(Entry::new(
        PaymentId::from_bytes(row.get(0)?),
        State::of(row.get(1)?)?.into(),
        Usd::from_micros(Sum::read(row, 4)?.amount()?),
        UnixMillis::from_millis(read(row, 2)?),
        Some(SentPayment::from_json(&details)?),
    ))
}
