//! Which bytes of a text are what, sixteen at a time.

use wide::u8x16;

use super::steps::step;

/// As many bytes as a mask has bits.
pub(super) const BLOCK: usize = 64;
/// How many bytes are looked at together.
pub(super) const LANES: usize = 16;

/// Sixteen bytes, each of which is all ones where something holds of it.
pub(super) type Lane = u8x16;

/// Which bytes are `byte`.
#[inline]
pub(super) fn is(lane: Lane, byte: u8) -> Lane {
    lane.simd_eq(u8x16::splat(byte))
}

/// Which bytes are from `first` to `last`.
#[inline]
pub(super) fn is_within(lane: Lane, first: u8, last: u8) -> Lane {
    let from_first = lane - u8x16::splat(first);
    from_first
        .min(u8x16::splat(last - first))
        .simd_eq(from_first)
}

/// The bytes with the bit set that makes a capital a small letter.
#[inline]
pub(super) fn lower(lane: Lane) -> Lane {
    lane | u8x16::splat(0x20)
}

/// Which bytes are letters up to this small one, in either case, or digits.
#[inline]
fn is_digit_or_letter_to(lane: Lane, last: u8) -> Lane {
    is_within(lane, b'0', b'9') | is_within(lower(lane), b'a', last)
}

#[inline]
pub(super) fn is_hexadecimal(lane: Lane) -> Lane {
    is_digit_or_letter_to(lane, b'f')
}

#[inline]
pub(super) fn is_alphanumeric(lane: Lane) -> Lane {
    is_digit_or_letter_to(lane, b'z')
}

/// Which bytes are letters, digits, hyphens and underscores, as in base64url.
#[inline]
pub(super) fn is_token(lane: Lane) -> Lane {
    is_alphanumeric(lane) | is(lane, b'-') | is(lane, b'_')
}

/// A bit for each of the lanes that holds, from `shift` on.
#[inline]
pub(super) fn mask(lanes: Lane, shift: usize) -> u64 {
    u64::from(lanes.to_bitmask()) << shift
}

/// Gives `look` the bytes sixteen at a time, the last ones with zeros behind them.
#[inline]
pub(super) fn for_each_lane(bytes: &[u8], mut look: impl FnMut(Lane, usize)) {
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

/// Where the bytes are of which `holds` says so, in order. It must not hold of zero.
#[inline]
pub(super) fn places<'b>(
    bytes: &'b [u8],
    holds: impl Fn(Lane) -> Lane + 'b,
) -> impl Iterator<Item = usize> + 'b {
    let mut blocks = bytes.chunks(BLOCK);
    let (mut start, mut next, mut bits) = (0, 0, 0);
    std::iter::from_fn(move || {
        while bits == 0 {
            let block = blocks.next()?;
            (start, next) = (next, next + block.len());
            for_each_lane(block, |lane, shift| bits |= mask(holds(lane), shift));
        }
        let place = start + bits.trailing_zeros() as usize;
        bits &= bits - 1;
        Some(place)
    })
}

/// Where the first of them is.
#[inline]
pub(super) fn first_place(bytes: &[u8], holds: impl Fn(Lane) -> Lane) -> Option<usize> {
    let (lanes, rest) = bytes.as_chunks::<LANES>();
    let mut start = 0;
    for lane in lanes {
        step();
        let bits = holds(u8x16::new(*lane)).to_bitmask();
        if bits != 0 {
            return Some(start + bits.trailing_zeros() as usize);
        }
        start += LANES;
    }
    if rest.is_empty() {
        return None;
    }
    step();
    let bits = holds(u8x16::new(with_zeros(bytes, rest))).to_bitmask();
    (bits != 0).then(|| start + bits.trailing_zeros() as usize)
}

/// The last bytes, of which there are fewer than a lane has, with zeros behind them.
#[inline]
fn with_zeros(bytes: &[u8], rest: &[u8]) -> [u8; LANES] {
    bytes.last_chunk::<LANES>().map_or_else(
        || few(rest),
        |last| (u128::from_le_bytes(*last) >> (8 * (LANES - rest.len()))).to_le_bytes(),
    )
}

/// Fewer bytes than a lane has, with zeros behind them, in as few loads as there can be.
#[inline]
pub(super) fn few(bytes: &[u8]) -> [u8; LANES] {
    let behind = |count: usize| 8 * (bytes.len() - count);
    let lane = if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk()) {
        let last = u128::from(u64::from_le_bytes(*last));
        u128::from(u64::from_le_bytes(*first)) | last << behind(8)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk()) {
        let last = u128::from(u32::from_le_bytes(*last));
        u128::from(u32::from_le_bytes(*first)) | last << behind(4)
    } else {
        let at = |place: usize| u128::from(bytes.get(place).copied().unwrap_or(0)) << (8 * place);
        at(0) | at(1) | at(2)
    };
    lane.to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_each_byte_in_texts_of_each_length() {
        let holds = |lane| is(lane, b'%') | is_within(lower(lane), b'x', b'z');
        let expected = |byte: &u8| matches!(byte, b'%' | b'x'..=b'z' | b'X'..=b'Z');
        for length in 0..=200usize {
            let text: Vec<u8> = (0..length)
                .map(|at| u8::try_from((at * 89 + length * 7) % 256).unwrap())
                .collect();
            let wanted: Vec<usize> = (0..length).filter(|at| expected(&text[*at])).collect();
            assert_eq!(places(&text, holds).collect::<Vec<_>>(), wanted);
            for from in 0..=length {
                let first = first_place(&text[from..], holds).map(|place| place + from);
                assert_eq!(first, wanted.iter().copied().find(|at| *at >= from));
            }
        }
    }
}
