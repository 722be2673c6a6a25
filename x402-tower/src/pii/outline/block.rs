//! Which of the bytes of a block are letters and digits, eight bytes at a time in one register.

use super::super::steps::step;

/// As many bytes as a mask has bits.
pub(super) const BLOCK: usize = 64;
pub(super) const WORD: usize = 8;
const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * EACH;

/// One bit for each byte of a block.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Block {
    pub(super) digits: u64,
    pub(super) alphanumerics: u64,
    /// How many capitals there are.
    pub(super) uppers: u64,
}

impl Block {
    /// The masks of up to [`BLOCK`] bytes; bits past the end are not set.
    #[inline]
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut block = Self::default();
        let mut shift = 0;
        let (words, rest) = bytes.as_chunks::<WORD>();
        for word in words {
            step();
            block.add(u64::from_le_bytes(*word), shift);
            shift += 8;
        }
        if !rest.is_empty() {
            step();
            block.add(tail(bytes, rest), shift);
        }
        block
    }

    #[inline]
    const fn add(&mut self, word: u64, shift: u32) {
        let ascii = !word & HIGH;
        let low = word & !HIGH;
        let digits = in_range(low, b'0', b'9') & ascii;
        let letters = in_range(low | (0x20 * EACH), b'a', b'z') & ascii;
        // Of the letters, those that lack the bit of small ones.
        let uppers = letters & !(low << 2);
        self.digits |= mask(digits) << shift;
        self.alphanumerics |= mask(digits | letters) << shift;
        self.uppers += (uppers >> 7).wrapping_mul(EACH) >> 56;
    }
}

/// Whether one of up to [`WORD`] bytes may be this small letter, in either case.
#[inline]
pub(super) fn may_hold(bytes: &[u8], letter: u8) -> bool {
    let Some(word) = bytes.first_chunk::<WORD>() else {
        return true;
    };
    let differs = (u64::from_le_bytes(*word) | (0x20 * EACH)) ^ (u64::from(letter) * EACH);
    differs.wrapping_sub(EACH) & !differs & HIGH != 0
}

/// The last bytes, of which there are fewer than a word has: where there is one, out of the last word.
#[inline]
fn tail(bytes: &[u8], rest: &[u8]) -> u64 {
    if let Some(last) = bytes.last_chunk::<WORD>() {
        return u64::from_le_bytes(*last) >> (8 * (WORD - rest.len()));
    }
    let mut word = [0; WORD];
    for (slot, byte) in word.iter_mut().zip(rest) {
        *slot = *byte;
    }
    u64::from_le_bytes(word)
}

/// The high bit of each byte that is from `first` to `last`, where no byte of `word` has one itself.
#[inline]
const fn in_range(word: u64, first: u8, last: u8) -> u64 {
    let from = word + (0x80 - first as u64) * EACH;
    let past = word + (0x7f - last as u64) * EACH;
    from & !past & HIGH
}

/// The high bits of the bytes, side by side.
#[inline]
const fn mask(high_bits: u64) -> u64 {
    (high_bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_told_by_its_class_at_each_place() {
        for byte in 0..=u8::MAX {
            for place in 0..BLOCK {
                for length in [place + 1, BLOCK] {
                    let mut bytes = vec![b' '; length];
                    bytes[place] = byte;
                    let block = Block::of(&bytes);
                    let bit = |holds: bool| u64::from(holds) << place;
                    assert_eq!(block.digits, bit(byte.is_ascii_digit()));
                    assert_eq!(block.alphanumerics, bit(byte.is_ascii_alphanumeric()));
                    assert_eq!(block.uppers, u64::from(byte.is_ascii_uppercase()));
                }
            }
        }
    }
}
