//! Signed payments in memory: maps, and queues of when each ends.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use super::shards::{Latest, Map, Room, Shards};
use crate::clock::UnixMillis;
use crate::store::{Kept, MAX_KEPT_BYTES, Put, RequestKey, StoreError};

#[derive(Debug)]
struct Item {
    kept: Kept,
    ends: u64,
}

/// Signed payments whose keys fall together.
#[derive(Debug, Default)]
struct Part {
    items: Map<RequestKey, Item>,
    /// Exactly one entry for each of `items`, ordered by its end.
    ends: BTreeSet<(u64, RequestKey)>,
}

impl Part {
    fn remove(&mut self, key: RequestKey) -> Option<Kept> {
        let item = self.items.remove(&key)?;
        self.ends.remove(&(item.ends, key));
        Some(item.kept)
    }

    fn revision(&self, key: RequestKey) -> Option<u64> {
        self.items.get(&key).map(|item| item.kept.revision)
    }
}

/// Every signed payment that has not ended.
#[derive(Debug)]
pub(super) struct Shelf {
    latest: Latest,
    items: Room,
    bytes: Room,
    parts: Shards<Mutex<Part>>,
    /// The revision of the last change: counted over all keys, so that none comes twice.
    revision: AtomicU64,
}

impl Shelf {
    pub(super) fn new(max_items: usize, max_bytes: usize) -> Self {
        Self {
            latest: Latest::default(),
            items: Room::new(max_items),
            bytes: Room::new(max_bytes),
            parts: Shards::default(),
            revision: AtomicU64::new(0),
        }
    }

    pub(super) fn load(&self, key: RequestKey, now: UnixMillis) -> Option<Kept> {
        let mut part = self.parts.of(&key).lock();
        self.latest.advance(now);
        self.sweep(&mut part);
        part.items.get(&key).map(|item| item.kept.clone())
    }

    pub(super) fn put(
        &self,
        key: RequestKey,
        expected: Option<u64>,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Result<Put, StoreError> {
        if value.len() > MAX_KEPT_BYTES {
            return Err(StoreError::Full);
        }
        let attempt = || self.put_where_there_is_room(key, expected, value, now, until);
        if let Some(answer) = attempt() {
            return Ok(answer);
        }
        // What has ended may still take up room elsewhere.
        for part in self.parts.all() {
            self.sweep(&mut part.lock());
        }
        attempt().ok_or(StoreError::Full)
    }

    fn put_where_there_is_room(
        &self,
        key: RequestKey,
        expected: Option<u64>,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Option<Put> {
        let mut part = self.parts.of(&key).lock();
        let latest = self.latest.advance(now);
        self.sweep(&mut part);
        let there = part.items.get(&key).map(|item| &item.kept);
        if there.map(|kept| kept.revision) != expected {
            return Some(Put::Conflict(there.cloned()));
        }
        let old = there.map_or(0, |kept| kept.value.len());
        let fresh = usize::from(there.is_none());
        if !self.items.take(fresh) {
            return None;
        }
        if !self.bytes.take(value.len().saturating_sub(old)) {
            self.items.give_back(fresh);
            return None;
        }
        self.bytes.give_back(old.saturating_sub(value.len()));
        part.remove(key);
        let revision = self.revision.fetch_add(1, Ordering::Relaxed) + 1;
        let kept = Kept::new(revision, value.to_vec());
        let ends = super::shifted(until, now, latest);
        part.ends.insert((ends, key));
        part.items.insert(key, Item { kept, ends });
        Some(Put::Done(revision))
    }

    pub(super) fn remove(&self, key: RequestKey, expected: u64) -> bool {
        let mut part = self.parts.of(&key).lock();
        let same = part.revision(key) == Some(expected);
        if same {
            self.forget(&mut part, key);
        }
        same
    }

    fn forget(&self, part: &mut Part, key: RequestKey) {
        if let Some(kept) = part.remove(key) {
            self.items.give_back(1);
            self.bytes.give_back(kept.value.len());
        }
    }

    /// Forgets what has ended: each item once, so constant work per payment.
    fn sweep(&self, part: &mut Part) {
        let now = self.latest.get();
        while let Some((ends, key)) = part.ends.first().copied() {
            if ends >= now {
                break;
            }
            self.forget(part, key);
        }
    }
}
