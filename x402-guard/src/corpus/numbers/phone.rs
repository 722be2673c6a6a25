//! Phone numbers of thirteen countries.

use super::Value;
use crate::corpus::prng::Prng;

/// Lines of one kind: the area codes or mobile prefixes without a trunk zero, and the ways to write a number.
///
/// In a way, `P` is the prefix, `N` a digit from 2 to 9 and `x` any digit.
struct Lines {
    prefixes: &'static [&'static str],
    ways: &'static [(&'static str, &'static str)],
}

/// North America: the area code, then an exchange.
const NANP: &[(&str, &str)] = &[
    ("+1PNxxxxxx", "e164"),
    ("+1 P Nxx xxxx", "international"),
    ("+1-P-Nxx-xxxx", "international_dashes"),
    ("+1 (P) Nxx-xxxx", "international_parens"),
    ("(P) Nxx-xxxx", "parens"),
    ("P-Nxx-xxxx", "dashes"),
    ("P.Nxx.xxxx", "dots"),
    ("P Nxx xxxx", "spaces"),
    ("1-P-Nxx-xxxx", "trunk_dashes"),
    ("PNxxxxxx", "bare"),
];

const LINES: [Lines; 21] = [
    // United States, twice as often as the others.
    lines(
        &[
            "212", "213", "305", "312", "404", "415", "503", "512", "602", "617", "646", "702",
        ],
        NANP,
    ),
    lines(
        &[
            "206", "214", "303", "313", "408", "469", "505", "615", "713", "818", "917", "954",
        ],
        NANP,
    ),
    // Canada.
    lines(
        &[
            "204", "250", "403", "416", "418", "514", "604", "613", "647", "778", "902",
        ],
        NANP,
    ),
    // United Kingdom: mobile, London, other large towns.
    lines(
        &["7400", "7511", "7712", "7811", "7922", "7999"],
        &[
            ("+44Pxxxxxx", "e164"),
            ("+44 P xxxxxx", "international"),
            ("0P xxxxxx", "national"),
            ("+44 (0)P xxxxxx", "optional_trunk"),
            ("0Pxxxxxx", "bare"),
        ],
    ),
    lines(
        &["20"],
        &[
            ("+442079xxxxxx", "e164"),
            ("+44 P 79xx xxxx", "international"),
            ("0P 79xx xxxx", "national"),
            ("(0P) 79xx xxxx", "parens"),
        ],
    ),
    lines(
        &["121", "131", "141", "161"],
        &[
            ("+44 P 4xx xxxx", "international"),
            ("0P 4xx xxxx", "national"),
            ("+44P4xxxxxx", "e164"),
        ],
    ),
    // Germany: mobile, Berlin and Munich.
    lines(
        &["160", "170", "171", "172", "175"],
        &[
            ("+49P2xxxxxx", "e164"),
            ("+49 P 2xxxxxx", "international"),
            ("+49 (0)P 2xxxxxx", "optional_trunk"),
            ("0P 2xxxxxx", "national"),
            ("0P/2xxxxxx", "slash"),
            ("0P-2xxxxxx", "dashes"),
        ],
    ),
    lines(
        &["30", "40", "89"],
        &[
            ("+49 P 2xxxxxxx", "international"),
            ("+49P2xxxxxxx", "e164"),
            ("0P 2xxxxxxx", "national"),
            ("0P/2xxx xxxx", "slash"),
            ("(0P) 2xx xx xxx", "parens"),
        ],
    ),
    // France.
    lines(
        &["1 4", "2 4", "4 7", "5 5", "6 1", "6 8", "7 6"],
        &[
            ("+33 Px xx xx xx", "international"),
            ("0Px xx xx xx", "national"),
            ("+33 (0)Px xx xx xx", "optional_trunk"),
        ],
    ),
    lines(
        &["61", "66", "76"],
        &[
            ("+33Pxxxxxxx", "e164"),
            ("0Pxxxxxxx", "bare"),
            ("06.Nx.xx.xx.xx", "dots"),
        ],
    ),
    // Spain.
    lines(
        &["61", "64", "65", "66", "69"],
        &[
            ("+34Pxxxxxxx", "e164"),
            ("+34 Px xxx xxx", "international"),
            ("Px xx xx xx", "national"),
            ("+34-Px-xxx-xxx", "international_dashes"),
            ("Px-xxx-xxx", "dashes"),
        ],
    ),
    // Italy: mobile.
    lines(
        &[
            "320", "328", "333", "338", "340", "347", "349", "366", "380",
        ],
        &[
            ("+39PNxxxxxx", "e164"),
            ("+39 P Nxx xxxx", "international"),
            ("P Nxxxxxx", "national"),
            ("P-Nxxxxxx", "dashes"),
            ("P/Nxxxxxx", "slash"),
        ],
    ),
    // Netherlands: mobile and Amsterdam.
    lines(
        &["6"],
        &[
            ("+31P1Nxxxxxx", "e164"),
            ("+31 P 1Nxx xxxx", "international"),
            ("0P-1Nxxxxxx", "dashes"),
            ("0P 2Nxx xxxx", "national"),
        ],
    ),
    lines(
        &["20", "10", "30"],
        &[
            ("+31 P 2xx xxxx", "international"),
            ("0P-2xxxxxx", "dashes"),
        ],
    ),
    // Poland.
    lines(
        &[
            "501", "512", "600", "602", "665", "692", "721", "790", "888",
        ],
        &[
            ("+48Pxxxxxx", "e164"),
            ("+48 P xxx xxx", "international"),
            ("P xxx xxx", "national"),
            ("P-xxx-xxx", "dashes"),
        ],
    ),
    // India: mobile.
    lines(
        &["70", "77", "81", "88", "90", "94", "98", "99"],
        &[
            ("+91Pxxxxxxxx", "e164"),
            ("+91 Pxxx xxxxx", "international"),
            ("+91-Pxxxxxxxx", "international_dashes"),
            ("0Pxxx xxxxx", "national"),
            ("Pxxx xxxxx", "spaces"),
            ("Pxxxxxxxx", "bare"),
        ],
    ),
    // Brazil: mobile and fixed lines.
    lines(
        &["11", "21", "31", "41", "51", "61", "71", "81", "85"],
        &[
            ("+55P9Nxxxxxxx", "e164"),
            ("+55 P 9Nxxx-xxxx", "international"),
            ("(P) 9Nxxx-xxxx", "parens"),
            ("+55 (P) 9Nxxx-xxxx", "international_parens"),
            ("(P) 3Nxx-xxxx", "parens"),
            ("P 9Nxxx-xxxx", "national"),
        ],
    ),
    // Australia: mobile and fixed lines.
    lines(
        &["402", "411", "417", "423", "439", "451", "488"],
        &[
            ("+61Pxxxxxx", "e164"),
            ("+61 P xxx xxx", "international"),
            ("0P xxx xxx", "national"),
            ("0Pxxxxxx", "bare"),
        ],
    ),
    lines(
        &["2", "3", "7", "8"],
        &[
            ("(0P) 9xxx xxxx", "parens"),
            ("+61 P 9xxx xxxx", "international"),
        ],
    ),
    // Japan: mobile, Tokyo and Osaka.
    lines(
        &["70", "80", "90"],
        &[
            ("+81PNxxxxxxx", "e164"),
            ("+81 P-Nxxx-xxxx", "international"),
            ("0P-Nxxx-xxxx", "dashes"),
            ("+81-P-Nxxx-xxxx", "international_dashes"),
        ],
    ),
    lines(
        &["3", "6"],
        &[
            ("+81 P 6xxx xxxx", "international"),
            ("0P-6xxx-xxxx", "dashes"),
            ("(0P) 6xxx-xxxx", "parens"),
        ],
    ),
];

