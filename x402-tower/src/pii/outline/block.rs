//! Which bytes of a block are what, sixteen bytes at a time.

use super::super::lanes::{self, BLOCK, LANES, Lane, few, is_within};
use super::super::steps::step;
use super::class::Class;

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
    /// White space, and what joins groups of digits to a number but has no mask of its own.
    pub(super) joiners: u64,
}

impl Block {
    /// Makes these the masks of up to [`BLOCK`] bytes, and returns what these say; bits past the end are not set.
    #[inline(never)]
    pub(super) fn read(&mut self, bytes: &[u8]) -> Class {
        // Most views are short.
        if bytes.len() <= 2 * LANES {
            *self = Self::of(two_lanes(bytes));
        } else {
            *self = Self::of(four_lanes(bytes));
        }
        self.classes(bytes)
    }

    #[inline(always)]
    fn of<const N: usize>(bytes: [Lane; N]) -> Self {
        let is = |byte: u8| mask(bytes.map(|lane| lanes::is(lane, byte)));
        let lower = bytes.map(|lane| {
            step();
            lanes::lower(lane)
        });
        let digits = mask(in_range(bytes, b'0', b'9'));
        Self {
            digits,
            alphanumerics: digits | mask(in_range(lower, b'a', b'z')),
            uppers: mask(in_range(bytes, b'A', b'Z')),
            hexes: digits | mask(in_range(lower, b'a', b'f')),
            hyphens: is(b'-'),
            underscores: is(b'_'),
            dots: is(b'.'),
            colons: is(b':'),
            pluses: is(b'+'),
            slashes: is(b'/'),
            equals: is(b'='),
            joiners: is(b' '),
        }
    }

    /// What all of `bytes` say. Marks the other joiners as well.
    #[inline]
    fn classes(&mut self, bytes: &[u8]) -> Class {
        let known = self.alphanumerics | self.tokens() | self.dots | self.colons;
        let known = known | self.pluses | self.slashes | self.equals | self.joiners;
        let all = u64::MAX.checked_shr(u32::try_from(BLOCK - bytes.len()).unwrap_or(0));
        let mut others = all.unwrap_or(0) & !known;
        let mut classes = Class::SEPARATOR.only_if(self.slashes | self.equals != 0);
        classes = classes.and(Class::EQUALS.only_if(self.equals != 0));
        // In most blocks there are no more than two, if any: these are looked at whether they are there or not.
        for _ in 0..2 {
            classes = classes.and(self.take_first(&mut others, bytes));
        }
        while others != 0 {
            classes = classes.and(self.take_first(&mut others, bytes));
        }
        classes
    }

    /// What the first of some bytes says, which is none of those that have masks, or the last byte of all if there is none.
    #[inline(always)]
    fn take_first(&mut self, others: &mut u64, bytes: &[u8]) -> Class {
        step();
        let last = bytes.len().saturating_sub(1);
        let place = last.min(others.trailing_zeros() as usize);
        let class = Class::of(bytes.get(place).copied().unwrap_or(b'x'));
        let rest = *others & others.wrapping_sub(1);
        let is_joiner = u64::from(class.has(Class::JOINER));
        self.joiners |= (*others ^ rest) & is_joiner.wrapping_neg();
        *others = rest;
        class
    }

    /// What joins groups of digits wherever they are, and words.
    #[inline]
    pub(super) const fn joints(&self) -> u64 {
        self.joiners | self.tokens() | self.dots | self.colons
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
            joiners: halves(self.joiners, next.joiners),
        }
    }
}

#[inline(always)]
fn in_range<const N: usize>(bytes: [Lane; N], first: u8, last: u8) -> [Lane; N] {
    bytes.map(|lane| is_within(lane, first, last))
}

/// A bit for each of the lanes that holds.
#[inline(always)]
fn mask<const N: usize>(lanes: [Lane; N]) -> u64 {
    let lanes = lanes.iter().rev();
    lanes.fold(0, |mask, lanes| {
        mask << LANES | u64::from(lanes.to_bitmask())
    })
}

/// Up to so many bytes, with zeros behind them.
#[inline(always)]
fn two_lanes(bytes: &[u8]) -> [Lane; 2] {
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => [Lane::new(*first), ending(last, 2 * LANES - bytes.len())],
        _ => [Lane::new(few(bytes)), Lane::ZERO],
    }
}

/// The same of more than two lanes.
#[inline(always)]
fn four_lanes(bytes: &[u8]) -> [Lane; 4] {
    let last = bytes.last_chunk().unwrap_or(&[0; LANES]);
    match bytes.as_chunks().0 {
        [first, second, third, ..] => [
            Lane::new(*first),
            Lane::new(*second),
            Lane::new(*third),
            ending(last, BLOCK - bytes.len()),
        ],
        [first, second] => [
            Lane::new(*first),
            Lane::new(*second),
            ending(last, 3 * LANES - bytes.len()),
            Lane::ZERO,
        ],
        _ => [Lane::ZERO; 4],
    }
}

/// Those of the last bytes that no lane has, which ends with so many zeros.
#[inline(always)]
fn ending(last: &[u8; LANES], zeros: usize) -> Lane {
    let shift = u32::try_from(8 * zeros).unwrap_or(u128::BITS);
    let lane = u128::from_le_bytes(*last).checked_shr(shift).unwrap_or(0);
    Lane::new(lane.to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_told_by_its_class_at_each_place() {
        for byte in 0..=u8::MAX {
            for place in 0..BLOCK {
                for length in place + 1..=BLOCK {
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
                    assert_eq!(block.joiners, is(b" \t\n\r,()*|~\""));
                    assert_eq!(block.tokens(), is(b"-_"));
                    assert_eq!(block.hyphens, is(b"-"));
                    assert_eq!(block.dots, is(b"."));
                    assert_eq!(block.colons, is(b":"));
                    assert_eq!(block.equals, is(b"="));
                    let says = |class| classes.has(class);
                    assert_eq!(says(Class::SEPARATOR), b"&;\n,|/=[{".contains(&byte));
                    assert_eq!(says(Class::EQUALS), byte == b'=');
                    assert_eq!(says(Class::AT), byte == b'@');
                }
            }
        }
    }
}
