//! Which bytes there are, and where so many of an alphabet stand in a row.

use super::super::recognize::FEWEST_WORDS_OF_PHRASE;
use super::super::steps::step;
use super::Outline;
use super::block::{BLOCK, Block};
use super::encoded;

/// The shortest runs of these alphabets that are looked into.
const TOKEN: u32 = 16;
const VALUE: u32 = 20;
const ENCODED: u32 = encoded::SHORTEST;
/// No word of a recovery phrase has fewer letters.
const PHRASE_WORD: u32 = 3;
/// No recovery phrase is shorter, with something between its words.
const SHORTEST_PHRASE: usize = FEWEST_WORDS_OF_PHRASE * (PHRASE_WORD as usize + 1) - 1;
/// Six pairs of digits, and three groups of four, have so many marks between them.
const MARKS_OF_PAIRS: usize = 5;
const DOTS_OF_FOURS: usize = 2;

/// What was before a block.
#[derive(Debug)]
struct Before {
    alphanumeric: u64,
    phrase_word: u64,
    colon: u64,
    /// Whether all bytes belong to a value that starts with the view.
    is_value: bool,
}

impl Outline {
    /// Counts the bytes of each class, and looks where runs start. Returns the masks of the first two blocks.
    pub(super) fn mark(&mut self, bytes: &[u8]) -> [Block; 2] {
        let mut before = Before {
            alphanumeric: 0,
            phrase_word: 0,
            colon: 0,
            is_value: true,
        };
        let mut blocks = bytes.chunks(BLOCK);
        let first = self.classify(bytes, blocks.next().unwrap_or_default(), 0);
        let mut second = Block::default();
        let (mut block, mut start) = (first, 0);
        for bytes_of_next in blocks {
            let next = self.classify(bytes, bytes_of_next, start + BLOCK);
            if start == 0 {
                second = next;
            }
            self.runs(&block, &next, &mut before, bytes, start);
            (block, start) = (next, start + BLOCK);
        }
        self.runs(&block, &Block::default(), &mut before, bytes, start);
        [first, second]
    }

    /// Counts the bytes of a block.
    #[inline]
    fn classify(&mut self, bytes: &[u8], block: &[u8], start: usize) -> Block {
        let (block, classes) = Block::of(block);
        self.classes = self.classes.and(classes);
        self.has_letter |= block.letters() != 0;
        self.digits += count(block.digits);
        self.uppers += count(block.uppers);
        self.colons += count(block.colons);
        self.hyphens += count(block.hyphens);
        self.dots += count(block.dots);
        let mut equals = block.equals;
        while equals != 0 {
            step();
            let after = start + equals.trailing_zeros() as usize + 1;
            equals &= equals - 1;
            self.may_be_quoted |= may_be_quoted(bytes.get(after..).unwrap_or_default());
        }
        block
    }

    /// Looks for runs that start in a block, of which the next one is known.
    #[inline(always)]
    fn runs(
        &mut self,
        block: &Block,
        next: &Block,
        before: &mut Before,
        bytes: &[u8],
        start: usize,
    ) {
        if bytes.len() >= SHORTEST_PHRASE {
            let words = rows::<PHRASE_WORD>(block.letters(), next.letters());
            self.words += count(words & !(words << 1 | before.phrase_word));
            before.phrase_word = words >> (BLOCK - 1);
        }
        // The zeros of an address that are left out.
        self.may_be_v6 |= block.colons & (block.colons << 1 | before.colon) != 0;
        before.colon = block.colons >> (BLOCK - 1);
        let has_marks = self.colons + self.hyphens >= MARKS_OF_PAIRS;
        self.may_be_mac |= (has_marks && may_be_pairs(block, next))
            || (self.dots >= DOTS_OF_FOURS && may_be_fours(block, next));
        let alphanumerics = block.alphanumerics;
        let starts = alphanumerics & !(alphanumerics << 1 | before.alphanumeric);
        before.alphanumeric = alphanumerics >> (BLOCK - 1);

        let segments = |block: &Block| block.alphanumerics | block.tokens() | block.pluses;
        let values = |block: &Block| segments(block) | block.slashes;
        let encoded = |block: &Block| values(block) | block.equals;
        let rows_of_encoded = rows::<ENCODED>(encoded(block), encoded(next));
        if rows_of_encoded == 0 {
            before.is_value = false;
            return;
        }
        let tokens = |block: &Block| block.alphanumerics | block.tokens();
        self.has_long_token |= rows::<TOKEN>(tokens(block), tokens(next)) != 0;
        // What starts with the view has no name before it, but its segments may have one.
        let rows_of_values = rows::<VALUE>(values(block), values(next));
        let named = if before.is_value {
            before.is_value = rows_of_values == u64::MAX;
            rows_of_values & rows_of_values.wrapping_add(1)
        } else {
            rows_of_values
        };
        let rows_of_segments = rows::<VALUE>(segments(block), segments(next));
        self.has_long_value |= (named | rows_of_segments) != 0;
        let mut starts = starts & rows_of_encoded;
        while starts != 0 {
            step();
            let at = start + starts.trailing_zeros() as usize;
            starts &= starts - 1;
            if encoded::may_hold_text(bytes.get(at..).unwrap_or_default()) {
                self.encoded.add(at, at + 1);
            }
        }
    }
}

