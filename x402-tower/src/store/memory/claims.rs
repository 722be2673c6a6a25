//! Claims in memory: a map, and a queue of when each ends.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use crate::clock::UnixMillis;
use crate::payment::PaymentId;
use crate::store::{Claim, ClaimKey, StoreError};

/// Most ended claims that one call clears away, so that no caller waits for everybody's.
const SWEEP: usize = 32;

#[derive(Debug)]
struct Held {
    holder: PaymentId,
    value: Box<[u8]>,
    until: u64,
}

/// Every claim that has not ended.
#[derive(Debug)]
pub(super) struct ClaimBook {
    capacity: usize,
    /// The latest moment that any caller has named.
    now: u64,
    held: HashMap<[u8; 32], Held>,
    /// Exactly one entry for each of `held`, ordered by its end.
    ends: BTreeSet<(u64, [u8; 32])>,
}

impl ClaimBook {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            now: 0,
            held: HashMap::new(),
            ends: BTreeSet::new(),
        }
    }

    pub(super) fn claim(
        &mut self,
        key: ClaimKey,
        holder: PaymentId,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Result<Claim, StoreError> {
        if value.len() > Claim::MAX_VALUE_BYTES {
            return Err(StoreError::Full);
        }
        self.now = self.now.max(now.as_millis());
        self.sweep();
        let until = super::shifted(until, now, self.now);
        let key = *key.as_bytes();
        let full = self.held.len() >= self.capacity;
        match self.held.entry(key) {
            Entry::Occupied(mut entry) => {
                let held = entry.get_mut();
                if self.now <= held.until {
                    return Ok(Claim::Held {
                        holder: held.holder,
                        value: held.value.to_vec(),
                    });
                }
                self.ends.remove(&(held.until, key));
                *held = Held {
                    holder,
                    value: value.into(),
                    until,
                };
            }
            Entry::Vacant(_) if full => return Err(StoreError::Full),
            Entry::Vacant(entry) => {
                entry.insert(Held {
                    holder,
                    value: value.into(),
                    until,
                });
            }
        }
        self.ends.insert((until, key));
        Ok(Claim::Taken)
    }

    pub(super) fn give_back(&mut self, key: ClaimKey, holder: PaymentId) {
        let key = *key.as_bytes();
        if let Entry::Occupied(entry) = self.held.entry(key)
            && entry.get().holder == holder
        {
            self.ends.remove(&(entry.get().until, key));
            entry.remove();
        }
    }

    /// Clears away some of what has ended; where anything has, at least one place is free afterwards.
    fn sweep(&mut self) {
        for _ in 0..SWEEP {
            match self.ends.first().copied() {
                Some((until, key)) if until < self.now => {
                    self.ends.remove(&(until, key));
                    self.held.remove(&key);
                }
                _ => break,
            }
        }
    }
}
