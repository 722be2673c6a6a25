//! Tax and identity numbers of Spain.

use super::super::super::EntityType;
use super::super::score;
use super::calendar::{has_day, two};
use super::code::{Code, CodeRule, Shape, never};
use super::printed::Printed;

pub(super) const RULES: &[CodeRule] = &[
    CodeRule {
        entity: EntityType::EsNif,
        shape: Shape::of("99999999A"),
        is_valid: |code| has_letter(code, code.number(0..8)),
        printed: &[
            Printed {
                groups: &[9],
                separators: b"",
                score: score::STRUCTURE,
            },
            Printed {
                groups: &[8, 1],
                separators: b"- ",
                score: score::STRUCTURE,
            },
            Printed {
                groups: &[2, 3, 3, 1],
                separators: b".- ",
                score: score::UNMISTAKABLE,
            },
        ],
        proves_itself_in_lower_case: false,
        is_everyday: is_date_or_hex,
        keys: NIF_KEYS,
        named_score: score::CHECKSUM,
    },
    // Of children (K), Spaniards abroad (L) and foreigners without an NIE (M).
    CodeRule {
        entity: EntityType::EsNif,
        shape: Shape::of("A9999999A"),
        is_valid: |code| {
            matches!(code.characters(), [b'K' | b'L' | b'M', ..])
                && has_letter(code, code.number(1..8))
        },
        printed: &[Printed {
            groups: &[9],
            separators: b"",
            score: score::STRUCTURE,
        }],
        proves_itself_in_lower_case: false,
        is_everyday: never,
        keys: NIF_KEYS,
        named_score: score::CHECKSUM,
    },
    CodeRule {
        entity: EntityType::EsNie,
        shape: Shape::of("A9999999A"),
        is_valid: is_nie,
        printed: &[
            Printed {
                groups: &[9],
                separators: b"",
                score: score::UNMISTAKABLE,
            },
            Printed {
                groups: &[1, 7, 1],
                separators: b"- ",
                score: score::UNMISTAKABLE,
            },
            Printed {
                groups: &[8, 1],
                separators: b"-",
                score: score::UNMISTAKABLE,
            },
            Printed {
                groups: &[1, 8],
                separators: b"-",
                score: score::UNMISTAKABLE,
            },
        ],
        proves_itself_in_lower_case: false,
        is_everyday: never,
        keys: &[
            "nie",
            "esnie",
            "nienumber",
            "extranjero",
            "extranjeros",
            "identidaddeextranjero",
            "numerodeidentidaddeextranjero",
            "númerodeidentidaddeextranjero",
            "dni",
            "nif",
            "taxid",
        ],
        named_score: score::CHECKSUM,
    },
];

const NIF_KEYS: &[&str] = &[
    "nif",
    "dni",
    "esnif",
    "esdni",
    "nifnumber",
    "dninumber",
    "documentonacional",
    "documentonacionaldeidentidad",
    "identificacionfiscal",
    "identificaciónfiscal",
    "numerodeidentificacionfiscal",
    "númerodeidentificaciónfiscal",
    "taxid",
    "spanishid",
    "spanishtaxid",
    "nationalid",
];

/// Real Decreto 1553/2005, article 11, and Orden EHA/451/2008: the letter at the remainder modulo 23.
fn has_letter(code: &Code, number: u32) -> bool {
    let letter = usize::try_from(number % 23)
        .ok()
        .and_then(|at| b"TRWAGMYFPDXBNJZSQVHLCKE".get(at));
    letter.is_some() && code.characters().last() == letter
}

/// The first letter stands for 0, 1 or 2.
fn is_nie(code: &Code) -> bool {
    let first = match code.characters() {
        [b'X', ..] => 0,
        [b'Y', ..] => 1,
        [b'Z', ..] => 2,
        _ => return false,
    };
    has_letter(code, first * 10_000_000 + code.number(1..8))
}

/// `20260117T` and `20260117Z` begin or are a time; undivided digits with a last letter up to F may be hexadecimal.
fn is_date_or_hex(code: &Code) -> bool {
    let [c, d, _, _, m1, m2, d1, d2, ..] = code.values();
    let is_date = matches!(two(c, d), 19 | 20) && has_day(two(m1, m2), two(d1, d2));
    match code.characters().last() {
        Some(b'T' | b'Z') => is_date,
        Some(b'A'..=b'F') => code.sign() == 0,
        _ => false,
    }
}
