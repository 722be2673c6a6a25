//! A word of a field, and what stands around it.

use super::gap::Gap;

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub(super) enum Shape {
    /// `smith`
    #[default]
    Lower,
    /// `Smith`, `O'Brien`
    Capitalised,
    /// `SMITH`
    Capitals,
    /// `J`
    Initial,
    /// `j`
    Letter,
    /// `McDonald`, `eBay`
    Mixed,
    /// A script without capitals.
    Foreign,
}

/// Where in a field a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub(super) enum Zone {
    #[default]
    Text,
    Path,
    Query,
}

/// One word. Words are compared by hashes of their folded letters.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Token {
    pub(super) start: u32,
    pub(super) end: u32,
    /// FNV-1a of the folded letters.
    pub(super) hash: u64,
    /// The identity of the word for the model: [`UNKNOWN`](Self::UNKNOWN) if it never learned the word.
    pub(super) word: u32,
    /// The identity of the key, or of the path segment, that the word stands under; 0 for none.
    pub(super) key: u32,
    /// The first four folded letters, packed.
    pub(super) head: u32,
    /// The last four folded letters, packed.
    pub(super) tail: u32,
    /// The number of folded letters.
    pub(super) letters: u8,
    /// What the gazetteer says of the word.
    pub(super) known: u8,
    /// The cluster of words that are used like this one; 0 for none.
    pub(super) cluster: u8,
    /// What the words of the cluster are like.
    pub(super) leaning: u8,
    /// The cluster of the key.
    pub(super) key_cluster: u8,
    /// What the gazetteer says of the word and the next one, or the next two, together.
    pub(super) phrase: u8,
    pub(super) shape: Shape,
    pub(super) gap: Gap,
    pub(super) zone: Zone,
    /// Whether a digit touches the word.
    pub(super) by_digit: bool,
    /// The words between two separators that no name crosses.
    pub(super) segment: Place,
    /// The words of a segment in a row that are written alike, as the words of a name are.
    pub(super) run: Place,
    /// The identities of the first and the last word of the run.
    pub(super) run_ends: [u32; 2],
    /// Their clusters.
    pub(super) run_clusters: [u8; 2],
    /// How many words of the run are everyday words, and how many could be names.
    pub(super) run_kinds: [u8; 2],
}

/// Where a word stands among others.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) index: u8,
    pub(super) len: u8,
}

impl Token {
    pub(super) const UNKNOWN: u32 = 0;

    pub(super) const fn is_capital(&self) -> bool {
        matches!(
            self.shape,
            Shape::Capitalised | Shape::Capitals | Shape::Mixed | Shape::Initial
        )
    }
}
