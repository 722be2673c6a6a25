//! Numbers of countries of Asia, the Pacific and Africa.

use super::check::{last, luhn, verhoeff, weighted};
use super::{Value, birthday, grouped, joined, padded};
use crate::corpus::prng::Prng;

/// An Indian Aadhaar number: Verhoeff, and never 0 or 1 in front.
pub(in crate::corpus) fn aadhaar(prng: &mut Prng) -> Value {
    let mut digits = padded(prng.within(2, 9), 1);
    digits.extend(prng.digits(10));
    digits.push(verhoeff(&digits));
    let compact = joined(&digits);
    match prng.below(5) {
        0..=2 => Value::new(grouped(&compact, &[4, 4], " "), "spaces"),
        3 => Value::new(grouped(&compact, &[4, 4], "-"), "dashes"),
        _ => Value::new(compact, "no_sep"),
    }
}

/// An Indian PAN; the fourth letter tells the kind of holder, the fifth is an initial.
pub(in crate::corpus) fn pan(prng: &mut Prng) -> Value {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let (series, kind) = (
        prng.letters("ABCDEFGHIJKLMNPQRSTUVW", 3),
        prng.letters("PPPPPHCF", 1),
    );
    let (initial, number) = (prng.letters(letters, 1), prng.within(1, 9_999));
    let text = format!(
        "{series}{kind}{initial}{number:04}{}",
        prng.letters(letters, 1)
    );
    match prng.below(6) {
        0 => Value::new(text.to_lowercase(), "lower"),
        _ => Value::new(text, "no_sep"),
    }
}

/// An Australian tax file number.
pub(in crate::corpus) fn tfn(prng: &mut Prng) -> Value {
    let compact = loop {
        let mut digits = padded(prng.within(1, 8), 1);
        digits.extend(prng.digits(7));
        // The ninth digit has weight 10, which is -1 modulo 11.
        let rest = weighted(&digits, &[1, 4, 3, 7, 5, 8, 6, 9]) % 11;
        if rest < 10 {
            digits.push(last(rest));
            break joined(&digits);
        }
    };
    match prng.below(3) {
        0 | 1 => Value::new(grouped(&compact, &[3, 3], " "), "spaces"),
        _ => Value::new(compact, "no_sep"),
    }
}

/// An Australian Medicare card: eight digits, their check digit and the number of the issue.
pub(in crate::corpus) fn medicare(prng: &mut Prng) -> Value {
    let mut digits = padded(prng.within(2, 6), 1);
    digits.extend(prng.digits(7));
    digits.push(last(weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9])));
    digits.extend(padded(prng.within(1, 5), 1));
    let compact = joined(&digits);
    match prng.below(3) {
        0 | 1 => Value::new(grouped(&compact, &[4, 5], " "), "spaces"),
        _ => Value::new(compact, "no_sep"),
    }
}

/// An Australian business number: two check digits lead, so that the weighted sum is 0 modulo 89.
pub(in crate::corpus) fn abn(prng: &mut Prng) -> Value {
    let digits = prng.digits(9);
    let compact = format!("{}{}", abn_lead(&digits), joined(&digits));
    match prng.below(3) {
        0 | 1 => Value::new(grouped(&compact, &[2, 3, 3], " "), "spaces"),
        _ => Value::new(compact, "no_sep"),
    }
}

fn abn_lead(digits: &[u8]) -> u32 {
    let rest = weighted(digits, &[3, 5, 7, 9, 11, 13, 15, 17, 19]) % 89;
    // 10 * (first - 1) + second is the lead less ten; of 10 and 99, which both do, registers give out the latter.
    99 - rest
}

/// A Singaporean NRIC (S, T) or FIN (F, G).
pub(in crate::corpus) fn nric(prng: &mut Prng) -> Value {
    let (kind, digits) = (prng.text(&["S", "T", "F", "G"]), prng.digits(7));
    let text = format!("{kind}{}{}", joined(&digits), nric_check(kind, &digits));
    match prng.below(6) {
        0 => Value::new(text.to_lowercase(), "lower"),
        _ => Value::new(text, "no_sep"),
    }
}

fn nric_check(kind: &str, digits: &[u8]) -> char {
    let later = if matches!(kind, "T" | "G") { 4 } else { 0 };
    let sum = weighted(digits, &[2, 7, 6, 5, 4, 3, 2]) + later;
    let letters = if matches!(kind, "S" | "T") {
        "JZIHGFEDCBA"
    } else {
        "XWUTRQPNMLK"
    };
    let at = usize::try_from(sum % 11).unwrap_or_default();
    letters.chars().nth(at).unwrap_or_default()
}

/// A South Korean resident number of somebody born before check digits were given up (October 2020).
pub(in crate::corpus) fn rrn(prng: &mut Prng) -> Value {
    let (year, month, day) = birthday(prng);
    let century = if year < 2000 { 1 } else { 3 };
    let mut digits = padded(year % 100, 2);
    digits.extend(padded(month, 2));
    digits.extend(padded(day, 2));
    digits.extend(padded(century + prng.below(2), 1));
    digits.extend(padded(prng.below(90), 2));
    digits.extend(prng.digits(3));
    let sum = weighted(&digits, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
    digits.push(last((11 - sum % 11) % 10));
    let compact = joined(&digits);
    match prng.below(4) {
        0..=2 => Value::new(grouped(&compact, &[6], "-"), "dashes"),
        _ => Value::new(compact, "no_sep"),
    }
}

/// A Thai identity number: weights 13 to 2 modulo 11.
pub(in crate::corpus) fn thai_id(prng: &mut Prng) -> Value {
    let mut digits = padded(prng.within(1, 8), 1);
    digits.extend(prng.digits(11));
    let sum = weighted(&digits, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    digits.push(last((11 - sum % 11) % 10));
    let compact = joined(&digits);
    match prng.below(4) {
        0 | 1 => Value::new(grouped(&compact, &[1, 4, 5, 2], "-"), "dashes"),
        2 => Value::new(grouped(&compact, &[1, 4, 5, 2], " "), "spaces"),
        _ => Value::new(compact, "no_sep"),
    }
}

/// A South African identity number: a birthday, and Luhn over twelve digits.
pub(in crate::corpus) fn za_id(prng: &mut Prng) -> Value {
    let (year, month, day) = birthday(prng);
    let mut digits = padded(year % 100, 2);
    digits.extend(padded(month, 2));
    digits.extend(padded(day, 2));
    digits.extend(prng.digits(4));
    digits.extend(padded(prng.below(2), 1));
    digits.push(8);
    digits.push(luhn(&digits));
    let compact = joined(&digits);
    match prng.below(4) {
        0 => Value::new(grouped(&compact, &[6, 4, 2], " "), "spaces"),
        _ => Value::new(compact, "no_sep"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().map(|byte| byte - b'0').collect()
    }

    #[test]
    fn published_numbers_have_these_check_characters() {
        assert_eq!(abn_lead(&digits("824753556")), 51);
        assert_eq!(abn_lead(&digits("004085616")), 53);
        assert_eq!(nric_check("S", &digits("1234567")), 'D');
        assert_eq!(nric_check("G", &digits("1234567")), 'X');
        assert_eq!(luhn(&digits("800101500908")), 7);
        assert_eq!(
            weighted(&digits("12345678"), &[1, 4, 3, 7, 5, 8, 6, 9]) % 11,
            2
        );
    }
}
