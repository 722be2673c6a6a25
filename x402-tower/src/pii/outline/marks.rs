//! Which bytes there are, and where so many of an alphabet stand in a row.

use super::super::lanes::BLOCK;
use super::super::recognize::FEWEST_WORDS_OF_PHRASE;
use super::super::steps::step;
use super::Outline;
use super::block::Block;
use super::encoded;
use super::window::{KEPT, STRIDE, Window, for_each_window};

/// The shortest runs of these alphabets that are looked into.
const TOKEN: u32 = 16;
const VALUE: u32 = 20;
/// No word of a recovery phrase has fewer letters.
const PHRASE_WORD: u32 = 3;
/// No recovery phrase is shorter, with something between its words.
const SHORTEST_PHRASE: usize = FEWEST_WORDS_OF_PHRASE * (PHRASE_WORD as usize + 1) - 1;
/// Six pairs of digits, and three groups of four, have so many marks between them.
const MARKS_OF_PAIRS: usize = 5;
const DOTS_OF_FOURS: usize = 2;

/// What was before a window.
#[derive(Debug)]
struct Before {
    phrase_word: u64,
    /// Whether all bytes belong to a value that starts with the view.
    is_value: bool,
}

impl Outline {
    /// Counts the bytes of each class, and looks where runs start. Keeps the masks of a view that has
    /// no more blocks than are kept.
    pub(super) fn mark(&mut self, bytes: &[u8], kept: &mut [Block; KEPT]) {
        let before = Before {
            phrase_word: 0,
            is_value: true,
        };
        for_each_window(
            &mut (self, before),
            bytes.len(),
            kept,
            |(outline, _), block, start| {
                let rest = bytes.get(start..).unwrap_or_default();
                outline.classify(block, rest.get(..BLOCK).unwrap_or(rest));
            },
            |(outline, before), window| outline.runs(window, before, bytes),
        );
    }

    /// Counts the bytes of a block.
    #[inline]
    fn classify(&mut self, block: &mut Block, bytes: &[u8]) {
        let classes = block.read(bytes);
        self.classes = self.classes.and(classes);
        self.has_letter |= block.letters() != 0;
        self.digits += count(block.digits);
        self.uppers += count(block.uppers);
        self.colons += count(block.colons);
        self.hyphens += count(block.hyphens);
        self.dots += count(block.dots);
    }

    /// Looks for runs that start in a window.
    #[inline(always)]
    fn runs(&mut self, window: &Window<'_>, before: &mut Before, bytes: &[u8]) {
        let masks = window.masks;
        if bytes.len() >= SHORTEST_PHRASE {
            let words = rows::<PHRASE_WORD>(window.letters);
            self.words += count(words & !(words << 1 | before.phrase_word) & window.own);
            before.phrase_word = words >> (STRIDE - 1) & 1;
        }
        // The zeros of an address that are left out.
        self.may_be_v6 |= masks.colons & masks.colons << 1 != 0;
        let has_marks = self.colons + self.hyphens >= MARKS_OF_PAIRS;
        self.may_be_mac |= (has_marks && may_be_pairs(masks))
            || (self.dots >= DOTS_OF_FOURS && may_be_fours(masks));
        self.quoted_printable(window, bytes);

        let tokens = masks.alphanumerics | masks.tokens();
        let segments = tokens | masks.pluses;
        let values = segments | masks.slashes;
        self.has_long_token |= rows::<TOKEN>(tokens) != 0;
        // What starts with the view has no name before it, but its segments may have one.
        let rows_of_values = rows::<VALUE>(values);
        let named = rows_of_values & rows_of_values.wrapping_add(u64::from(before.is_value));
        before.is_value &= rows_of_values | !window.own == u64::MAX;
        self.has_long_value |= (named | rows::<VALUE>(segments)) != 0;
        // In a longer view there may be more capitals or digits to come.
        if self.uppers + self.digits >= encoded::FEWEST_UPPERS_AND_DIGITS
            || bytes.len() > KEPT * BLOCK
        {
            self.encoded_text(window, bytes);
        }
    }

