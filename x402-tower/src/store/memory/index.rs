//! Finds things by the hash of their key, without holding the keys.

/// Where things with a key lie: a number for each, found by the hash of its key.
///
/// Open addressing at half load, with nothing but eight bytes for each thing: with a million of them nearly every look
/// costs one line that is not in the cache, where maps of the standard library cost two or three.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Zero where nothing is, else [`Entry`]s; a power of two of them, or none.
    table: Vec<u64>,
    len: usize,
}

/// Half of a hash, and the number plus one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    half: u32,
    number: u32,
}

impl Entry {
    fn new(hash: u64, number: u32) -> Self {
        let half = u32::try_from(hash & u64::from(u32::MAX)).unwrap_or(0);
        Self { half, number }
    }

    fn written(self) -> u64 {
        (u64::from(self.half) << 32) | (u64::from(self.number) + 1)
    }

    fn read(written: u64) -> Option<Self> {
        let number = (written & u64::from(u32::MAX)).checked_sub(1)?;
        Some(Self {
            half: u32::try_from(written >> 32).ok()?,
            number: u32::try_from(number).ok()?,
        })
    }
}

impl Index {
    /// The most things that numbers can be given to.
    pub(super) const MOST: u32 = u32::MAX - 1;

    /// The number of the thing with a hash that `is` the one.
    pub(super) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let half = Entry::new(hash, 0).half;
        let same = |entry: Entry| entry.half == half && is(entry.number);
        let (_, found) = self.probe(half, same)?;
        found.map(|entry| entry.number)
    }

    /// Adds a thing that is not there yet.
    pub(super) fn insert(&mut self, hash: u64, number: u32) {
        if self.len.saturating_add(1).saturating_mul(2) > self.table.len() {
            self.grow();
        }
        self.len += 1;
        self.put(Entry::new(hash, number));
    }

    /// Takes out the thing with a hash and a number.
    pub(super) fn remove(&mut self, hash: u64, number: u32) {
        let entry = Entry::new(hash, number);
        let Some((mut hole, Some(_))) = self.probe(entry.half, |other| other == entry) else {
            return;
        };
        self.len -= 1;
        // What follows without a gap moves up, unless that would be before its place.
        let mut place = hole;
        loop {
            place = self.after(place);
            let Some(next) = self.at(place) else { break };
            if self.distance(self.home(next.half), place) >= self.distance(hole, place) {
                self.set(hole, next.written());
                hole = place;
            }
        }
        self.set(hole, 0);
    }

    /// The first entry that is the `same`, or the gap in which the search ended; `None` without a table.
    fn probe(&self, half: u32, same: impl Fn(Entry) -> bool) -> Option<(usize, Option<Entry>)> {
        if self.table.is_empty() {
            return None;
        }
        let mut place = self.home(half);
        loop {
            match self.at(place) {
                Some(entry) if !same(entry) => place = self.after(place),
                found => return Some((place, found)),
            }
        }
    }

    fn put(&mut self, entry: Entry) {
        if let Some((gap, _)) = self.probe(entry.half, |_| false) {
            self.set(gap, entry.written());
        }
    }

    fn grow(&mut self) {
        let twice = self.table.len().saturating_mul(2).max(16);
        let old = std::mem::replace(&mut self.table, vec![0; twice]);
        for entry in old.into_iter().filter_map(Entry::read) {
            self.put(entry);
        }
    }

    fn at(&self, place: usize) -> Option<Entry> {
        Entry::read(*self.table.get(place)?)
    }

    fn set(&mut self, place: usize, written: u64) {
        if let Some(there) = self.table.get_mut(place) {
            *there = written;
        }
    }

    fn mask(&self) -> usize {
        self.table.len().saturating_sub(1)
    }

    fn home(&self, half: u32) -> usize {
        usize::try_from(half).unwrap_or(0) & self.mask()
    }

    fn after(&self, place: usize) -> usize {
        place.wrapping_add(1) & self.mask()
    }

    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & self.mask()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Hashes that fall together on purpose, and as many things as make it grow.
        #[test]
        fn it_agrees_with_a_map(steps in prop::collection::vec((0u64..40, any::<bool>()), 1..400)) {
            let (mut index, mut map) = (Index::default(), BTreeMap::new());
            let hash = |key: u64| (key % 7) * 3 + ((key % 3) << 31) + (key % 2) * u64::from(u32::MAX);
            for (number, (key, insert)) in (0..).zip(steps) {
                if insert && !map.contains_key(&key) {
                    index.insert(hash(key), number);
                    map.insert(key, number);
                } else if let Some(number) = map.remove(&key) {
                    index.remove(hash(key), number);
                }
                for key in 0..40 {
                    let wanted = map.get(&key).copied();
                    let found = index.find(hash(key), |number| Some(number) == wanted);
                    prop_assert_eq!(found, wanted);
                }
                prop_assert_eq!(index.len, map.len());
            }
        }
    }
}