/// How many bits are set: in most blocks none are.
#[inline]
const fn count(bits: u64) -> usize {
    if bits == 0 {
        return 0;
    }
    bits.count_ones() as usize
}

/// Where so many bits in a row start among the first 64, where the next ones are known.
#[inline]
fn rows<const LEAST: u32>(bits: u64, next: u64) -> u64 {
    let (mut bits, mut next) = (bits, next);
    let mut length = 1;
    while length < LEAST {
        let by = length.min(LEAST - length);
        bits &= bits >> by | next << (u64::BITS - by);
        next &= next >> by;
        length += by;
    }
    bits
}

/// The bits from `by` places on, where the next ones are known.
#[inline]
const fn ahead(bits: u64, next: u64, by: u32) -> u64 {
    bits >> by | next << (u64::BITS - by)
}

/// Whether six pairs of letters or digits may start in a block, with a colon or hyphen between each of them.
#[inline]
fn may_be_pairs(block: &Block, next: &Block) -> bool {
    let marks = |block: &Block| block.colons | block.hyphens;
    let pairs = |block: &Block, next: u64| rows::<2>(block.alphanumerics, next);
    let pairs_of_next = pairs(next, 0);
    let pairs = pairs(block, next.alphanumerics);
    let marked = pairs & ahead(marks(block), marks(next), 2);
    let marked_of_next = pairs_of_next & ahead(marks(next), 0, 2);
    let four = [3, 6, 9, 12].map(|by| ahead(marked, marked_of_next, by));
    let all = four.iter().fold(marked, |all, places| all & places);
    all & ahead(pairs, pairs_of_next, 15) != 0
}

/// Whether three groups of four may start in a block, with a dot between each of them.
#[inline]
fn may_be_fours(block: &Block, next: &Block) -> bool {
    let fours_of_next = rows::<4>(next.alphanumerics, 0);
    let fours = rows::<4>(block.alphanumerics, next.alphanumerics);
    let marked = fours & ahead(block.dots, next.dots, 4);
    let marked_of_next = fours_of_next & ahead(next.dots, 0, 4);
    marked & ahead(marked, marked_of_next, 5) & ahead(fours, fours_of_next, 10) != 0
}

/// Whether what follows `=` may make an escape of it: two hexadecimal digits or the end of a line.
fn may_be_quoted(rest: &[u8]) -> bool {
    match rest {
        [b'\n', ..] | [b'\r', b'\n', ..] => true,
        [high, low, ..] => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_start_where_so_many_bits_follow() {
        for length in 1..=100usize {
            for place in [0usize, 1, 40, 50, 62, 63] {
                let all = ((1u128 << length) - 1) << place.min(127 - length);
                let place = place.min(127 - length);
                let low = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap();
                let (bits, next) = (low(all), low(all >> 64));
                let expected = |least: u32| {
                    (0..64usize)
                        .filter(|at| *at >= place && at + least as usize <= place + length)
                        .fold(0, |bits, at| bits | 1u64 << at)
                };
                assert_eq!(rows::<3>(bits, next), expected(3), "{length} {place}");
                assert_eq!(rows::<11>(bits, next), expected(11), "{length} {place}");
                assert_eq!(rows::<16>(bits, next), expected(16), "{length} {place}");
                assert_eq!(rows::<20>(bits, next), expected(20), "{length} {place}");
            }
        }
    }
}
