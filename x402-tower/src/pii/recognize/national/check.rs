//! Check digits that several issuers use. All of them read digits as values, most significant first.

/// ISO/IEC 7812-1, annex B: every second digit from the right counts twice, modulo 10.
pub(super) fn passes_luhn(digits: &[u8]) -> bool {
    luhn_sum(digits).is_multiple_of(10)
}

pub(super) fn luhn_sum(digits: &[u8]) -> u32 {
    digits
        .iter()
        .rev()
        .enumerate()
        .map(|(from_right, digit)| match (*digit, from_right % 2) {
            (digit, 0) => u32::from(digit),
            (digit @ 0..=4, _) => u32::from(digit) * 2,
            (digit, _) => u32::from(digit) * 2 - 9,
        })
        .sum()
}

/// The sum of digits times weights, as far as both go.
pub(super) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum()
}

/// ISO/IEC 7064 MOD 11,10.
pub(super) fn passes_mod_11_10(digits: &[u8]) -> bool {
    let Some((check, payload)) = digits.split_last() else {
        return false;
    };
    let product = payload.iter().fold(10, |product, digit| {
        let sum = match (u32::from(*digit) + product) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (product + u32::from(*check)) % 10 == 1
}

/// J. Verhoeff, "Error Detecting Decimal Codes" (1969): a product in the dihedral group of order ten,
/// each digit permuted by its position from the right.
pub(super) fn passes_verhoeff(digits: &[u8]) -> bool {
    digits
        .iter()
        .rev()
        .enumerate()
        .fold(0, |product, (from_right, digit)| {
            let permuted = (0..from_right % 8).fold(*digit, |digit, _| permute(digit));
            multiply(product, permuted)
        })
        == 0
}

const fn permute(digit: u8) -> u8 {
    match digit {
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
    }
}

/// Rotations are 0 to 4, reflections 5 to 9.
const fn multiply(left: u8, right: u8) -> u8 {
    match (left < 5, right < 5) {
        (true, true) => (left + right) % 5,
        (true, false) => (left + right) % 5 + 5,
        (false, true) => (left - right) % 5 + 5,
        (false, false) => (left + 5 - right) % 5,
    }
}
