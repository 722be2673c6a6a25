//! The ledger on the server: one script a step.

use std::sync::Arc;
use std::time::Duration;

use redis::Value;

use super::Shared;
use super::numbers::{LATEST, LONGEST, amount, bytes, leading, number, packed, sum, whole};
use super::script::{self, Step};
use super::wish::Wish;
use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;
use crate::store::{
    Entry, EntryQuery, EntryState, Limit, LimitKey, Reserved, SentPayment, StoreError, Usage,
};

/// Most times that a step is run for clearing away what has ended, before it is given up. Each time clears away
/// something.
const MOST_ROUNDS: usize = 256;

impl Shared {
    pub(super) async fn reserve(&self, wish: Wish) -> Result<Reserved, StoreError> {
        let (wish, until) = (Arc::new(wish), self.link.deadline());
        for _ in 0..MOST_ROUNDS {
            let answer = self.reservations.run(self, &wish, false, until).await?;
            if answer != Value::Int(AGAIN) {
                return wish.read(&answer);
            }
        }
        Err(StoreError::Unavailable)
    }

    pub(super) async fn mark_sent(
        &self,
        id: PaymentId,
        sent: Option<(String, UnixMillis)>,
    ) -> Result<(), StoreError> {
        let (left, valid_before) = sent.unwrap_or_default();
        let numbers = packed([self.told()?, valid_before.as_millis()]);
        let args = [numbers, payment(id), left.into_bytes()];
        self.done(&script::MARK_SENT, &args).await
    }

    pub(super) async fn settle(
        &self,
        id: PaymentId,
        actual: Option<Usd>,
    ) -> Result<(), StoreError> {
        let named = u64::from(actual.is_some());
        let [high, low] = amount(actual.unwrap_or_default().micros());
        let numbers = packed([named, high, low]);
        let args = [numbers, payment(id), b"rsud".to_vec()];
        self.done(&script::SETTLE, &args).await
    }

    pub(super) async fn mark_unknown(&self, id: PaymentId) -> Result<(), StoreError> {
        self.done(&script::MARK_UNKNOWN, &[payment(id)]).await
    }

    pub(super) async fn release(&self, id: PaymentId) -> Result<(), StoreError> {
        let args = [payment(id), b"rs".to_vec()];
        let answer = self.link.run(&script::RELEASE, self.keys.ledger(), &args);
        match answer.await? {
            // Giving back twice is harmless.
            Value::Int(UNKNOWN) => Ok(()),
            answer => told_done(&answer),
        }
    }

    pub(super) async fn resolve_settled(&self, id: PaymentId) -> Result<(), StoreError> {
        let args = [packed([0, 0, 0]), payment(id), b"sud".to_vec()];
        self.done(&script::SETTLE, &args).await
    }

    pub(super) async fn resolve_released(&self, id: PaymentId) -> Result<(), StoreError> {
        let args = [payment(id), b"su".to_vec()];
        self.done(&script::RESOLVE_RELEASED, &args).await
    }

    pub(super) async fn usage(&self, key: LimitKey, length: Duration) -> Result<Usage, StoreError> {
        let args = [packed([self.told()?]), window(key, length)];
        match self.settled_down(&script::USAGE, &args).await? {
            Value::Array(parts) => match parts.as_slice() {
                [Value::Int(GRANTED), high, low, count] => {
                    // What is shown of a sum beyond what can be written stops there.
                    let micros = u64::try_from(sum(high, low)?).unwrap_or(u64::MAX);
                    Ok(Usage::new(Usd::from_micros(micros), number(count)?))
                }
                _ => Err(StoreError::Unreadable),
            },
            answer => Err(told_done(&answer).err().unwrap_or(StoreError::Unreadable)),
        }
    }

    pub(super) async fn entry(&self, id: PaymentId) -> Result<Option<Entry>, StoreError> {
        let args = [payment(id)];
        let answer = self.link.run(&script::ENTRY, self.keys.ledger(), &args);
        let Value::Array(parts) = answer.await? else {
            return Err(StoreError::Unreadable);
        };
        match <[Value; 2]>::try_from(parts) {
            Ok([record, left @ Value::BulkString(_)]) => read(id, record, left).map(Some),
            Ok(_) => Ok(None),
            Err(_) => Err(StoreError::Unreadable),
        }
    }