    /// Looks what follows `=` and may make an escape of it: two hexadecimal digits or the end of a line.
    #[inline]
    fn quoted_printable(&mut self, window: &Window<'_>, bytes: &[u8]) {
        let masks = window.masks;
        let rest = |place: usize| bytes.get(window.start + place + 1..).unwrap_or_default();
        for pair in places(masks.equals & masks.hexes >> 1 & masks.hexes >> 2) {
            self.may_be_quoted = true;
            self.may_hide_quoted |= may_hide(rest(pair));
        }
        for space in places(masks.equals & masks.joiners >> 1) {
            let is_line_end = matches!(rest(space), [b'\n', ..] | [b'\r', b'\n', ..]);
            self.may_be_quoted |= is_line_end;
            self.may_hide_quoted |= is_line_end;
        }
    }

    /// Looks which runs, or parts of them, may hold text.
    #[inline]
    fn encoded_text(&mut self, window: &Window<'_>, bytes: &[u8]) {
        let rest = |at: usize| bytes.get(at..).unwrap_or_default();
        let starts = encoded::starts(window);
        for at in places(starts).map(|place| window.start + place) {
            if encoded::may_be_base64(rest(at)) {
                self.encoded.add(at, at + 1);
            }
        }
        let hexes = rows::<{ encoded::SHORTEST_HEX }>(window.masks.hexes);
        for at in places(starts & (hexes | hexes >> 2)).map(|place| window.start + place) {
            if encoded::may_be_hex(rest(at)) {
                self.encoded.add(at, at + 1);
            }
        }
    }
}

/// The places of bits that are set, from the first one on.
#[inline]
fn places(bits: u64) -> impl Iterator<Item = usize> {
    let mut rest = bits;
    std::iter::from_fn(move || {
        if rest == 0 {
            return None;
        }
        step();
        let place = rest.trailing_zeros() as usize;
        rest &= rest - 1;
        Some(place)
    })
}

#[inline]
const fn count(bits: u64) -> usize {
    bits.count_ones() as usize
}

/// Where so many bits in a row start.
#[inline]
pub(super) const fn rows<const LEAST: u32>(bits: u64) -> u64 {
    let mut bits = bits;
    let mut length = 1;
    while length < LEAST {
        let by = if length < LEAST - length {
            length
        } else {
            LEAST - length
        };
        bits &= bits >> by;
        length += by;
    }
    bits
}

/// Whether six pairs of letters or digits may start in a window, with a colon or hyphen between each of them.
#[inline]
const fn may_be_pairs(masks: &Block) -> bool {
    let pairs = rows::<2>(masks.alphanumerics);
    let marked = pairs & (masks.colons | masks.hyphens) >> 2;
    let two = marked & marked >> 3;
    two & two >> 6 & marked >> 12 & pairs >> 15 != 0
}

/// Whether three groups of four may start in a window, with a dot between each of them.
#[inline]
const fn may_be_fours(masks: &Block) -> bool {
    let fours = rows::<4>(masks.alphanumerics);
    let marked = fours & masks.dots >> 4;
    marked & marked >> 5 & fours >> 10 != 0
}

/// Whether an escape of two digits may hide more than a space, by itself or beside another one: `?page=20` and
/// `?amount=4500` hide nothing.
fn may_hide(rest: &[u8]) -> bool {
    let value = |digit: &u8| char::from(*digit).to_digit(16);
    match rest {
        [_, _, b'=', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => true,
        [high, low, ..] => match (value(high), value(low)) {
            (Some(high), Some(low)) => !matches!(
                u8::try_from(high << 4 | low).unwrap_or(0),
                0..=b' ' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | 0x7f
            ),
            _ => true,
        },
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_start_where_so_many_bits_follow() {
        for length in 1..=64u32 {
            for place in 0..=64 - length {
                let bits = (u64::MAX >> (64 - length)) << place;
                let expected = |least: u32| {
                    (0..64)
                        .filter(|at| *at >= place && at + least <= place + length)
                        .fold(0, |bits, at| bits | 1u64 << at)
                };
                assert_eq!(rows::<3>(bits), expected(3), "{length} {place}");
                assert_eq!(rows::<8>(bits), expected(8), "{length} {place}");
                assert_eq!(rows::<11>(bits), expected(11), "{length} {place}");
                assert_eq!(rows::<16>(bits), expected(16), "{length} {place}");
                assert_eq!(rows::<20>(bits), expected(20), "{length} {place}");
            }
        }
    }
}
