//! Claims in memory: maps, and queues of when each ends.

use std::collections::BTreeSet;

use parking_lot::{Mutex, MutexGuard};
use slab::Slab;

use super::index::Index;
use super::shards::{Latest, Room, Shards};
use crate::clock::UnixMillis;
use crate::payment::PaymentId;
use crate::store::{Claim, ClaimKey, StoreError};

/// Most ended claims that one call clears away from a part, so that no caller waits for everybody's.
const SWEEP: usize = 32;

#[derive(Debug)]
struct Held {
    key: [u8; 32],
    holder: PaymentId,
    value: Box<[u8]>,
    ends: u64,
}

/// Claims whose keys fall together.
#[derive(Debug, Default)]
struct Part {
    index: Index,
    held: Slab<Held>,
    /// Exactly one entry for each of `held`: when it ends, and its number.
    ends: BTreeSet<(u64, u32)>,
}

impl Part {
    fn at(&self, number: u32) -> Option<&Held> {
        self.held.get(usize::try_from(number).ok()?)
    }

    fn find(&self, hash: u64, key: &[u8; 32]) -> Option<u32> {
        let is = |number| self.at(number).is_some_and(|held| held.key == *key);
        self.index.find(hash, is)
    }

    fn get(&self, hash: u64, key: &[u8; 32]) -> Option<&Held> {
        self.at(self.find(hash, key)?)
    }

    /// Answers whether there was a number for it.
    fn insert(&mut self, hash: u64, held: Held) -> bool {
        let Ok(number) = u32::try_from(self.held.vacant_key()) else {
            return false;
        };
        self.ends.insert((held.ends, number));
        self.held.insert(held);
        self.index.insert(hash, number);
        true
    }

    fn remove(&mut self, hash: u64, number: u32) -> Option<Held> {
        self.index.remove(hash, number);
        let held = self.held.try_remove(usize::try_from(number).ok()?)?;
        self.ends.remove(&(held.ends, number));
        Some(held)
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
            room: Room::numbered(capacity),
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
            self.sweep(&mut part.lock(), self.latest.get());
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
        let (hash, mut part) = self.part(&key);
        let latest = self.latest.advance(now);
        self.sweep(&mut part, latest);
        if let Some(number) = part.find(hash, &key) {
            match part.at(number) {
                Some(held) if latest <= held.ends => {
                    return Some(Claim::Held {
                        holder: held.holder,
                        value: held.value.to_vec(),
                    });
                }
                _ => self.remove(&mut part, hash, number),
            }
        }
        if !self.room.take(1) {
            return None;
        }
        let held = Held {
            key,
            holder,
            value: value.into(),
            ends: super::shifted(until, now, latest),
        };
        if !part.insert(hash, held) {
            self.room.give_back(1);
            return None;
        }
        Some(Claim::Taken)
    }

    pub(super) fn read(&self, key: ClaimKey, now: UnixMillis) -> Option<Vec<u8>> {
        let (hash, part) = self.part(key.as_bytes());
        let latest = self.latest.advance(now);
        let held = part.get(hash, key.as_bytes())?;
        (latest <= held.ends).then(|| held.value.to_vec())
    }

    pub(super) fn give_back(&self, key: ClaimKey, holder: PaymentId) {
        let (hash, mut part) = self.part(key.as_bytes());
        let Some(number) = part.find(hash, key.as_bytes()) else {
            return;
        };
        if part.at(number).is_some_and(|held| held.holder == holder) {
            self.remove(&mut part, hash, number);
        }
    }

    fn part(&self, key: &[u8; 32]) -> (u64, MutexGuard<'_, Part>) {
        let hash = self.parts.hash(key);
        let number = Shards::<Mutex<Part>>::number_of_hash(hash);
        (hash, self.parts.part(number).lock())
    }

    /// Clears away some of what has ended in a part.
    fn sweep(&self, part: &mut Part, now: u64) {
        for _ in 0..SWEEP {
            match part.ends.first().copied() {
                Some((ends, number)) if ends < now => {
                    let hash = part.at(number).map_or(0, |held| self.parts.hash(&held.key));
                    self.remove(part, hash, number);
                }
                _ => break,
            }
        }
    }

    fn remove(&self, part: &mut Part, hash: u64, number: u32) {
        if part.remove(hash, number).is_some() {
            self.room.give_back(1);
        }
    }
}
