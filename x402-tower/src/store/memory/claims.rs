//! Claims in memory: maps, and queues of when each ends.

use std::collections::BTreeMap;

use parking_lot::Mutex;

use super::shards::{Latest, Map, Room, Shards};
use crate::clock::UnixMillis;
use crate::payment::PaymentId;
use crate::store::{Claim, ClaimKey, StoreError};

/// Most ended claims that one call clears away from a part, so that no caller waits for everybody's.
const SWEEP: usize = 32;

/// When a claim ends, and its number, so that no two are alike and new ones are filed at the end of the queue.
type End = (u64, u64);

#[derive(Debug)]
struct Held {
    holder: PaymentId,
    value: Box<[u8]>,
    end: End,
}

/// Claims whose keys fall together.
#[derive(Debug, Default)]
struct Part {
    held: Map<[u8; 32], Held>,
    /// Exactly one entry for each of `held`, ordered by its end.
    ends: BTreeMap<End, [u8; 32]>,
    /// The number of the next claim.
    next: u64,
}

impl Part {
    /// Clears away some of what has ended, and tells how many.
    fn sweep(&mut self, now: u64) -> usize {
        let mut swept = 0;
        while swept < SWEEP {
            match self.ends.first_entry() {
                Some(first) if first.key().0 < now => {
                    self.held.remove(&first.remove());
                    swept += 1;
                }
                _ => break,
            }
        }
        swept
    }

    fn remove(&mut self, key: &[u8; 32]) -> bool {
        let held = self.held.remove(key);
        if let Some(held) = &held {
            self.ends.remove(&held.end);
        }
        held.is_some()
    }

    fn insert(&mut self, key: [u8; 32], holder: PaymentId, value: &[u8], ends: u64) {
        let end = (ends, self.next);
        self.next = self.next.saturating_add(1);
        let value = value.into();
        self.held.insert(key, Held { holder, value, end });
        self.ends.insert(end, key);
    }
}

/// Every claim that has not ended.
#[derive(Debug)]
pub(super) struct ClaimBook {
    latest: Latest,
    room: Room,
    parts: Shards<Mutex<Part>>,
}

impl ClaimBook {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            latest: Latest::default(),
            room: Room::new(capacity),
            parts: Shards::default(),
        }
    }

    pub(super) fn claim(
        &self,
        key: ClaimKey,
        holder: PaymentId,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Result<Claim, StoreError> {
        if value.len() > Claim::MAX_VALUE_BYTES {
            return Err(StoreError::Full);
        }
        let attempt = || self.claim_where_there_is_room(key, holder, value, now, until);
        if let Some(answer) = attempt() {
            return Ok(answer);
        }
        // What has ended may still take up room elsewhere.
        for part in self.parts.all() {
            self.room.give_back(part.lock().sweep(self.latest.get()));
        }
        attempt().ok_or(StoreError::Full)
    }

    fn claim_where_there_is_room(
        &self,
        key: ClaimKey,
        holder: PaymentId,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Option<Claim> {
        let key = *key.as_bytes();
        let mut part = self.parts.of(&key).lock();
        let latest = self.latest.advance(now);
        self.room.give_back(part.sweep(latest));
        if let Some(held) = part.held.get(&key) {
            if latest <= held.end.0 {
                return Some(Claim::Held {
                    holder: held.holder,
                    value: held.value.to_vec(),
                });
            }
            part.remove(&key);
            self.room.give_back(1);
        }
        if !self.room.take(1) {
            return None;
        }
        part.insert(key, holder, value, super::shifted(until, now, latest));
        Some(Claim::Taken)
    }

    pub(super) fn read(&self, key: ClaimKey, now: UnixMillis) -> Option<Vec<u8>> {
        let part = self.parts.of(key.as_bytes()).lock();
        let latest = self.latest.advance(now);
        let held = part.held.get(key.as_bytes())?;
        (latest <= held.end.0).then(|| held.value.to_vec())
    }

    pub(super) fn give_back(&self, key: ClaimKey, holder: PaymentId) {
        let mut part = self.parts.of(key.as_bytes()).lock();
        let held = part.held.get(key.as_bytes());
        if held.is_some_and(|held| held.holder == holder) && part.remove(key.as_bytes()) {
            self.room.give_back(1);
        }
    }
}
