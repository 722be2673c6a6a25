//! Which bytes of a block are what, sixteen bytes at a time.

use wide::u8x16;

use super::super::steps::step;
use super::class::Class;

/// As many bytes as a mask has bits.
pub(super) const BLOCK: usize = 64;
const LANES: usize = 16;

/// One bit for each byte of a block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) digits: u64,
    pub(super) alphanumerics: u64,
    pub(super) uppers: u64,
    pub(super) hexes: u64,
    pub(super) hyphens: u64,
    pub(super) underscores: u64,
    pub(super) dots: u64,
    pub(super) colons: u64,
    pub(super) pluses: u64,
    pub(super) slashes: u64,
    pub(super) equals: u64,
    /// White space of ASCII.
    pub(super) spaces: u64,
}

/// How many bytes of a block are what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) digits: usize,
    pub(super) uppers: usize,
    pub(super) hyphens: usize,
    pub(super) dots: usize,
    pub(super) colons: usize,
}

impl Block {
    /// Makes these the masks of up to [`BLOCK`] bytes, and returns what these say; bits past the end are not set.
    #[inline(never)]
    pub(super) fn read(&mut self, bytes: &[u8]) -> Class {
        *self = Self::default();
        for_each_lane(bytes, |lane, shift| self.add(lane, shift));
        self.classes(bytes)
    }

    #[inline]
    fn add(&mut self, bytes: u8x16, shift: usize) {
        let in_range = |bytes: u8x16, first: u8, last: u8| {
            let from_first = bytes - u8x16::splat(first);
            from_first
                .min(u8x16::splat(last - first))
                .simd_eq(from_first)
        };
        let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
        let digits = in_range(bytes, b'0', b'9');
        let lower = bytes | u8x16::splat(0x20);
        let letters = in_range(lower, b'a', b'z');
        self.hexes |= mask(digits | in_range(lower, b'a', b'f'), shift);
        self.digits |= mask(digits, shift);
        self.alphanumerics |= mask(digits | letters, shift);
        self.uppers |= mask(in_range(bytes, b'A', b'Z'), shift);
        self.hyphens |= mask(is(b'-'), shift);
        self.underscores |= mask(is(b'_'), shift);
        self.dots |= mask(is(b'.'), shift);
        self.colons |= mask(is(b':'), shift);
        self.pluses |= mask(is(b'+'), shift);
        self.slashes |= mask(is(b'/'), shift);
        self.equals |= mask(is(b'='), shift);
        self.spaces |= mask(is(b' '), shift);
    }

    /// What all of `bytes` say. Marks the other white space as well.
    #[inline]
    fn classes(&mut self, bytes: &[u8]) -> Class {
        let mut classes = Class::PLUS
            .only_if(self.pluses != 0)
            .and(Class::SEPARATOR.only_if(self.slashes != 0))
            .and(
                Class::EQUALS
                    .and(Class::SEPARATOR)
                    .only_if(self.equals != 0),
            );
        let known = self.alphanumerics | self.tokens() | self.dots | self.colons;
        let known = known | self.pluses | self.slashes | self.equals | self.spaces;
        let all = u64::MAX.checked_shr(u32::try_from(BLOCK - bytes.len()).unwrap_or(0));
        let mut others = all.unwrap_or(0) & !known;
        while others != 0 {
            step();
            let place = others.trailing_zeros();
            others &= others - 1;
            let class = Class::of(bytes.get(place as usize).copied().unwrap_or(0));
            self.spaces |= u64::from(class.has(Class::IN_CODE)) << place;
            classes = classes.and(class);
        }
        classes
    }

    /// Hyphens and underscores.
    #[inline]
    pub(super) const fn tokens(&self) -> u64 {
        self.hyphens | self.underscores
    }

    #[inline]
    pub(super) const fn letters(&self) -> u64 {
        self.alphanumerics & !self.digits
    }

