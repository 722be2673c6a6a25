//! Identity numbers of citizens, residents and foreigners in Singapore.

use super::super::super::EntityType;
use super::super::score;
use super::check::weighted;
use super::code::{Code, CodeRule, Shape, never};
use super::printed::Printed;

pub(super) const RULES: &[CodeRule] = &[CodeRule {
    entity: EntityType::SgNricFin,
    shape: Shape::of("A9999999A"),
    is_valid: is_nric_or_fin,
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
            score: score::STRUCTURE,
        },
    ],
    proves_itself_in_lower_case: false,
    is_everyday: never,
    keys: &[
        "nric",
        "fin",
        "nricfin",
        "sgnric",
        "sgfin",
        "sgnricfin",
        "nricno",
        "nricnumber",
        "finnumber",
        "finno",
        "identitycard",
        "nationalregistration",
        "foreignidentification",
        "foreignidentificationnumber",
        "singaporeid",
        "nationalid",
    ],
    named_score: score::CHECKSUM,
}];

/// National Registration Regulations; the check letters are in use by every agency though not in the
/// law. S and T are of citizens and residents born before and from 2000, F and G (from 2000) and M (from 2022)
/// of foreigners.
fn is_nric_or_fin(code: &Code) -> bool {
    let (offset, letters) = match code.characters() {
        [b'S', ..] => (0, b"JZIHGFEDCBA"),
        [b'T', ..] => (4, b"JZIHGFEDCBA"),
        [b'F', ..] => (0, b"XWUTRQPNMLK"),
        [b'G', ..] => (4, b"XWUTRQPNMLK"),
        [b'M', ..] => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    let values = code.values();
    let sum = offset + weighted(values.get(1..8).unwrap_or_default(), &[2, 7, 6, 5, 4, 3, 2]);
    let letter = usize::try_from(sum % 11)
        .ok()
        .and_then(|at| letters.get(at));
    letter.is_some() && code.characters().last() == letter
}
