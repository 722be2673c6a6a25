//! A reservation on its way to the server, alone or with others.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use redis::Value;
use tokio::time::Instant;

use super::ledger::{AGAIN, GRANTED, REFUSED, payment, told_done, window};
use super::line::Errand;
use super::numbers::{amount, amounts, lifetime, number, packed, sum};
use super::{RedisOptions, Shared, script};
use crate::money::Usd;
use crate::store::{Quota, Reservation, Reserved, StoreError};

/// A reservation as the script takes it.
#[derive(Debug)]
pub(super) struct Wish {
    payment: Vec<u8>,
    amount: u64,
    lifetime: u64,
    /// How the payment's record begins.
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
        let micros = reservation.amount.micros();
        let head = [b"r".as_slice(), &token, &packed(amount(micros))].concat();
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
            amount: micros,
            lifetime: lifetime(reservation.now, reservation.expires),
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

    /// Whether it falls under the same limits for as long.
    fn belongs_to(&self, other: &Self) -> bool {
        (self.lifetime, &self.limits, &self.windows)
            == (other.lifetime, &other.limits, &other.windows)
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
        let told = shared.told()?;
        let grouped = Grouped::of(together);
        let args = grouped.args(told, shared.link.options());
        let keys = shared.keys.ledger();
        let answer = shared.link.run_until(until, &script::RESERVE, keys, &args);
        grouped.answers(together.len(), answer.await?)
    }
}

/// Wishes as they go to the server in one step: those under the same limits after one another.
struct Grouped<'a> {
    groups: Vec<Vec<(usize, &'a Wish)>>,
}

impl<'a> Grouped<'a> {
    /// A payment that is named twice goes once.
    fn of(wishes: &'a [Arc<Wish>]) -> Self {
        let mut named = HashSet::new();
        let mut groups: Vec<Vec<(usize, &Wish)>> = Vec::new();
        for (index, wish) in wishes.iter().enumerate() {
            if !named.insert(&wish.payment) {
                continue;
            }
            let its = |group: &&mut Vec<(usize, &Wish)>| {
                group
                    .first()
                    .is_some_and(|(_, known)| wish.belongs_to(known))
            };
            match groups.iter_mut().rev().find(its) {
                Some(group) => group.push((index, wish)),
                None => groups.push(vec![(index, wish)]),
            }
        }
        Self { groups }
    }

    fn wishes(&self) -> impl Iterator<Item = (usize, &'a Wish)> {
        self.groups.iter().flatten().copied()
    }

    /// The arguments of the script.
    fn args(&self, told: u64, options: &RedisOptions) -> Vec<Vec<u8>> {
        // Windows by their names, numbered from one on.
        let mut places: HashMap<&[u8], u32> = HashMap::new();
        let mut names = Vec::new();
        let firsts = self.groups.iter().filter_map(|group| group.first());
        for window in firsts.flat_map(|(_, wish)| &wish.windows) {
            let next = counted(names.len()).saturating_add(1);
            places.entry(window).or_insert_with(|| {
                names.push(window.clone());
                next
            });
        }
        let mut args = vec![packed([
            told,
            counted(names.len()).into(),
            counted(self.wishes().count()).into(),
            options.max_payments,
            options.max_windows,
        ])];
        args.append(&mut names);
        args.extend(self.wishes().map(|(_, wish)| wish.payment.clone()));
        args.extend(self.wishes().map(|(_, wish)| wish.head.clone()));
        args.extend(self.groups.iter().map(|group| written(group, &places)));
        args
    }

    /// What the script answered, for each wish in the order in which they came.
    fn answers(&self, many: usize, answer: Value) -> Result<Vec<Value>, StoreError> {
        // Who named a payment that somebody else in the same step named asks again.
        let mut answers = vec![Value::Int(AGAIN); many];
        let mut given = match answer {
            Value::Int(GRANTED) => None,
            Value::Array(given) if given.len() == self.wishes().count() => Some(given.into_iter()),
            _ => return Err(StoreError::Unreadable),
        };
        for (index, _) in self.wishes() {
            let granted = Value::Int(GRANTED);
            let its = given.as_mut().map_or(Some(granted), Iterator::next);
            if let (Some(place), Some(its)) = (answers.get_mut(index), its) {
                *place = its;
            }
        }
        Ok(answers)
    }
}

/// A group of wishes as the script takes it.
fn written(group: &[(usize, &Wish)], places: &HashMap<&[u8], u32>) -> Vec<u8> {
    let Some((_, first)) = group.first() else {
        return Vec::new();
    };
    let place = |window: &Vec<u8>| places.get(window.as_slice()).copied().unwrap_or_default();
    let its: Vec<u32> = first.windows.iter().map(place).collect();
    let total = group.iter().map(|(_, wish)| u128::from(wish.amount)).sum();
    let mut bytes = counted(group.len()).to_le_bytes().to_vec();
    bytes.extend_from_slice(&counted(its.len()).to_le_bytes());
    bytes.extend_from_slice(&packed([first.lifetime]));
    bytes.extend_from_slice(&packed(amounts(total)));
    for place in &its {
        bytes.extend_from_slice(&place.to_le_bytes());
    }
    for (window, quota) in &first.limits {
        let place = its.get(*window).copied().unwrap_or_default();
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

/// A number of things in one step, of which there are never so many that it does not fit.
fn counted(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}
