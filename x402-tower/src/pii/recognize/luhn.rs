//! Luhn's check (ISO/IEC 7812-1, annex B) with no branch in it, for cards: many numbers start like one.

use super::super::steps::step;

/// Whether the last of some digits is their check digit.
pub(super) fn holds(digits: &[u8]) -> bool {
    let pairs = digits.rchunks(2).map(|pair| {
        step();
        match pair {
            [doubled, single] => single + doubled * 2 - 9 * u8::from(*doubled > 4),
            [single] => *single,
            _ => 0,
        }
    });
    pairs.map(u32::from).sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_for_one_check_digit_alone() {
        for (payload, check) in [
            (&[7u8, 9, 9, 2, 7, 3, 9, 8, 7, 1][..], 3),
            (&[4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 1),
            (&[3, 7, 8, 2, 8, 2, 2, 4, 6, 3, 1, 0, 0, 0], 5),
            (&[], 0),
        ] {
            for digit in 0..10 {
                let digits: Vec<_> = payload.iter().copied().chain([digit]).collect();
                assert_eq!(holds(&digits), digit == check, "{digits:?}");
            }
        }
    }
}