    /// The second half of this and the first one of the next.
    pub(super) const fn halves(&self, next: &Self) -> Self {
        const fn halves(block: u64, next: u64) -> u64 {
            block >> (BLOCK / 2) | next << (BLOCK / 2)
        }
        Self {
            digits: halves(self.digits, next.digits),
            alphanumerics: halves(self.alphanumerics, next.alphanumerics),
            uppers: halves(self.uppers, next.uppers),
            hexes: halves(self.hexes, next.hexes),
            hyphens: halves(self.hyphens, next.hyphens),
            underscores: halves(self.underscores, next.underscores),
            dots: halves(self.dots, next.dots),
            colons: halves(self.colons, next.colons),
            pluses: halves(self.pluses, next.pluses),
            slashes: halves(self.slashes, next.slashes),
            equals: halves(self.equals, next.equals),
            spaces: halves(self.spaces, next.spaces),
        }
    }
}

/// A bit for each of the lanes that holds, from `shift` on.
#[inline]
fn mask(lanes: u8x16, shift: usize) -> u64 {
    u64::from(lanes.to_bitmask()) << shift
}

/// Gives `look` the bytes sixteen at a time, the last ones with zeros behind them.
#[inline(always)]
fn for_each_lane(bytes: &[u8], mut look: impl FnMut(u8x16, usize)) {
    let (lanes, rest) = bytes.as_chunks::<LANES>();
    let mut shift = 0;
    for lane in lanes {
        step();
        look(u8x16::new(*lane), shift);
        shift += LANES;
    }
    if !rest.is_empty() {
        step();
        look(u8x16::new(with_zeros(bytes, rest)), shift);
    }
}

/// The last bytes, of which there are fewer than a lane has, in as few loads as there can be.
#[inline]
fn with_zeros(bytes: &[u8], rest: &[u8]) -> [u8; LANES] {
    let len = rest.len();
    let lane = if let Some(last) = bytes.last_chunk::<LANES>() {
        u128::from_le_bytes(*last) >> (8 * (LANES - len))
    } else if let (Some(first), Some(last)) = (rest.first_chunk::<8>(), rest.last_chunk::<8>()) {
        let last = u128::from(u64::from_le_bytes(*last));
        u128::from(u64::from_le_bytes(*first)) | last << (8 * (len - 8))
    } else {
        rest.iter()
            .rev()
            .fold(0, |lane, byte| lane << 8 | u128::from(*byte))
    };
    lane.to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_told_by_its_class_at_each_place() {
        for byte in 0..=u8::MAX {
            for place in 0..BLOCK {
                for length in [place + 1, BLOCK] {
                    let mut bytes = vec![b'x'; length];
                    bytes[place] = byte;
                    let mut block = Block::default();
                    let classes = block.read(&bytes);
                    let bit = |holds: bool| u64::from(holds) << place;
                    let is = |of: &[u8]| bit(of.contains(&byte));
                    let all = u64::MAX >> (BLOCK - length);
                    let alphanumerics = all & !bit(!byte.is_ascii_alphanumeric());
                    assert_eq!(block.alphanumerics, alphanumerics);
                    assert_eq!(block.digits, bit(byte.is_ascii_digit()));
                    assert_eq!(block.uppers, bit(byte.is_ascii_uppercase()));
                    let hexes = block.hexes & bit(true);
                    assert_eq!(hexes, bit(byte.is_ascii_hexdigit()));
                    assert_eq!(block.spaces, is(b" \t\n\r"));
                    assert_eq!(block.tokens(), is(b"-_"));
                    assert_eq!(block.hyphens, is(b"-"));
                    assert_eq!(block.dots, is(b"."));
                    assert_eq!(block.colons, is(b":"));
                    assert_eq!(block.equals, is(b"="));
                    let says = |class| classes.has(class);
                    assert_eq!(says(Class::SEPARATOR), b"&;\n,|/=[{".contains(&byte));
                    assert_eq!(says(Class::EQUALS), byte == b'=');
                    assert_eq!(says(Class::PLUS), byte == b'+');
                    assert_eq!(says(Class::AT), byte == b'@');
                }
            }
        }
    }
}
