//! Check digits.

/// The digit that makes a number pass the Luhn check (ISO/IEC 7812-1).
pub(in crate::corpus) fn luhn(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, u32::from(*digit)) {
            (0, digit) if digit > 4 => digit * 2 - 9,
            (0, digit) => digit * 2,
            (_, digit) => digit,
        })
        .sum();
    last((10 - sum % 10) % 10)
}

/// The sum of digits, each times its weight.
pub(in crate::corpus) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    let products = digits.iter().zip(weights);
    products
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum()
}

/// The check digit of ISO/IEC 7064, MOD 11,10.
pub(in crate::corpus) fn mod_11_10(digits: &[u8]) -> u8 {
    let product = digits.iter().fold(10, |product, digit| {
        let sum = match (product + u32::from(*digit)) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    last((11 - product) % 10)
}

/// The check digit of Verhoeff's scheme, worked out in the dihedral group D5 itself.
pub(in crate::corpus) fn verhoeff(digits: &[u8]) -> u8 {
    let sum = digits
        .iter()
        .rev()
        .enumerate()
        .fold(0, |sum, (at, digit)| compose(sum, permuted(*digit, at + 1)));
    // Rotations are undone by the opposite rotation, reflections by themselves.
    if sum < 5 { (5 - sum) % 5 } else { sum }
}

/// Multiplication in D5: 0 to 4 are rotations, 5 to 9 reflections.
fn compose(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b) % 5 + 5,
        (false, true) => (a + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// Verhoeff's permutation (1 5 8 9 4 2 7 0)(3 6), `times` times.
fn permuted(digit: u8, times: usize) -> u8 {
    (0..times % 8).fold(digit, |digit, _| match digit {
        0 => 1,
        1 => 5,
        2 => 7,
        3 => 6,
        4 => 2,
        5 => 8,
        6 => 3,
        7 => 0,
        8 => 9,
        _ => 4,
    })
}

/// The remainder by 97 of a text in which letters count from A = 10 (ISO 13616).
pub(in crate::corpus) fn mod_97(text: &str) -> u32 {
    text.chars().fold(0, |rest, letter| {
        let value = letter.to_digit(36).unwrap_or_default();
        let shift = if value < 10 { 10 } else { 100 };
        (rest * shift + value) % 97
    })
}

/// A number below ten as a digit.
pub(in crate::corpus) fn last(number: u32) -> u8 {
    u8::try_from(number % 10).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().map(|byte| byte - b'0').collect()
    }

    #[test]
    fn published_examples_have_these_check_digits() {
        assert_eq!(luhn(&digits("7992739871")), 3);
        assert_eq!(luhn(&digits("411111111111111")), 1);
        assert_eq!(verhoeff(&digits("236")), 3);
        assert_eq!(verhoeff(&digits("12345")), 1);
        assert_eq!(mod_11_10(&digits("8609574271")), 9);
        assert_eq!(mod_11_10(&digits("0794")), 5);
        assert_eq!(mod_97("WEST12345698765432GB82"), 1);
    }
}
