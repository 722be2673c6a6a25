//! Numbers of European countries.

use super::check::{last, luhn, mod_11_10, weighted};
use super::{Value, birthday, grouped, joined, padded};
use crate::corpus::prng::Prng;

/// A British NHS number: weights 10 to 2 modulo 11; a remainder that has no digit is not given out.
pub(in crate::corpus) fn nhs(prng: &mut Prng) -> Value {
    let compact = loop {
        let mut digits = padded(prng.within(4, 7), 1);
        digits.extend(prng.digits(8));
        match nhs_check(&digits) {
            10 => {}
            check => {
                digits.push(last(check));
                break joined(&digits);
            }
        }
    };
    match prng.below(5) {
        0..=2 => Value::new(grouped(&compact, &[3, 3], " "), "spaces"),
        3 => Value::new(grouped(&compact, &[3, 3], "-"), "dashes"),
        _ => Value::new(compact, "no_sep"),
    }
}

fn nhs_check(digits: &[u8]) -> u32 {
    (11 - weighted(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11
}

/// A British national insurance number, of the prefixes that HMRC gives out.
pub(in crate::corpus) fn nino(prng: &mut Prng) -> Value {
    let prefix = loop {
        let first = prng.letters("ABCEGHJKLMNOPRSTWXYZ", 1);
        let second = prng.letters("ABCEGHJKLMNPRSTWXYZ", 1);
        let prefix = format!("{first}{second}");
        if !["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].contains(&prefix.as_str()) {
            break prefix;
        }
    };
    let digits = joined(&prng.digits(6));
    let compact = format!("{prefix}{digits}{}", prng.letters("ABCD", 1));
    match prng.below(5) {
        0 | 1 => Value::new(grouped(&compact, &[2, 2, 2, 2], " "), "spaces"),
        2 => Value::new(compact.to_lowercase(), "lower"),
        _ => Value::new(compact, "no_sep"),
    }
}

const NIF_LETTERS: &str = "TRWAGMYFPDXBNJZSQVHLCKE";

fn letter(letters: &str, at: u64) -> char {
    let at = usize::try_from(at).unwrap_or_default();
    letters.chars().nth(at).unwrap_or_default()
}

/// A Spanish NIF: eight digits and the letter of their remainder by 23.
pub(in crate::corpus) fn nif(prng: &mut Prng) -> Value {
    let number = prng.within(1_000_000, 99_999_999);
    let check = letter(NIF_LETTERS, number % 23);
    match prng.below(6) {
        0 => Value::new(format!("{number:08}-{check}"), "dashes"),
        1 => Value::new(
            format!("{number:08}{}", check.to_ascii_lowercase()),
            "lower",
        ),
        _ => Value::new(format!("{number:08}{check}"), "no_sep"),
    }
}

/// A Spanish NIE: X, Y or Z for 0, 1 or 2 in front of seven digits.
pub(in crate::corpus) fn nie(prng: &mut Prng) -> Value {
    let (first, number) = (prng.below(3), prng.below(10_000_000));
    let check = letter(NIF_LETTERS, (first * 10_000_000 + number) % 23);
    let first = letter("XYZ", first);
    match prng.below(5) {
        0 => Value::new(format!("{first}-{number:07}-{check}"), "dashes"),
        1 => Value::new(format!("{first}{number:07}{check}").to_lowercase(), "lower"),
        _ => Value::new(format!("{first}{number:07}{check}"), "no_sep"),
    }
}

/// An Italian codice fiscale.
pub(in crate::corpus) fn fiscal_code(prng: &mut Prng) -> Value {
    let (year, month, day) = birthday(prng);
    let day = if prng.percent(50) { day } else { day + 40 };
    let consonants = "BCDFGLMNPRSTVZ";
    let mut code = prng.letters(consonants, 6);
    code.push_str(&format!("{:02}", year % 100));
    code.push(letter("ABCDEHLMPRST", month - 1));
    code.push_str(&format!("{day:02}"));
    code.push_str(&prng.letters("ABCDEFGHILM", 1));
    code.push_str(&format!("{:03}", prng.within(1, 899)));
    code.push(fiscal_check(&code));
    match prng.below(6) {
        0 => Value::new(code.to_lowercase(), "lower"),
        1 => Value::new(grouped(&code, &[3, 3, 5], " "), "spaces"),
        _ => Value::new(code, "no_sep"),
    }
}

/// The last letter: characters at odd places count by a table of their own (decree of 23 December 1976).
fn fiscal_check(code: &str) -> char {
    const ODD: [u64; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let sum: u64 = code
        .chars()
        .enumerate()
        .map(|(at, letter)| {
            let value = u64::from(letter.to_digit(36).unwrap_or_default());
            let value = if value < 10 { value } else { value - 10 };
            let odd = usize::try_from(value).ok().and_then(|value| ODD.get(value));
            if at % 2 == 0 {
                odd.copied().unwrap_or_default()
            } else {
                value
            }
        })
        .sum();
    letter("ABCDEFGHIJKLMNOPQRSTUVWXYZ", sum % 26)
}

/// A Polish PESEL: the month of those born from 2000 on counts from 21.
pub(in crate::corpus) fn pesel(prng: &mut Prng) -> Value {
    let (year, month, day) = birthday(prng);
    let month = if year < 2000 { month } else { month + 20 };
    let mut digits = padded(year % 100, 2);
    digits.extend(padded(month, 2));
    digits.extend(padded(day, 2));
    digits.extend(prng.digits(4));
    let sum = weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
    digits.push(last((10 - sum % 10) % 10));
    Value::new(joined(&digits), "no_sep")
}

/// A German tax id: of its first ten digits exactly one comes twice, and another not at all.
pub(in crate::corpus) fn tax_id(prng: &mut Prng) -> Value {
    let digits = loop {
        let mut digits: Vec<u8> = (0..10).collect();
        prng.shuffle(&mut digits);
        digits.pop();
        let twice = prng.one_of(&digits).copied().unwrap_or_default();
        digits.push(twice);
        prng.shuffle(&mut digits);
        if digits.first().is_some_and(|first| *first != 0) {
            digits.push(mod_11_10(&digits));
            break digits;
        }
    };
    let compact = joined(&digits);
    match prng.below(3) {
        0 => Value::new(grouped(&compact, &[2, 3, 3], " "), "spaces"),
        _ => Value::new(compact, "no_sep"),
    }
}

/// A Finnish personal identity code; the sign tells the century.
pub(in crate::corpus) fn hetu(prng: &mut Prng) -> Value {
    let (year, month, day) = birthday(prng);
    let sign = if year < 2000 {
        prng.letters("----YX", 1)
    } else {
        prng.letters("AAAB", 1)
    };
    let (date, serial) = (
        format!("{day:02}{month:02}{:02}", year % 100),
        prng.within(2, 899),
    );
    let number = format!("{date}{serial:03}")
        .parse::<u64>()
        .unwrap_or_default();
    let check = letter("0123456789ABCDEFHJKLMNPRSTUVWXY", number % 31);
    let code = format!("{date}{sign}{serial:03}{check}");
    match prng.below(6) {
        0 => Value::new(code.to_lowercase(), "lower"),
        _ => Value::new(code, "signed"),
    }
}

/// A Swedish personnummer: Luhn over nine digits.
pub(in crate::corpus) fn personnummer(prng: &mut Prng) -> Value {
    let (year, month, day) = birthday(prng);
    let mut digits = padded(year % 100, 2);
    digits.extend(padded(month, 2));
    digits.extend(padded(day, 2));
    digits.extend(prng.digits(3));
    digits.push(luhn(&digits));
    let dashed = grouped(&joined(&digits), &[6], "-");
    match prng.below(5) {
        0 | 1 => Value::new(dashed, "dashes"),
        2 | 3 => Value::new(format!("{}{dashed}", year / 100), "century_dashes"),
        _ => Value::new(format!("{}{}", year / 100, joined(&digits)), "no_sep"),
    }
}

/// A Turkish identity number with its two check digits.
pub(in crate::corpus) fn tc_kimlik(prng: &mut Prng) -> Value {
    let mut digits = padded(prng.within(1, 9), 1);
    digits.extend(prng.digits(8));
    let (odd, even) = (
        weighted(&digits, &[1, 0, 1, 0, 1, 0, 1, 0, 1]),
        weighted(&digits, &[0, 1, 0, 1, 0, 1, 0, 1, 0]),
    );
    // 7 * odd - even, kept above zero: even is at most 36.
    digits.push(last(odd * 7 + 40 - even));
    digits.push(last(digits.iter().map(|digit| u32::from(*digit)).sum()));
    Value::new(joined(&digits), "no_sep")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().map(|byte| byte - b'0').collect()
    }

    #[test]
    fn published_numbers_have_these_check_characters() {
        assert_eq!(nhs_check(&digits("943476591")), 9);
        assert_eq!(letter(NIF_LETTERS, 12_345_678 % 23), 'Z');
        assert_eq!(fiscal_check("RSSMRA85T10A562"), 'S');
        assert_eq!(luhn(&digits("811228987")), 4);
        let pesel = weighted(&digits("4405140135"), &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
        assert_eq!((10 - pesel % 10) % 10, 9);
        let hetu = letter("0123456789ABCDEFHJKLMNPRSTUVWXY", 131_052_308 % 31);
        assert_eq!(hetu, 'T');
    }

    #[test]
    fn tax_ids_have_one_digit_twice() {
        let mut prng = Prng::new(3, 3);
        for _ in 0..500 {
            let mut id: Vec<u8> = tax_id(&mut prng)
                .text
                .bytes()
                .filter(u8::is_ascii_digit)
                .collect();
            assert_eq!(id.len(), 11);
            id.pop();
            id.sort_unstable();
            id.dedup();
            assert_eq!(id.len(), 9);
        }
    }
}
