//! Looking at eight bytes of a text at a time.
//!
//! Each answer has the highest bit of every byte set that fits. A byte above one that fits may be set as well, because
//! subtracting borrows from it: "none" and the lowest one are exact
//! (<https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord>).

/// Eight bytes, the first one lowest.
pub(crate) type Word = u64;

const HIGH: Word = each(0x80);

/// A byte, eight times.
const fn each(byte: u8) -> Word {
    Word::from_le_bytes([byte; 8])
}

/// Bytes below `limit`, which is at most 128.
pub(crate) const fn below(word: Word, limit: u8) -> Word {
    word.wrapping_sub(each(limit)) & !word & HIGH
}

/// Bytes that are `byte`.
pub(crate) const fn equal(word: Word, byte: u8) -> Word {
    below(word ^ each(byte), 1)
}

/// Bytes that are not ASCII.
pub(crate) const fn not_ascii(word: Word) -> Word {
    word & HIGH
}

/// How many bytes stand before the first that does not fit, by `misfits` eight at a time and by `is_misfit` alone.
#[inline]
pub(crate) fn fitting_len(
    bytes: &[u8],
    misfits: impl Fn(Word) -> Word,
    is_misfit: impl Fn(u8) -> bool,
) -> usize {
    let first = |found: Word| usize::try_from(found.trailing_zeros() / 8).unwrap_or(0);
    let mut rest = bytes;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        let found = misfits(Word::from_le_bytes(*word));
        if found != 0 {
            return bytes.len().saturating_sub(rest.len()) + first(found);
        }
        rest = after;
    }
    // The last eight again instead of the rest one by one: what comes before the rest fits.
    match bytes.last_chunk::<8>() {
        Some(_) if rest.is_empty() => bytes.len(),
        Some(word) => match misfits(Word::from_le_bytes(*word)) {
            0 => bytes.len(),
            found => bytes.len().saturating_sub(8) + first(found),
        },
        None => {
            let mut alone = bytes.iter();
            let misfit = alone.position(|byte| is_misfit(*byte));
            misfit.unwrap_or(bytes.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn misfits(word: Word) -> Word {
        below(word, 0x20) | equal(word, b'"') | equal(word, 0x7f) | not_ascii(word)
    }

    fn is_misfit(byte: u8) -> bool {
        byte < 0x20 || byte == b'"' || byte >= 0x7f
    }

    proptest! {
        #[test]
        fn eight_at_a_time_find_what_one_at_a_time_finds(
            bytes in prop::collection::vec(prop_oneof![4 => 0x20u8..0x7f, 1 => any::<u8>()], 0..40),
        ) {
            let one_by_one = bytes.iter().position(|byte| is_misfit(*byte));
            let len = fitting_len(&bytes, misfits, is_misfit);
            prop_assert_eq!(len, one_by_one.unwrap_or(bytes.len()));
        }
    }
}
