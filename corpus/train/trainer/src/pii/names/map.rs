//! Builds the gazetteer: an xor filter with values, by peeling.

use std::collections::HashMap;

use super::gazetteer::slots;
use crate::Outcome;

#[derive(Debug)]
pub(super) struct Map {
    pub(super) entries: Vec<[u8; 2]>,
    pub(super) seed: u64,
}

/// The map of these hashes to their flags, the same for any order of the words.
pub(super) fn build(words: &HashMap<u64, u8>) -> Outcome<Map> {
    let mut keys: Vec<(u64, u8)> = words.iter().map(|(hash, flags)| (*hash, *flags)).collect();
    keys.sort_unstable();
    let third = keys.len() * 123 / 300 + 32;
    (1..200)
        .find_map(|seed| peel(&keys, third, seed))
        .ok_or_else(|| "no seed makes a map of these words".into())
}

fn peel(keys: &[(u64, u8)], third: usize, seed: u64) -> Option<Map> {
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
    let mut entries = vec![[0u8; 2]; third * 3];
    for (number, slot) in order.into_iter().rev() {
        let (hash, flags) = keys[number];
        let (places, fingerprint) = slots(hash, seed, third_u32);
        let mut entry = [flags, fingerprint];
        for place in places {
            if place != slot {
                entry[0] ^= entries[place][0];
                entry[1] ^= entries[place][1];
            }
        }
        entries[slot] = entry;
    }
    Some(Map { entries, seed })
}
