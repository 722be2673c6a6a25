//! State that is split by its keys, so that callers who want different keys seldom wait for each other.

use core::hash::{BuildHasher, Hash};
use std::array;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::clock::UnixMillis;

/// Parts that each kind of state is split into.
pub(super) const SHARDS: usize = 16;

/// Keys are digests of what others may choose, so the seed is of this process and told to nobody; that makes it hard to
/// choose keys that fall together, at a third of what the standard library's hash costs.
pub(super) type Seed = foldhash::quality::RandomState;

/// A map whose keys may be chosen by others.
pub(super) type Map<K, V> = std::collections::HashMap<K, V, Seed>;

/// One kind of state, split by key.
#[derive(Debug)]
pub(super) struct Shards<T> {
    seed: Seed,
    parts: [T; SHARDS],
}

impl<T: Default> Default for Shards<T> {
    fn default() -> Self {
        Self {
            seed: Seed::default(),
            parts: array::from_fn(|_| T::default()),
        }
    }
}

impl<T> Shards<T> {
    /// The hash of a key.
    pub(super) fn hash(&self, key: &impl Hash) -> u64 {
        self.seed.hash_one(key)
    }

    /// The number of the part that holds a key.
    pub(super) fn number(&self, key: &impl Hash) -> usize {
        Self::number_of_hash(self.hash(key))
    }

    /// The number of the part that holds a key with a hash.
    pub(super) fn number_of_hash(hash: u64) -> usize {
        // The low and the high bits are what maps sort by.
        let bits = (hash >> 32) & 0xffff;
        usize::try_from(bits).unwrap_or(0) % SHARDS
    }

    /// The part with a number.
    pub(super) fn part(&self, number: usize) -> &T {
        let [first, ..] = &self.parts;
        self.parts.get(number).unwrap_or(first)
    }

    /// The part that holds a key.
    pub(super) fn of(&self, key: &impl Hash) -> &T {
        self.part(self.number(key))
    }

    /// Every part, in the order in which more than one may be locked.
    pub(super) fn all(&self) -> &[T; SHARDS] {
        &self.parts
    }
}

/// The latest moment that any caller has named: a clock that steps back frees nothing (attack 77).
///
/// Read under a part's lock it never runs backwards for that part.
#[derive(Debug, Default)]
pub(super) struct Latest(AtomicU64);

impl Latest {
    pub(super) fn advance(&self, now: UnixMillis) -> u64 {
        let (now, latest) = (now.as_millis(), self.get());
        if now > latest {
            // Mostly somebody has named this millisecond before: reading it keeps it in every core's cache.
            self.0.fetch_max(now, Ordering::Relaxed).max(now)
        } else {
            latest
        }
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How much there is room for, over all parts.
#[derive(Debug)]
pub(super) struct Room {
    most: usize,
    taken: AtomicUsize,
}

impl Room {
    pub(super) fn new(most: usize) -> Self {
        let taken = AtomicUsize::new(0);
        Self { most, taken }
    }

    /// For what is numbered, so that there is a number for all of it.
    pub(super) fn numbered(most: usize, numbers: u32) -> Self {
        let numbers = usize::try_from(numbers).unwrap_or(usize::MAX);
        Self::new(most.min(numbers))
    }

    /// Takes as much, where that is still free.
    pub(super) fn take(&self, amount: usize) -> bool {
        let more = |taken: usize| {
            let more = taken.checked_add(amount)?;
            (more <= self.most).then_some(more)
        };
        amount == 0
            || self
                .taken
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
                .is_ok()
    }

    pub(super) fn give_back(&self, amount: usize) {
        if amount > 0 {
            self.taken.fetch_sub(amount, Ordering::Relaxed);
        }
    }
}
