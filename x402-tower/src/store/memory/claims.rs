//! Claims in memory: a map, and a queue of when each ends.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use crate::clock::UnixMillis;
use crate::payment::PaymentId;
use crate::store::{Claim, ClaimKey, StoreError};

/// Most ended claims that one call clears away, so that no caller waits for everybody's.
const SWEEP: usize = 32;

#[derive(Debug)]
struct Held {
    holder: PaymentId,
    value: Box<[u8]>,
    end: End,
}

/// When a claim ends, and its number, so that no two are alike and new ones are filed at the end of the queue.
type End = (u64, u64);

/// Every claim that has not ended.
#[derive(Debug)]
pub(super) struct ClaimBook {
    capacity: usize,
    /// The latest moment that any caller has named.
    now: u64,
    held: HashMap<[u8; 32], Held>,
    /// Exactly one entry for each of `held`, ordered by its end.
    ends: BTreeMap<End, [u8; 32]>,
    /// The number of the next claim.
    next: u64,
}

impl ClaimBook {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            now: 0,
            held: HashMap::new(),
            ends: BTreeMap::new(),
            next: 0,
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
        let end = (super::shifted(until, now, self.now), self.next);
        let key = *key.as_bytes();
        let full = self.held.len() >= self.capacity;
        match self.held.entry(key) {
            Entry::Occupied(mut entry) => {
                let held = entry.get_mut();
                if self.now <= held.end.0 {
                    return Ok(Claim::Held {
                        holder: held.holder,
                        value: held.value.to_vec(),
                    });
                }
                self.ends.remove(&held.end);
                *held = Held {
                    holder,
                    value: value.into(),
                    end,
                };
            }
            Entry::Vacant(_) if full => return Err(StoreError::Full),
            Entry::Vacant(entry) => {
                entry.insert(Held {
                    holder,
                    value: value.into(),
                    end,
                });
            }
        }
        self.ends.insert(end, key);
        self.next = self.next.saturating_add(1);
        Ok(Claim::Taken)
    }

    pub(super) fn read(&mut self, key: ClaimKey, now: UnixMillis) -> Option<Vec<u8>> {
        self.now = self.now.max(now.as_millis());
        let held = self.held.get(key.as_bytes())?;
        (self.now <= held.end.0).then(|| held.value.to_vec())
    }

    pub(super) fn give_back(&mut self, key: ClaimKey, holder: PaymentId) {
        let key = *key.as_bytes();
        if let Entry::Occupied(entry) = self.held.entry(key)
            && entry.get().holder == holder
        {
            self.ends.remove(&entry.get().end);
            entry.remove();
        }
    }

    /// Clears away some of what has ended; where anything has, at least one place is free afterwards.
    fn sweep(&mut self) {
        for _ in 0..SWEEP {
            match self.ends.first_entry() {
                Some(first) if first.key().0 < self.now => {
                    self.held.remove(&first.remove());
                }
                _ => break,
            }
        }
    }
}
