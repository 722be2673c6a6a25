//! The values of the digits of a group, read eight at a time.

use std::ops::Range;

use super::super::steps::step;

/// Digits are read so many at once.
pub(super) const READ: usize = 8;
/// The bits of a digit that are its value.
const VALUE: u8 = 15;

/// Writes the values of the digits of a group to the start of `digits`, and others behind them.
#[inline]
pub(super) fn read_digits(bytes: &[u8], group: &Range<usize>, digits: &mut [u8]) {
    let upto_end = bytes.get(..group.end).unwrap_or_default();
    let Some(last) = upto_end.last_chunk::<READ>() else {
        // The text starts with it.
        let values = upto_end.iter().skip(group.start);
        for (digit, byte) in digits.iter_mut().zip(values) {
            step();
            *digit = byte & VALUE;
        }
        return;
    };
    let mut write = |place: usize, read: u64| {
        step();
        let values = read & u64::from_le_bytes([VALUE; READ]);
        let place = digits
            .get_mut(place..)
            .and_then(|rest| rest.first_chunk_mut());
        if let Some(digits) = place {
            *digits = values.to_le_bytes();
        }
    };
    let last = u64::from_le_bytes(*last);
    if let Some(others) = READ.checked_sub(group.len()) {
        return write(0, last >> (8 * others));
    }
    let group = upto_end.get(group.start..).unwrap_or_default();
    for (index, chunk) in group.as_chunks::<READ>().0.iter().enumerate() {
        write(index * READ, u64::from_le_bytes(*chunk));
    }
    write(group.len() - READ, last);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_the_values_of_a_group_of_any_length_anywhere() {
        let text = b"x1234567890987654321012345";
        for start in 0..text.len() {
            for end in start + 1..=text.len().min(start + 19) {
                let mut digits = [99; 19 + READ];
                read_digits(text, &(start..end), &mut digits);
                let expected: Vec<_> = text[start..end].iter().map(|byte| byte & 15).collect();
                assert_eq!(digits[..end - start], expected, "{start}..{end}");
            }
        }
    }
}
