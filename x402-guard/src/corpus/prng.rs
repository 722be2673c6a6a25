//! Numbers that look random and are the same everywhere.

/// The golden ratio as a fraction of 2^64: SplitMix64's step.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// SplitMix64 (Steele, Lea and Flood, 2014): small, and defined by integer arithmetic alone, so that a seed gives the
/// same corpus on every machine and in every later version of any library.
#[derive(Debug, Clone)]
pub(super) struct Prng {
    state: u64,
}

impl Prng {
    /// The generator of one stream of a seed. Streams are independent, so that a sample depends on its own number alone.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut of_seed = Self { state: seed };
        let mut of_stream = Self {
            state: of_seed.next() ^ stream.wrapping_mul(STEP),
        };
        Self {
            state: of_stream.next(),
        }
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number below `end`; 0 where `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        let scaled = u128::from(self.next()).wrapping_mul(u128::from(end)) >> 64;
        u64::try_from(scaled).unwrap_or_default()
    }

    /// A number from `first` to `last`, both included.
    pub(super) fn within(&mut self, first: u64, last: u64) -> u64 {
        let width = last.saturating_sub(first).saturating_add(1);
        first.saturating_add(self.below(width))
    }

    /// Whether something with this chance happens.
    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// One of the items; none where there are none.
    pub(super) fn one_of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let end = u64::try_from(items.len()).unwrap_or_default();
        let at = usize::try_from(self.below(end)).ok()?;
        items.get(at)
    }

    /// One of the texts; the empty one where there are none.
    pub(super) fn text<'a>(&mut self, items: &[&'a str]) -> &'a str {
        self.one_of(items).copied().unwrap_or_default()
    }

    /// One of the items, each as often as its weight says.
    pub(super) fn weighted<'a, T>(&mut self, items: &'a [(T, u64)]) -> Option<&'a T> {
        let total = items.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(total);
        for (item, weight) in items {
            if left < *weight {
                return Some(item);
            }
            left = left.saturating_sub(*weight);
        }
        None
    }

    /// Puts the items into another order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let last = u64::try_from(end).unwrap_or_default();
            if let Ok(other) = usize::try_from(self.within(0, last)) {
                items.swap(end, other);
            }
        }
    }

    /// `count` characters of an alphabet.
    pub(super) fn letters(&mut self, alphabet: &str, count: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..count)
            .filter_map(|_| self.one_of(&alphabet).copied())
            .collect()
    }

    /// `count` decimal digits, as values.
    pub(super) fn digits(&mut self, count: usize) -> Vec<u8> {
        (0..count)
            .map(|_| u8::try_from(self.below(10)).unwrap_or_default())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_published_generator() {
        // SplitMix64 from state 1234567, as its authors' C code prints them.
        let mut prng = Prng { state: 1_234_567 };
        let first: Vec<u64> = (0..3).map(|_| prng.next()).collect();
        let known = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        assert_eq!(first, known);
    }

    #[test]
    fn streams_of_a_seed_differ() {
        assert_ne!(Prng::new(42, 0).next(), Prng::new(42, 1).next());
        assert_ne!(Prng::new(42, 0).next(), Prng::new(43, 0).next());
    }

    #[test]
    fn every_number_of_a_range_comes_and_no_other() {
        let mut prng = Prng::new(1, 1);
        let mut seen: Vec<u64> = (0..500).map(|_| prng.within(3, 7)).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, [3, 4, 5, 6, 7]);
    }

    #[test]
    fn weights_are_kept() {
        let mut prng = Prng::new(1, 2);
        let drawn = |prng: &mut Prng| *prng.weighted(&[('a', 1), ('b', 0), ('c', 3)]).unwrap();
        let all: Vec<char> = (0..4_000).map(|_| drawn(&mut prng)).collect();
        let share = all.iter().filter(|letter| **letter == 'a').count();
        assert!((900..1_100).contains(&share), "{share}");
        assert!(!all.contains(&'b'));
    }

    #[test]
    fn shuffling_loses_nothing() {
        let mut items: Vec<u32> = (0..50).collect();
        Prng::new(9, 9).shuffle(&mut items);
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
