//! Claims in memory: found by their keys, and queued by when they end.

use parking_lot::{Mutex, MutexGuard};

use super::index::Index;
use super::shards::{Latest, Room, Shards};
use super::things::{MOST_THINGS, Queue, Things};
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
}

/// Claims whose keys fall together.
#[derive(Debug, Default)]
struct Part {
    index: Index,
    held: Things<Held>,
    ends: Queue,
}

impl Part {
    fn find(&self, hash: u64, key: &[u8; 32]) -> Option<u32> {
        let is = |number| self.held.get(number).is_some_and(|held| held.key == *key);
        self.index.find(hash, is)
    }

    /// A claim, unless it has ended.
    fn get(&self, number: u32, now: u64) -> Option<&Held> {
        let ends = self.held.ends(number)?;
        self.held.get(number).filter(|_| now <= ends)
    }

    /// Answers whether there was a number for it.
    fn insert(
        &mut self,
        hash: u64,
        held: Held,
        ends: u64,
        hash_of: impl Fn(&[u8; 32]) -> u64,
    ) -> bool {
        let Some(number) = self.held.insert(held) else {
            return false;
        };
        let held = &self.held;
        self.index.insert(hash, number, || {
            let all = held.iter();
            all.map(|(other, held)| (hash_of(&held.key), other))
        });
        self.ends.join(&mut self.held, number, ends);
        true
    }

    fn remove(&mut self, hash: u64, number: u32) -> bool {
        self.index.remove(hash, number);
        self.ends.leave(&mut self.held, number);
        self.held.remove(number).is_some()
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
            room: Room::numbered(capacity, MOST_THINGS),
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
            if let Some(held) = part.get(number, latest) {
                return Some(Claim::Held {
                    holder: held.holder,
                    value: held.value.to_vec(),
                });
            }
            self.remove(&mut part, hash, number);
        }
        if !self.room.take(1) {
            return None;
        }
        let held = Held {
            key,
            holder,
            value: value.into(),
        };
        let ends = super::shifted(until, now, latest);
        if !part.insert(hash, held, ends, |key| self.parts.hash(key)) {
            self.room.give_back(1);
            return None;
        }
        Some(Claim::Taken)
    }

    pub(super) fn read(&self, key: ClaimKey, now: UnixMillis) -> Option<Vec<u8>> {
        let (hash, part) = self.part(key.as_bytes());
        let latest = self.latest.advance(now);
        let number = part.find(hash, key.as_bytes())?;
        Some(part.get(number, latest)?.value.to_vec())
    }

    pub(super) fn give_back(&self, key: ClaimKey, holder: PaymentId) {
        let (hash, mut part) = self.part(key.as_bytes());
        let Some(number) = part.find(hash, key.as_bytes()) else {
            return;
        };
        if part
            .held
            .get(number)
            .is_some_and(|held| held.holder == holder)
        {
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
            let Some(number) = part.ends.due(now) else {
                break;
            };
            let key = part.held.get(number).map(|held| held.key);
            let hash = key.map_or(0, |key| self.parts.hash(&key));
            self.remove(part, hash, number);
        }
    }

    fn remove(&self, part: &mut Part, hash: u64, number: u32) {
        if part.remove(hash, number) {
            self.room.give_back(1);
        }
    }
}
