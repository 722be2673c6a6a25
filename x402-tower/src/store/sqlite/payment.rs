//! Payments as rows.

use rusqlite::OptionalExtension;

use super::books::Books;
use super::fault::Fault;
use super::number::moment;
use super::sum::Sum;
use super::windows::Place;
use crate::payment::PaymentId;
use crate::store::{EntryState, SentPayment, StoreError};

/// How a payment's state is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Reserved,
    Sent,
    Unknown,
    Settled,
}

impl State {
    const ALL: [Self; 4] = [Self::Reserved, Self::Sent, Self::Unknown, Self::Settled];

    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Reserved => 0,
            Self::Sent => 1,
            Self::Unknown => 2,
            Self::Settled => 3,
        }
    }

    pub(super) fn of(number: i64) -> Result<Self, StoreError> {
        Self::ALL
            .into_iter()
            .find(|state| state.number() == number)
            .ok_or(StoreError::Unreadable)
    }
}

impl From<State> for EntryState {
    fn from(state: State) -> Self {
        match state {
            State::Reserved => Self::Reserved,
            State::Sent => Self::Sent,
            State::Unknown => Self::Unknown,
            State::Settled => Self::Settled,
        }
    }
}

#[derive(Debug)]
pub(super) struct Payment {
    pub(super) state: State,
    /// What the windows count for it.
    pub(super) counted: u64,
    pub(super) places: Vec<Place>,
}

/// What is written of a payment when its money is set aside.
#[derive(Debug)]
pub(super) struct NewPayment<'a> {
    pub(super) id: PaymentId,
    pub(super) counted: u64,
    pub(super) expires: u64,
    pub(super) counted_until: u64,
    pub(super) places: &'a [Place],
}

impl Books<'_> {
    /// A payment on the books. What has ended is not, also where it was not cleared away yet.
    pub(super) fn payment(&self, id: PaymentId) -> Result<Option<Payment>, Fault> {
        self.payment_from(id.as_bytes(), self.state.now)
    }

    /// A payment that is in the file, whether or not it has ended.
    pub(super) fn payment_row(&self, id: &[u8; 16]) -> Result<Option<Payment>, Fault> {
        self.payment_from(id, 0)
    }

    fn payment_from(&self, id: &[u8; 16], not_ended_at: u64) -> Result<Option<Payment>, Fault> {
        let found = self
            .conn
            .prepare_cached(
                "SELECT state, places, dollars, micros FROM payments WHERE id = ?1 AND ends_at >= ?2",
            )?
            .query_row((id, moment(not_ended_at)), |row| {
                let (state, places): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
                Ok((state, Sum::read(row, 2), places))
            })
            .optional()?;
        let Some((state, counted, places)) = found else {
            return Ok(None);
        };
        Ok(Some(Payment {
            state: State::of(state)?,
            counted: counted?.amount()?,
            places: read_places(&places)?,
        }))
    }

    /// Answers whether the id is new.
    pub(super) fn add_payment(&mut self, new: &NewPayment<'_>) -> Result<bool, Fault> {
        let counted = Sum::of(new.counted)?;
        let added = self.change(
            "INSERT INTO payments \
             (id, state, reserved_at, ends_at, counted_until, places, dollars, micros) \
             VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
            &[
                new.id.as_bytes(),
                &moment(self.state.now),
                &moment(new.expires),
                &moment(new.counted_until),
                &write_places(new.places),
                &counted.dollars,
                &counted.micros,
            ],
        )?;
        self.state.payments = self.state.payments.saturating_add(1);
        Ok(added == 1)
    }

    /// Moves a payment on. From here on its money counts until it rolls out, whatever its reservation said.
    pub(super) fn move_to(&mut self, id: PaymentId, state: State) -> Result<(), Fault> {
        self.change(
            "UPDATE payments SET state = ?2, ends_at = max(ends_at, counted_until) WHERE id = ?1",
            &[id.as_bytes(), &state.number()],
        )?;
        Ok(())
    }

    pub(super) fn note_counted(&mut self, id: PaymentId, counted: u64) -> Result<(), Fault> {
        let Sum { dollars, micros } = Sum::of(counted)?;
        self.change(
            "UPDATE payments SET dollars = ?2, micros = ?3 WHERE id = ?1",
            &[id.as_bytes(), &dollars, &micros],
        )?;
        Ok(())
    }

    pub(super) fn note_sent(&mut self, id: PaymentId, sent: &SentPayment) -> Result<(), Fault> {
        self.change(
            "INSERT INTO sent (payment, valid_before, details) VALUES (?1, ?2, ?3)",
            &[
                id.as_bytes(),
                &moment(sent.valid_before.as_millis()),
                &sent.to_json(),
            ],
        )?;
        Ok(())
    }

    /// Takes a payment off the books; what its windows count is not touched.
    pub(super) fn strike(&mut self, id: &[u8; 16]) -> Result<(), Fault> {
        let struck = self.change("DELETE FROM payments WHERE id = ?1", &[id])?;
        if struck > 0 {
            self.change("DELETE FROM sent WHERE payment = ?1", &[id])?;
            self.state.payments = self.state.payments.saturating_sub(1);
        }
        Ok(())
    }
}

const NUMBER_BYTES: usize = size_of::<u64>();

fn write_places(places: &[Place]) -> Vec<u8> {
    let numbers = places.iter().flat_map(|place| [place.window, place.bucket]);
    numbers.flat_map(u64::to_be_bytes).collect()
}

fn read_places(bytes: &[u8]) -> Result<Vec<Place>, StoreError> {
    let (numbers, rest) = bytes.as_chunks::<NUMBER_BYTES>();
    let (pairs, odd) = numbers.as_chunks::<2>();
    if !rest.is_empty() || !odd.is_empty() {
        return Err(StoreError::Unreadable);
    }
    let place = |[window, bucket]: &[[u8; NUMBER_BYTES]; 2]| Place {
        window: u64::from_be_bytes(*window),
        bucket: u64::from_be_bytes(*bucket),
    };
    Ok(pairs.iter().map(place).collect())
}
