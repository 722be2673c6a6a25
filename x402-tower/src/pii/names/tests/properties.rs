//! What holds for any text.

use proptest::prelude::*;

use super::detector;
use crate::pii::EntityType;
use crate::pii::steps::counter::count;

/// Words, names, separators and escapes in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z]{1,12}",
        "[A-Z][a-z]{2,8}",
        "[0-9]{1,6}",
        "[-_./ ,:;=&?#+@'\"<>()%]{1,2}",
        proptest::char::any().prop_map(String::from),
        Just("Maria Garcia".to_owned()),
        Just("john-smith".to_owned()),
        Just("O'Brien".to_owned()),
        Just("Jürgen".to_owned()),
        Just("/users/".to_owned()),
        Just("Bank of Spain".to_owned()),
    ];
    proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn names_lie_on_characters_and_hold_no_digit(text in pieces()) {
        for findings in [detector().scan(&text), detector().scan_url(&text)] {
            for found in findings {
                let name = text.get(found.span.clone());
                prop_assert!(name.is_some_and(|name| !name.is_empty()), "{:?} in {text:?}", found.span);
                if found.entity == EntityType::Person {
                    prop_assert!(!name.unwrap_or_default().bytes().any(|byte| byte.is_ascii_digit()) || text.contains('%'));
                }
            }
        }
    }

    #[test]
    fn a_name_is_found_whole_wherever_it_stands(
        given in prop::sample::select(vec!["Maria", "Ahmed", "Sarah", "Thomas", "Giulia"]),
        surname in prop::sample::select(vec!["Schneider", "Hernandez", "O'Connor", "Johnson", "Kowalczyk"]),
        amount in 1u32..9_999,
    ) {
        for (text, whole) in [
            (format!("Report for {given} {surname}, {amount} credits"), format!("{given} {surname}")),
            (format!("patient: {surname}, {given}"), format!("{surname}, {given}")),
            (format!("{amount} USDC from {given} {surname}"), format!("{given} {surname}")),
        ] {
            let found = detector().scan(&text);
            prop_assert_eq!(found.len(), 1, "{:?}", &text);
            prop_assert_eq!(&text[found[0].span.clone()], whole);
        }
    }

    #[test]
    fn scores_are_those_of_a_guess(text in pieces()) {
        for found in detector().scan(&text) {
            if EntityType::NAMES.contains(&found.entity) {
                prop_assert!((50..=95).contains(&found.score));
            }
        }
    }
}

/// A word costs its features, some sixty steps; the shortest word with its separator is three bytes.
const MAX_STEPS_PER_BYTE: usize = 200;

#[test]
fn steps_stay_under_a_constant_per_byte() {
    for unit in [
        "a",
        "A",
        "a.",
        "Ab ",
        "aB",
        "John Smith ",
        "john-",
        "Maria, ",
        "J. ",
        "@a",
        "a@",
        "é",
        "'a",
        "\"",
        "1a",
        "a1",
        "john1",
        "/john",
        "&a=",
        "Xy-",
        "Ab.",
        "a b ",
        "://",
        "://a",
        "'",
        "O'",
        "d'A",
        "%20",
        "\u{301}",
        "\u{2019}a",
        "Mc",
        "ABc",
        "550e8400-e29b-",
        "0x",
        "谢",
        "谢 ",
    ] {
        let steps = |repeats: usize| {
            let text = unit.repeat(repeats);
            count(|| drop(detector().scan(&text))).max(count(|| drop(detector().scan_url(&text))))
        };
        let (single, double) = (steps(4_000), steps(8_000));
        let per_byte = single / (unit.len() * 4_000);
        assert!(
            per_byte <= MAX_STEPS_PER_BYTE,
            "{unit:?}: {per_byte} steps a byte"
        );
        assert!(
            double <= 2 * single + single / 10 + 2_000,
            "{unit:?}: {single} then {double}"
        );
    }
}

#[test]
fn a_name_behind_a_long_field_is_found() {
    for filler in ["the price of a long position ", "a.", "Xy-", "1 ", "@a "] {
        let text = format!(
            "{} patient: Maria Garcia",
            filler.repeat(60_000 / filler.len())
        );
        let found = detector().scan(&text);
        assert!(
            found
                .iter()
                .any(|found| text[found.span.clone()].contains("Garcia")),
            "{filler:?}"
        );
    }
}
