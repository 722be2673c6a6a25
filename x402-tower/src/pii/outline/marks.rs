//! Which bytes there are, and where so many of an alphabet stand in a row.

use super::super::steps::step;
use super::Outline;
use super::block::{BLOCK, Block};
use super::encoded;
use super::gap::Classes;

/// The shortest runs of these alphabets that are looked into.
const TOKEN: u32 = 16;
const VALUE: u32 = 20;
const ENCODED: u32 = encoded::SHORTEST;
/// No word of a recovery phrase has fewer letters.
const PHRASE_WORD: u32 = 3;

/// The bytes of a block, a bit each.
#[derive(Debug, Clone, Copy, Default)]
struct Marks {
    block: Block,
    /// Letters, digits and what stands among them in a token, between the slashes of a value, in a value and in padded
    /// base64.
    tokens: u64,
    segments: u64,
    values: u64,
    encoded: u64,
}

/// What was before a block.
#[derive(Debug)]
struct Before {
    alphanumeric: u64,
    phrase_word: u64,
    /// Whether all bytes belong to a value that starts with the view.
    is_value: bool,
}

impl Outline {
    /// Counts the bytes of each class, and looks where runs start.
    pub(super) fn mark(&mut self, bytes: &[u8]) {
        let mut before = Before {
            alphanumeric: 0,
            phrase_word: 0,
            is_value: true,
        };
        let (mut marks, mut start) = (Marks::default(), 0);
        for (index, block) in bytes.chunks(BLOCK).enumerate() {
            let next = self.classify(bytes, block, index * BLOCK);
            if index > 0 {
                self.runs(&marks, &next, &mut before, bytes, start);
            }
            (marks, start) = (next, index * BLOCK);
        }
        self.runs(&marks, &Marks::default(), &mut before, bytes, start);
    }

    /// Looks at each byte of a block that is neither letter nor digit.
    fn classify(&mut self, bytes: &[u8], block: &[u8], start: usize) -> Marks {
        let masks = Block::of(block);
        let mut classes = Classes::NONE;
        let (mut tokens, mut pluses, mut slashes, mut equals) = (0, 0, 0, 0);
        let all = u64::MAX >> (BLOCK - block.len());
        let mut others = all & !masks.alphanumerics;
        while others != 0 {
            step();
            let place = others.trailing_zeros();
            others &= others - 1;
            let class = Classes::of(block.get(place as usize).copied().unwrap_or(0));
            classes.add(class);
            tokens |= class.token_mark() << place;
            pluses |= class.plus() << place;
            slashes |= class.slash() << place;
            equals |= class.equals() << place;
        }
        let tokens = masks.alphanumerics | tokens;
        let segments = tokens | pluses;
        let values = segments | slashes;
        let marks = Marks {
            block: masks,
            tokens,
            segments,
            values,
            encoded: values | equals,
        };
        while equals != 0 {
            step();
            let after = start + equals.trailing_zeros() as usize + 1;
            equals &= equals - 1;
            self.may_be_quoted |= may_be_quoted(bytes.get(after..).unwrap_or_default());
        }
        self.add(&masks, classes);
        marks
    }

    fn add(&mut self, block: &Block, classes: Classes) {
        let [colons, hyphens, dots] = classes.counts();
        self.flags |= classes.flags();
        self.colons += usize::from(colons);
        self.hyphens += usize::from(hyphens);
        self.dots += usize::from(dots);
        let digits = block.digits.count_ones() as usize;
        self.digits += digits;
        self.letters += block.alphanumerics.count_ones() as usize - digits;
        self.uppers += usize::try_from(block.uppers).unwrap_or(0);
    }

    /// Looks for runs that start in a block, of which the next one is known.
    fn runs(
        &mut self,
        marks: &Marks,
        next: &Marks,
        before: &mut Before,
        bytes: &[u8],
        start: usize,
    ) {
        let letters = |marks: &Marks| marks.block.alphanumerics & !marks.block.digits;
        let words = rows::<PHRASE_WORD>(letters(marks), letters(next));
        self.words += (words & !(words << 1 | before.phrase_word)).count_ones() as usize;
        before.phrase_word = words >> (BLOCK - 1);
        self.has_long_token |= rows::<TOKEN>(marks.tokens, next.tokens) != 0;
        // What starts with the view has no name before it, but its segments may have one.
        let values = rows::<VALUE>(marks.values, next.values);
        let named = if before.is_value {
            before.is_value = values == u64::MAX;
            values & values.wrapping_add(1)
        } else {
            values
        };
        let segments = rows::<VALUE>(marks.segments, next.segments);
        self.has_long_value |= (named | segments) != 0;

        let alphanumerics = marks.block.alphanumerics;
        let starts = alphanumerics & !(alphanumerics << 1 | before.alphanumeric);
        before.alphanumeric = alphanumerics >> (BLOCK - 1);
        let mut starts = starts & rows::<ENCODED>(marks.encoded, next.encoded);
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
