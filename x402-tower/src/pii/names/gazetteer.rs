//! Which words are given names, surnames, places and everyday words, and which are used alike: a static map
//! from the hash of a word to a byte of flags and one that names its cluster.
//!
//! It is an xor filter with values (Graf and Lemire, "Xor Filters: Faster and Smaller Than Bloom and
//! Cuckoo Filters", 2020): three probes, three bytes an entry, and one in 256 words that are not in it gets
//! flags by chance.

/// How common a given name the word is, 0 to 2.
pub(super) const fn given(flags: u8) -> u8 {
    flags & 3
}

/// How common a surname the word is, 0 to 2.
pub(super) const fn surname(flags: u8) -> u8 {
    flags >> 2 & 3
}

/// How common a word of everyday or technical language it is, 0 to 3.
pub(super) const fn everyday(flags: u8) -> u8 {
    flags >> 4 & 3
}

pub(super) const PLACE: u8 = 1 << 6;
/// The model learned weights for the word itself.
pub(super) const LEARNED: u8 = 1 << 7;

/// The hash of a phrase from the hashes of its words.
pub(super) const fn phrase(first: u64, second: u64) -> u64 {
    (first.rotate_left(23) ^ second).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A view on the map in the weights file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gazetteer<'b> {
    entries: &'b [Entry],
    seed: u64,
    third: u32,
    /// What the words of each cluster are like.
    leanings: &'b [u8],
}

/// Flags, cluster and fingerprint of a word, each the exclusive or of three places.
pub(super) type Entry = [u8; 3];

impl<'b> Gazetteer<'b> {
    pub(super) fn new(entries: &'b [Entry], seed: u64, leanings: &'b [u8]) -> Self {
        let third = u32::try_from(entries.len() / 3).unwrap_or(0);
        Self {
            entries,
            seed,
            third,
            leanings,
        }
    }

    /// The flags of the word with this hash; 0 if it is unknown.
    pub(super) fn flags(&self, hash: u64) -> u8 {
        self.look_up(hash).0
    }

    /// What the words of a cluster are like: two bits each for given names, surnames, places and everyday words, by
    /// what the vectors of such words have in common.
    pub(super) fn leaning(&self, cluster: u8) -> u8 {
        self.leanings
            .get(usize::from(cluster))
            .copied()
            .unwrap_or(0)
    }

    /// The flags of the word with this hash, and its cluster; 0 for what is unknown.
    pub(super) fn look_up(&self, hash: u64) -> (u8, u8) {
        let (slots, fingerprint) = slots(hash, self.seed, self.third);
        let [mut flags, mut cluster, mut found] = Entry::default();
        for slot in slots {
            let [value, group, check] = self.entries.get(slot).copied().unwrap_or_default();
            flags ^= value;
            cluster ^= group;
            found ^= check;
        }
        if found == fingerprint {
            (flags, cluster)
        } else {
            (0, 0)
        }
    }
}

/// The three places of a hash, one in each third of the map, and its fingerprint.
pub(super) fn slots(hash: u64, seed: u64, third: u32) -> ([usize; 3], u8) {
    let mut mixed = hash ^ seed;
    mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    mixed ^= mixed >> 33;
    let place = |turn: u32| {
        let [a, b, c, d, ..] = mixed.rotate_left(turn).to_le_bytes();
        let scaled = u64::from(u32::from_le_bytes([a, b, c, d])) * u64::from(third);
        (scaled >> 32) as usize
    };
    let third = third as usize;
    let [fingerprint, ..] = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    (
        [place(0), third + place(21), 2 * third + place(42)],
        fingerprint,
    )
}