const fn lines(
    prefixes: &'static [&'static str],
    ways: &'static [(&'static str, &'static str)],
) -> Lines {
    Lines { prefixes, ways }
}

/// A phone number in one of its country's forms.
pub(in crate::corpus) fn phone(prng: &mut Prng) -> Value {
    let Some(lines) = prng.one_of(&LINES) else {
        return Value::new("+12125550123", "e164");
    };
    let prefix = prng.text(lines.prefixes);
    let (way, form) = prng.one_of(lines.ways).copied().unwrap_or_default();
    let mut text = String::new();
    for mark in way.chars() {
        match mark {
            'P' => text.push_str(prefix),
            'x' => text.push_str(&prng.letters("0123456789", 1)),
            'N' => text.push_str(&prng.letters("23456789", 1)),
            other => text.push(other),
        }
    }
    Value::new(text, form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_long_as_numbers_are() {
        let mut prng = Prng::new(6, 6);
        let mut forms = Vec::new();
        for _ in 0..4_000 {
            let phone = phone(&mut prng);
            let digits = phone.text.chars().filter(char::is_ascii_digit).count();
            assert!((9..=14).contains(&digits), "{}", phone.text);
            assert!(!phone.text.contains(char::is_alphabetic));
            forms.push(phone.form);
        }
        forms.sort_unstable();
        forms.dedup();
        assert!(forms.len() > 12, "{forms:?}");
    }
}
