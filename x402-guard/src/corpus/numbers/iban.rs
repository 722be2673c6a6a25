//! International bank account numbers.

use super::check::{mod_97, weighted};
use super::{Value, grouped, joined, padded};
use crate::corpus::prng::Prng;

/// A country and the rest of its numbers as the registry writes it (ISO 13616): `n` digits, `a` capitals, `c` either.
const COUNTRIES: [(&str, &str); 36] = [
    ("AE", "19n"),
    ("AT", "16n"),
    ("BE", "12n"),
    ("BG", "4a6n8c"),
    ("CH", "5n12c"),
    ("CY", "8n16c"),
    ("CZ", "20n"),
    ("DE", "18n"),
    ("DK", "14n"),
    ("EE", "16n"),
    ("ES", "20n"),
    ("FI", "14n"),
    ("FR", "10n11c2n"),
    ("GB", "4a14n"),
    ("GI", "4a15c"),
    ("GR", "7n16c"),
    ("HR", "17n"),
    ("HU", "24n"),
    ("IE", "4a14n"),
    ("IL", "19n"),
    ("IS", "22n"),
    ("IT", "1a10n12c"),
    ("LI", "5n12c"),
    ("LT", "16n"),
    ("LU", "3n13c"),
    ("LV", "4a13c"),
    ("MT", "4a5n18c"),
    ("NL", "4a10n"),
    ("NO", "11n"),
    ("PL", "24n"),
    ("PT", "21n"),
    ("RO", "4a16c"),
    ("SE", "20n"),
    ("SI", "15n"),
    ("SK", "20n"),
    ("TR", "6n16c"),
];

/// An account number of one of the countries.
pub(in crate::corpus) fn iban(prng: &mut Prng) -> Value {
    let (country, structure) = prng.one_of(&COUNTRIES).copied().unwrap_or(("DE", "18n"));
    let account = match country {
        "BE" => belgian(prng),
        "ES" => spanish(prng),
        "NO" => norwegian(prng),
        _ => account(structure, prng),
    };
    // The check digits make the number, with its head at its end, 1 modulo 97.
    let check = 98 - mod_97(&format!("{account}{country}00"));
    let compact = format!("{country}{check:02}{account}");
    let spaced = grouped(&compact, &[4; 8], " ");
    match prng.below(12) {
        0..=4 => Value::new(compact, "compact"),
        5..=7 => Value::new(spaced, "spaced"),
        8 => Value::new(compact.to_lowercase(), "lower"),
        9 => Value::new(spaced.to_lowercase(), "lower_spaced"),
        10 => Value::new(grouped(&compact, &[4; 8], "-"), "dashes"),
        _ => Value::new(mixed(&compact), "mixed_case"),
    }
}

fn account(structure: &str, prng: &mut Prng) -> String {
    let (mut account, mut count) = (String::new(), 0);
    for mark in structure.chars() {
        if let Some(digit) = mark.to_digit(10) {
            count = count * 10 + usize::try_from(digit).unwrap_or_default();
            continue;
        }
        account.push_str(&match mark {
            'n' => joined(&prng.digits(count)),
            'a' => prng.letters("ABCDEFGHIKLMNOPRSTUVWZ", count),
            // Mostly digits in life too.
            _ => prng.letters("01234567890123456789ABCDEFGH", count),
        });
        count = 0;
    }
    account
}

/// Banks of three countries have check digits of their own that common validators look at. Belgium: ten digits, and their
/// remainder by 97, which is 97 for none.
fn belgian(prng: &mut Prng) -> String {
    let number = prng.within(1, 9_999_999_999);
    let check = match number % 97 {
        0 => 97,
        rest => rest,
    };
    format!("{number:010}{check:02}")
}

/// Spain: a digit for bank and branch, and one for the account.
fn spanish(prng: &mut Prng) -> String {
    let weights = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
    let digit = |digits: &[u8]| match 11 - weighted(digits, &weights) % 11 {
        10 => 1,
        11 => 0,
        check => check,
    };
    let (branch, account) = (prng.digits(8), prng.digits(10));
    let bank = [&[0, 0], branch.as_slice()].concat();
    format!(
        "{}{}{}{}",
        joined(&branch),
        digit(&bank),
        digit(&account),
        joined(&account)
    )
}

/// Norway: modulo 11; numbers without a digit for the remainder are not given out.
fn norwegian(prng: &mut Prng) -> String {
    loop {
        let digits = padded(prng.within(1_000_000_000, 9_999_999_999), 10);
        let check = (11 - weighted(&digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        if check < 10 {
            return format!("{}{check}", joined(&digits));
        }
    }
}

/// The country in small letters, the rest as it is.
fn mixed(compact: &str) -> String {
    let country: String = compact.chars().take(2).collect();
    let rest: String = compact.chars().skip(2).collect();
    format!("{}{rest}", country.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_one_modulo_97() {
        let mut prng = Prng::new(8, 8);
        for _ in 0..2_000 {
            let iban = iban(&mut prng);
            let compact: String = iban
                .text
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            let (head, account) = compact.split_at(4);
            assert_eq!(mod_97(&format!("{account}{head}")), 1, "{}", iban.text);
        }
    }

    #[test]
    fn a_published_number_has_these_check_digits() {
        assert_eq!(98 - mod_97("370400440532013000DE00"), 89);
    }
}
