//! Builds the gazetteer: an xor filter with values, by peeling.

use std::collections::HashMap;

use super::gazetteer::{Entry, slots};
use crate::Outcome;

/// What the map says of a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Known {
    pub(super) flags: u8,
    pub(super) cluster: u8,
}

#[derive(Debug)]
pub(super) struct Map {
    pub(super) entries: Vec<Entry>,
    pub(super) seed: u64,
    /// What the words of each cluster are like.
    pub(super) leanings: Vec<u8>,
}

/// The map of these hashes to what is known of their words, the same for any order of the words.
pub(super) fn build(words: &HashMap<u64, Known>, leanings: Vec<u8>) -> Outcome<Map> {
    let mut keys: Vec<(u64, Known)> = words.iter().map(|(hash, known)| (*hash, *known)).collect();
    keys.sort_unstable();
    let third = keys.len() * 123 / 300 + 32;
    let made = (1..200).find_map(|seed| Some((seed, peel(&keys, third, seed)?)));
    let (seed, entries) = made.ok_or("no seed makes a map of these words")?;
    Ok(Map {
        entries,
        seed,
        leanings,
    })
}

fn peel(keys: &[(u64, Known)], third: usize, seed: u64) -> Option<Vec<Entry>> {
    let third_u32 = u32::try_from(third).ok()?;
    let mut count = vec![0u32; third * 3];
    let mut joined = vec![0usize; third * 3];
    for (number, (hash, _)) in keys.iter().enumerate() {
        for slot in slots(*hash, seed, third_u32).0 {
            count[slot] += 1;
            joined[slot] ^= number;
        }
    }
    let mut queue: Vec<usize> = (0..third * 3).filter(|slot| count[*slot] == 1).collect();
    let mut order = Vec::with_capacity(keys.len());
    while let Some(slot) = queue.pop() {
        if count[slot] != 1 {
            continue;
        }
        let number = joined[slot];
        order.push((number, slot));
        for other in slots(keys[number].0, seed, third_u32).0 {
            count[other] -= 1;
            joined[other] ^= number;
            if count[other] == 1 {
                queue.push(other);
            }
        }
    }
    if order.len() < keys.len() {
        return None;
    }
    let mut entries = vec![Entry::default(); third * 3];
    for (number, slot) in order.into_iter().rev() {
        let (hash, known) = keys[number];
        let (places, fingerprint) = slots(hash, seed, third_u32);
        let mut entry = [known.flags, known.cluster, fingerprint];
        for place in places.into_iter().filter(|place| *place != slot) {
            for (value, other) in entry.iter_mut().zip(entries[place]) {
                *value ^= other;
            }
        }
        entries[slot] = entry;
    }
    Some(entries)
}
