//! Numbers of the United States and Canada.

use super::check::{last, luhn, weighted};
use super::{Value, grouped, joined, padded};
use crate::corpus::prng::Prng;

/// A social security number; nine digits without marks stand only beside a word that says so.
pub(in crate::corpus) fn ssn(prng: &mut Prng) -> Value {
    let area = match prng.within(1, 899) {
        666 => 667,
        area => area,
    };
    let compact = format!(
        "{area:03}{:02}{:04}",
        prng.within(1, 99),
        prng.within(1, 9_999)
    );
    match prng.below(10) {
        0..=4 => Value::new(grouped(&compact, &[3, 2, 4], "-"), "dashes"),
        5 | 6 => Value::new(grouped(&compact, &[3, 2, 4], " "), "spaces"),
        7 => Value::new(grouped(&compact, &[3, 2, 4], "."), "dots"),
        _ => Value::new(compact, "no_sep"),
    }
}

/// An individual taxpayer number (IRS): 9, and a group that the IRS gives out.
pub(in crate::corpus) fn itin(prng: &mut Prng) -> Value {
    let group = loop {
        let group = prng.within(50, 99);
        if !matches!(group, 66..=69 | 89 | 93) {
            break group;
        }
    };
    let compact = format!("9{:02}{group}{:04}", prng.below(100), prng.within(1, 9_999));
    match prng.below(4) {
        0 | 1 => Value::new(grouped(&compact, &[3, 2, 4], "-"), "dashes"),
        2 => Value::new(grouped(&compact, &[3, 2, 4], " "), "spaces"),
        _ => Value::new(compact, "no_sep"),
    }
}

/// A bank's routing number: the Federal Reserve's districts, weights 3, 7, 1.
pub(in crate::corpus) fn aba(prng: &mut Prng) -> Value {
    let base = prng.text(&["0", "2", "3", "6"]);
    let district = match base {
        "0" => prng.within(1, 12),
        "2" => prng.within(21, 32),
        "3" => prng.within(1, 12),
        _ => prng.within(61, 72),
    };
    let mut digits = padded(district, 2);
    digits.extend(prng.digits(6));
    let sum = weighted(&digits, &[3, 7, 1, 3, 7, 1, 3, 7]);
    digits.push(last((10 - sum % 10) % 10));
    let compact = joined(&digits);
    match prng.below(5) {
        0 => Value::new(grouped(&compact, &[4, 4], "-"), "dashes"),
        _ => Value::new(compact, "no_sep"),
    }
}

/// A national provider identifier: Luhn over the number behind 80840.
pub(in crate::corpus) fn npi(prng: &mut Prng) -> Value {
    let mut digits = padded(prng.within(1, 2), 1);
    digits.extend(prng.digits(8));
    let mut prefixed = vec![8, 0, 8, 4, 0];
    prefixed.extend(&digits);
    digits.push(luhn(&prefixed));
    Value::new(joined(&digits), "no_sep")
}

/// A prescriber's DEA number: a kind, an initial, seven digits.
pub(in crate::corpus) fn dea(prng: &mut Prng) -> Value {
    let kind = prng.letters("ABFGMPRX", 1);
    let initial = prng.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1);
    let mut digits = prng.digits(6);
    digits.push(last(weighted(&digits, &[1, 2, 1, 2, 1, 2])));
    let text = format!("{kind}{initial}{}", joined(&digits));
    match prng.below(6) {
        0 => Value::new(text.to_lowercase(), "lower"),
        _ => Value::new(text, "no_sep"),
    }
}

/// A Canadian social insurance number.
pub(in crate::corpus) fn sin(prng: &mut Prng) -> Value {
    let mut digits = padded(prng.within(1, 7), 1);
    digits.extend(prng.digits(7));
    digits.push(luhn(&digits));
    let compact = joined(&digits);
    match prng.below(5) {
        0 | 1 => Value::new(grouped(&compact, &[3, 3], " "), "spaces"),
        2 | 3 => Value::new(grouped(&compact, &[3, 3], "-"), "dashes"),
        _ => Value::new(compact, "no_sep"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers_have_these_check_digits() {
        // NPI 1234567893 (CMS), ABA 021000021, SIN 046 454 286, DEA AB1234563.
        let npi = [8, 0, 8, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        assert_eq!(luhn(&npi), 3);
        let aba = weighted(&[0, 2, 1, 0, 0, 0, 0, 2], &[3, 7, 1, 3, 7, 1, 3, 7]);
        assert_eq!((10 - aba % 10) % 10, 1);
        assert_eq!(luhn(&[0, 4, 6, 4, 5, 4, 2, 8]), 6);
        let dea = weighted(&[1, 2, 3, 4, 5, 6], &[1, 2, 1, 2, 1, 2]);
        assert_eq!(dea % 10, 3);
    }

    #[test]
    fn no_number_is_of_a_group_that_is_never_issued() {
        let mut prng = Prng::new(7, 7);
        for _ in 0..2_000 {
            let ssn: String = ssn(&mut prng)
                .text
                .chars()
                .filter(char::is_ascii_digit)
                .collect();
            assert_eq!(ssn.len(), 9);
            assert!(!ssn.starts_with("000") && !ssn.starts_with("666") && !ssn.starts_with('9'));
            assert!(&ssn[3..5] != "00" && &ssn[5..] != "0000", "{ssn}");
        }
    }
}
