//! A reservation on its way to the server, alone or with others.

use std::collections::HashMap;
use std::sync::Arc;

use redis::Value;
use tokio::time::Instant;

use super::ledger::{REFUSED, payment, told_done, window};
use super::line::Errand;
use super::numbers::{amount, lifetime, number, packed, sum};
use super::{RedisOptions, Shared, script};
use crate::money::Usd;
use crate::store::{Quota, Reservation, Reserved, StoreError};

/// A reservation as the script takes it.
#[derive(Debug)]
pub(super) struct Wish {
    payment: Vec<u8>,
    /// Token of the call, amount and lifetime.
    head: Vec<u8>,
    windows: Vec<Vec<u8>>,
    /// Index into the windows, and what fits.
    limits: Vec<(usize, Quota)>,
}

impl Wish {
    pub(super) fn of(reservation: &Reservation<'_>, token: [u8; 8]) -> Result<Self, StoreError> {
        if reservation.limits.len() > Reservation::MAX_LIMITS {
            return Err(StoreError::Full);
        }
        let [high, low] = amount(reservation.amount.micros());
        let lifetime = lifetime(reservation.now, reservation.expires);
        let mut head = token.to_vec();
        head.extend_from_slice(&packed([high, low, lifetime]));
        let mut windows: Vec<Vec<u8>> = Vec::with_capacity(reservation.limits.len());
        let mut limits = Vec::with_capacity(reservation.limits.len());
        for limit in reservation.limits {
            // Two quotas over the same window share it, and must not count the payment twice.
            let name = window(limit.key, limit.window);
            let known = windows.iter().position(|known| *known == name);
            let index = known.unwrap_or_else(|| {
                windows.push(name);
                windows.len().saturating_sub(1)
            });
            limits.push((index, limit.quota));
        }
        Ok(Self {
            payment: payment(reservation.id),
            head,
            windows,
            limits,
        })
    }

    /// What the script answered to this wish.
    pub(super) fn read(&self, answer: &Value) -> Result<Reserved, StoreError> {
        let Value::Array(parts) = answer else {
            return told_done(answer).map(|()| Reserved::Granted);
        };
        let [Value::Int(REFUSED), limit, high, low] = parts.as_slice() else {
            return Err(StoreError::Unreadable);
        };
        let limit = usize::try_from(number(limit)?).map_err(|_| StoreError::Unreadable)?;
        let left = match self.limits.get(limit) {
            Some((_, Quota::Amount(most))) => {
                let left = u128::from(most.micros()).saturating_sub(sum(high, low)?);
                let left = u64::try_from(left).map_err(|_| StoreError::Unreadable)?;
                Quota::Amount(Usd::from_micros(left))
            }
            Some((_, Quota::Count(_))) => Quota::Count(0),
            None => return Err(StoreError::Unreadable),
        };
        Ok(Reserved::Refused { limit, left })
    }

    /// Its limits as the script takes them, with the windows by their places in the step.
    fn group(&self, place: impl Fn(&[u8]) -> u32) -> Vec<u8> {
        let places: Vec<u32> = self.windows.iter().map(|window| place(window)).collect();
        let many = u32::try_from(places.len()).unwrap_or(u32::MAX);
        let mut bytes = many.to_le_bytes().to_vec();
        for place in &places {
            bytes.extend_from_slice(&place.to_le_bytes());
        }
        for (window, quota) in &self.limits {
            let place = places.get(*window).copied().unwrap_or_default();
            let (by_count, most) = match quota {
                Quota::Amount(most) => (0_u32, most.micros()),
                Quota::Count(most) => (1, *most),
            };
            bytes.extend_from_slice(&place.to_le_bytes());
            bytes.extend_from_slice(&by_count.to_le_bytes());
            bytes.extend_from_slice(&packed(amount(most)));
        }
        bytes
    }
}

impl Errand for Wish {
    fn weight(&self) -> usize {
        self.windows.len()
    }

    async fn ask(
        shared: &Shared,
        together: &[Arc<Self>],
        until: Instant,
    ) -> Result<Vec<Value>, StoreError> {
        let options = shared.link.options();
        let args = args(together, shared.told()?, options);
        let keys = shared.keys.ledger();
        let answer = shared.link.run_until(until, &script::RESERVE, keys, &args);
        match answer.await? {
            Value::Array(answers) => Ok(answers),
            _ => Err(StoreError::Unreadable),
        }
    }
}

/// The arguments of the script for some wishes.
fn args(wishes: &[Arc<Wish>], told: u64, options: &RedisOptions) -> Vec<Vec<u8>> {
    // Windows by their names, numbered from one on.
    let mut places: HashMap<&[u8], u32> = HashMap::new();
    let mut names = Vec::new();
    for window in wishes.iter().flat_map(|wish| &wish.windows) {
        let next = counted(names.len()).saturating_add(1);
        places.entry(window).or_insert_with(|| {
            names.push(window.clone());
            next
        });
    }
    let mut args = vec![packed([
        told,
        counted(names.len()).into(),
        counted(wishes.len()).into(),
        options.max_payments,
        options.max_windows,
    ])];
    args.append(&mut names);
    args.extend(wishes.iter().map(|wish| wish.payment.clone()));
    // Payments under the same limits share them.
    let place = |name: &[u8]| places.get(name).copied().unwrap_or_default();
    let mut groups: Vec<(&Wish, Vec<u8>)> = Vec::new();
    for wish in wishes {
        let same = |(known, _): &(&Wish, Vec<u8>)| {
            known.limits == wish.limits && known.windows == wish.windows
        };
        let group = groups.iter().rposition(same).unwrap_or_else(|| {
            groups.push((wish, wish.group(place)));
            groups.len().saturating_sub(1)
        });
        let mut bytes = wish.head.clone();
        bytes.extend_from_slice(&counted(group).saturating_add(1).to_le_bytes());
        args.push(bytes);
    }
    args.extend(groups.into_iter().map(|(_, group)| group));
    args
}

/// A number of things in one step, of which there are never so many that it does not fit.
fn counted(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}
