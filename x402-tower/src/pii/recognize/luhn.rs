//! Luhn's check (ISO/IEC 7812-1, annex B) of all numbers that start with the same digits.

use super::super::steps::step;

/// What a digit adds to two sums in which every second digit is doubled, less nine if that is more: in the low half those
/// at even places, in the high one those at odd places. First what it adds at an even place.
static ADDED: [[u32; 2]; 10] = {
    let mut table = [[0; 2]; 10];
    let mut digit = 0u32;
    while digit < 10 {
        let doubled = if digit < 5 { digit * 2 } else { digit * 2 - 9 };
        #[expect(
            clippy::indexing_slicing,
            reason = "checked when it is compiled; nothing of it runs later"
        )]
        {
            table[digit as usize] = [doubled | digit << HALF, digit | doubled << HALF];
        }
        digit += 1;
    }
    table
};
const HALF: u32 = 16;
const LOW: u32 = (1 << HALF) - 1;

/// A bit for each number of the first digits, of at most 31, whose last one is their check digit: it is not doubled itself.
pub(super) fn passing(digits: &[u8]) -> u32 {
    let (mut sums, mut passing, mut count) = (0, 0, 0);
    let added = |digit: &u8| ADDED.get(usize::from(*digit)).copied().unwrap_or_default();
    let mut add = |amount: u32, half: u32| {
        step();
        sums += amount;
        count += 1;
        passing |= u32::from((sums >> half & LOW).is_multiple_of(10)) << count;
    };
    for digits in digits.chunks(2) {
        if let [first, others @ ..] = digits {
            add(added(first)[0], HALF);
            if let [second] = others {
                add(added(second)[1], 0);
            }
        }
    }
    passing
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The starts of any part of a few digits, against the rule itself.
    #[test]
    fn passes_what_the_rule_lets_pass() {
        let digits: Vec<u8> = (0..31u8)
            .map(|place| (place * 7 + place / 4) % 10)
            .collect();
        let rule = |digits: &[u8]| {
            let sum: u32 = digits
                .iter()
                .rev()
                .enumerate()
                .map(|(place, digit)| match u32::from(*digit) * 2 {
                    doubled if place % 2 == 0 => doubled / 2,
                    doubled if doubled > 9 => doubled - 9,
                    doubled => doubled,
                })
                .sum();
            sum.is_multiple_of(10)
        };
        for start in 0..31 {
            let passing = passing(&digits[start..]);
            for end in start + 1..=31 {
                assert_eq!(
                    passing >> (end - start) & 1 != 0,
                    rule(&digits[start..end]),
                    "{start}..{end}"
                );
            }
        }
    }
}