    pub(super) async fn entries(&self, query: EntryQuery) -> Result<Vec<Entry>, StoreError> {
        let before = query.valid_before.map_or(0, |moment| {
            moment
                .as_millis()
                .min(LATEST.saturating_sub(1))
                .saturating_add(1)
        });
        let mut from = match query.after {
            Some(after) => [b"(".as_slice(), &payment(after)].concat(),
            None => b"[p".to_vec(),
        };
        let most = query.limit.min(EntryQuery::MAX_LIMIT);
        let mut entries = Vec::new();
        while entries.len() < most {
            let left = u64::try_from(most.saturating_sub(entries.len())).unwrap_or(u64::MAX);
            let numbers = packed([u64::from(query.open_only), before, left]);
            let args = [numbers, from];
            let answer = self.link.run(&script::ENTRIES, self.keys.ledger(), &args);
            let Value::Array(parts) = answer.await? else {
                return Err(StoreError::Unreadable);
            };
            let mut parts = parts.into_iter();
            let last = bytes(parts.next().unwrap_or(Value::Nil))?;
            while let (Some(name), Some(record), Some(left)) =
                (parts.next(), parts.next(), parts.next())
            {
                entries.push(read(id_of(&bytes(name)?)?, record, left)?);
            }
            if last.is_empty() {
                break;
            }
            from = [b"(".as_slice(), &last].concat();
        }
        Ok(entries)
    }

    async fn done(&self, step: &Step, args: &[Vec<u8>]) -> Result<(), StoreError> {
        told_done(&self.link.run(step, self.keys.ledger(), args).await?)
    }

    /// Runs a step until everything that has ended is cleared away, as far as that could change the answer.
    async fn settled_down(&self, step: &Step, args: &[Vec<u8>]) -> Result<Value, StoreError> {
        let until = self.link.deadline();
        for _ in 0..MOST_ROUNDS {
            let keys = self.keys.ledger();
            let answer = self.link.run_until(until, step, keys, args).await?;
            if answer != Value::Int(AGAIN) {
                return Ok(answer);
            }
        }
        Err(StoreError::Unavailable)
    }
}

// What the scripts answer; see lua/book.lua.
pub(super) const GRANTED: i64 = 0;
pub(super) const REFUSED: i64 = 1;
const OVERFLOW: i64 = 2;
pub(super) const AGAIN: i64 = 3;
const FULL: i64 = 4;
const UNKNOWN: i64 = 5;

pub(super) fn told_done(answer: &Value) -> Result<(), StoreError> {
    match answer {
        Value::Int(GRANTED) => Ok(()),
        Value::Int(OVERFLOW) => Err(StoreError::Overflow),
        Value::Int(FULL) => Err(StoreError::Full),
        Value::Int(UNKNOWN) => Err(StoreError::UnknownPayment),
        // Not in that state.
        Value::Array(_) => Err(StoreError::UnknownPayment),
        _ => Err(StoreError::Unreadable),
    }
}

pub(super) fn payment(id: PaymentId) -> Vec<u8> {
    [b"p".as_slice(), id.as_bytes()].concat()
}

fn id_of(name: &[u8]) -> Result<PaymentId, StoreError> {
    let id = name.strip_prefix(b"p").and_then(|id| id.try_into().ok());
    id.map(PaymentId::from_bytes).ok_or(StoreError::Unreadable)
}

pub(super) fn window(key: LimitKey, length: Duration) -> Vec<u8> {
    let length = length.max(Limit::MIN_WINDOW).as_millis();
    let length = u64::try_from(length).unwrap_or(LONGEST).min(LONGEST);
    [b"w".as_slice(), key.as_bytes(), &length.to_le_bytes()].concat()
}

/// An entry from its record and what left.
fn read(id: PaymentId, record: Value, left: Value) -> Result<Entry, StoreError> {
    let record = bytes(record)?;
    let (state, rest) = record.split_first().ok_or(StoreError::Unreadable)?;
    let state = match state {
        b'r' => EntryState::Reserved,
        b's' => EntryState::Sent,
        b'u' => EntryState::Unknown,
        b'd' => EntryState::Settled,
        _ => return Err(StoreError::Unreadable),
    };
    let (_token, rest) = leading(rest)?;
    let (high, rest) = leading(rest)?;
    let (low, rest) = leading(rest)?;
    let counted = whole(high, low).try_into();
    let counted = counted.map_err(|_| StoreError::Unreadable)?;
    let (reserved_at, _) = leading(rest)?;
    let left = String::from_utf8(bytes(left)?).map_err(|_| StoreError::Unreadable)?;
    Ok(Entry::new(
        id,
        state,
        Usd::from_micros(counted),
        UnixMillis::from_millis(reserved_at),
        Some(SentPayment::from_json(&left)?),
    ))
}
