//! Finds things by the hash of their key, without holding the keys.

use super::things::MOST_THINGS;

/// Things in a bucket: with their marks and numbers they fill one line of the cache.
const SLOTS: usize = 12;

/// How many things a bucket holds on average when there have to be more buckets; one in eight is full then.
const LOAD: usize = 9;

/// Where things with a key lie: a number for each, found by the hash of its key.
///
/// With many of them a look costs one line of memory that is in no near cache. Two things keep that cheap: 7 to 14 bytes
/// for a thing, so that most of a large table is at least in a far one; and no branch on what is in the line that a
/// processor would often guess wrong while it waits for it.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// A power of two of them, or none.
    buckets: Vec<Bucket>,
    len: usize,
}

#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Bucket {
    /// Zero where nothing is, else the mark of what is there.
    marks: [u8; SLOTS],
    /// Things that were put further on because this bucket was full, by two bits of their marks; beyond 254 nobody knows.
    passed: [u8; 4],
    /// Numbers, and further bits of the hash above them.
    numbers: [u32; SLOTS],
}

impl Bucket {
    const EMPTY: Self = Self {
        marks: [0; SLOTS],
        passed: [0; 4],
        numbers: [0; SLOTS],
    };

    /// A bit for each slot with a mark.
    fn with(&self, mark: u8) -> u32 {
        let mut slots = 0;
        for (slot, there) in self.marks.iter().enumerate() {
            slots |= u32::from(*there == mark) << slot;
        }
        slots
    }

    /// The first number under a hash that `is` the one, and its slot.
    fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<(usize, u32)> {
        let mut slots = self.with(mark(hash));
        while let Some(slot) = first(slots) {
            let number = *self.numbers.get(slot)? ^ above_number(hash);
            if number < MOST_THINGS && is(number) {
                return Some((slot, number));
            }
            slots &= slots - 1;
        }
        None
    }

    fn passed(&self, mark: u8) -> u8 {
        self.passed.get(usize::from(mark % 4)).copied().unwrap_or(0)
    }

    /// Counts a thing that passes, or one that does no longer.
    fn pass(&mut self, mark: u8, change: i8) {
        let known = self.passed.get_mut(usize::from(mark % 4));
        if let Some(passed) = known.filter(|passed| **passed < u8::MAX) {
            *passed = passed.saturating_add_signed(change);
        }
    }

    fn set(&mut self, slot: usize, mark: u8, number: u32) {
        if let (Some(there), Some(place)) = (self.marks.get_mut(slot), self.numbers.get_mut(slot)) {
            (*there, *place) = (mark, number);
        }
    }
}

/// The first slot of some.
fn first(slots: u32) -> Option<usize> {
    let slot = usize::try_from(slots.trailing_zeros()).ok()?;
    (slots != 0).then_some(slot)
}

/// Bits of a hash that neither buckets nor parts go by, and never zero.
fn mark(hash: u64) -> u8 {
    let [high, ..] = hash.to_be_bytes();
    high.max(1)
}

/// As many bits of a hash as fit above a number: with them hardly any thing is looked at that is not the one, which would
/// cost another line.
fn above_number(hash: u64) -> u32 {
    let bits = u32::try_from((hash >> 32) & u64::from(u32::MAX)).unwrap_or(0);
    (bits << 8) & !(MOST_THINGS - 1)
}

impl Index {
    /// The number of the thing with a hash that `is` the one.
    pub(super) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mark = mark(hash);
        for place in self.way(hash) {
            let bucket = self.buckets.get(place)?;
            if let Some((_, number)) = bucket.find(hash, &is) {
                return Some(number);
            }
            if bucket.passed(mark) == 0 {
                return None;
            }
        }
        None
    }

    /// Adds a thing that is not there yet. Where the table has to grow it asks for the hashes and numbers of `all`, this one
    /// included: it keeps too little of a hash itself.
    pub(super) fn insert<All: Iterator<Item = (u64, u32)>>(
        &mut self,
        hash: u64,
        number: u32,
        all: impl FnOnce() -> All,
    ) {
        self.len += 1;
        let count = self.buckets.len();
        if self.len <= count.saturating_mul(LOAD) {
            return self.put(hash, number);
        }
        self.buckets = vec![Bucket::EMPTY; count.saturating_mul(2).max(1)];
        for (hash, number) in all() {
            self.put(hash, number);
        }
    }

    fn put(&mut self, hash: u64, number: u32) {
        for place in self.way(hash) {
            let Some(bucket) = self.buckets.get_mut(place) else {
                return;
            };
            if let Some(slot) = first(bucket.with(0)) {
                return bucket.set(slot, mark(hash), number | above_number(hash));
            }
            bucket.pass(mark(hash), 1);
        }
    }

    /// Takes out the thing with a hash and a number.
    pub(super) fn remove(&mut self, hash: u64, number: u32) {
        let found = |bucket: &Bucket| bucket.find(hash, |other| other == number);
        let is_there = |place: &usize| self.buckets.get(*place).and_then(found).is_some();
        let Some(there) = self.way(hash).find(is_there) else {
            return;
        };
        for place in self.way(hash) {
            let Some(bucket) = self.buckets.get_mut(place) else {
                return;
            };
            if place == there {
                if let Some((slot, _)) = found(bucket) {
                    bucket.set(slot, 0, 0);
                    self.len -= 1;
                }
                return;
            }
            bucket.pass(mark(hash), -1);
        }
    }

    /// Every bucket once, from the one on where a hash belongs.
    fn way(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let count = self.buckets.len();
        let mask = count.saturating_sub(1);
        let home = usize::try_from(hash & u64::from(u32::MAX)).unwrap_or(0);
        (0..count).map(move |step| home.wrapping_add(step) & mask)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// An index and what should be in it: hashes by number.
    #[derive(Default)]
    struct Both {
        index: Index,
        hashes: BTreeMap<u32, u64>,
    }

    impl Both {
        fn insert(&mut self, hash: u64, number: u32) {
            self.hashes.insert(number, hash);
            let all = || self.hashes.iter().map(|(number, hash)| (*hash, *number));
            self.index.insert(hash, number, all);
        }

        fn remove(&mut self, number: u32) {
            if let Some(hash) = self.hashes.remove(&number) {
                self.index.remove(hash, number);
            }
        }

        fn finds(&self, hash: u64, number: u32) -> bool {
            self.index.find(hash, |other| other == number).is_some()
        }
    }

    proptest! {
        /// Hashes that fall together on purpose, and as many things as make it grow.
        #[test]
        fn it_agrees_with_a_map(steps in prop::collection::vec((0u32..200, any::<bool>()), 1..600)) {
            let mut both = Both::default();
            let hash = |number: u32| {
                let number = u64::from(number);
                (number % 3) * 5 + ((number % 11) << 56)
            };
            for (number, insert) in steps {
                match both.hashes.contains_key(&number) {
                    false if insert => both.insert(hash(number), number),
                    _ => both.remove(number),
                }
                for number in 0..200 {
                    let there = both.hashes.contains_key(&number);
                    prop_assert_eq!(both.finds(hash(number), number), there);
                }
            }
        }
    }

    #[test]
    fn more_things_of_one_hash_than_a_bucket_counts_are_all_found_until_they_go() {
        let mut both = Both::default();
        for number in 0..600 {
            both.insert(7, number);
        }
        for number in 0..600 {
            assert!(both.finds(7, number));
            both.remove(number);
            assert!(!both.finds(7, number));
        }
    }
}
