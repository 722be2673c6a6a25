//! Signed payments in memory: a map, and a queue of when each ends.

use std::collections::{BTreeSet, HashMap};

use crate::clock::UnixMillis;
use crate::store::{Kept, MAX_KEPT_BYTES, Put, RequestKey, StoreError};

#[derive(Debug)]
struct Item {
    kept: Kept,
    ends: u64,
}

/// Every signed payment that has not ended.
#[derive(Debug)]
pub(super) struct Shelf {
    max_items: usize,
    max_bytes: usize,
    bytes: usize,
    /// The latest moment that any caller has named.
    now: u64,
    items: HashMap<RequestKey, Item>,
    /// Exactly one entry for each of `items`, ordered by its end.
    ends: BTreeSet<(u64, RequestKey)>,
    /// The revision of the last change: counted over all keys, so that none comes twice.
    revision: u64,
}

impl Shelf {
    pub(super) fn new(max_items: usize, max_bytes: usize) -> Self {
        Self {
            max_items,
            max_bytes,
            bytes: 0,
            now: 0,
            items: HashMap::new(),
            ends: BTreeSet::new(),
            revision: 0,
        }
    }

    pub(super) fn load(&mut self, key: RequestKey, now: UnixMillis) -> Option<Kept> {
        self.advance(now);
        self.items.get(&key).map(|item| item.kept.clone())
    }

    pub(super) fn put(
        &mut self,
        key: RequestKey,
        expected: Option<u64>,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Result<Put, StoreError> {
        self.advance(now);
        let there = self.items.get(&key);
        if there.map(|item| item.kept.revision) != expected {
            return Ok(Put::Conflict(there.map(|item| item.kept.clone())));
        }
        let old = there.map_or(0, |item| item.kept.value.len());
        let bytes = self.bytes.saturating_sub(old).saturating_add(value.len());
        let full = there.is_none() && self.items.len() >= self.max_items;
        if value.len() > MAX_KEPT_BYTES || full || bytes > self.max_bytes {
            return Err(StoreError::Full);
        }
        self.forget(key);
        self.revision = self.revision.saturating_add(1);
        let kept = Kept::new(self.revision, value.to_vec());
        let ends = super::shifted(until, now, self.now);
        self.bytes = bytes;
        self.ends.insert((ends, key));
        self.items.insert(key, Item { kept, ends });
        Ok(Put::Done(self.revision))
    }

    pub(super) fn remove(&mut self, key: RequestKey, expected: u64) -> bool {
        let there = self.items.get(&key).map(|item| item.kept.revision);
        let same = there == Some(expected);
        if same {
            self.forget(key);
        }
        same
    }

    fn forget(&mut self, key: RequestKey) {
        if let Some(item) = self.items.remove(&key) {
            self.ends.remove(&(item.ends, key));
            self.bytes = self.bytes.saturating_sub(item.kept.value.len());
        }
    }

    /// Moves time on, never back, and forgets what has ended: each item once, so constant work per payment.
    fn advance(&mut self, now: UnixMillis) {
        self.now = self.now.max(now.as_millis());
        while let Some((ends, key)) = self.ends.first().copied() {
            if ends >= self.now {
                break;
            }
            self.forget(key);
        }
    }
}
