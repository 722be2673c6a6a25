//! The national insurance number of Britain.

use super::super::super::EntityType;
use super::super::score;
use super::code::{Code, CodeRule, Shape, never};
use super::printed::Printed;

pub(super) const RULES: &[CodeRule] = &[CodeRule {
    entity: EntityType::UkNino,
    shape: Shape::of("AA999999A"),
    is_valid: is_issued,
    printed: &[
        Printed {
            groups: &[9],
            separators: b"",
            score: score::STRUCTURE,
        },
        Printed {
            groups: &[2, 2, 2, 2, 1],
            separators: b" -",
            score: score::UNMISTAKABLE,
        },
        Printed {
            groups: &[2, 6, 1],
            separators: b" ",
            score: score::STRUCTURE,
        },
    ],
    proves_itself_in_lower_case: false,
    is_everyday: never,
    keys: &[
        "nino",
        "nationalinsurance",
        "nationalinsurancenumber",
        "nationalinsuranceno",
        "nationalinsurancecontributions",
        "ni",
        "ninumber",
        "uknino",
        "insurancenumber",
    ],
    named_score: score::UNMISTAKABLE,
}];

/// HMRC, National Insurance Manual NIM39110: neither letter of the prefix is D, F, I, Q, U or V, the second
/// is no O, seven prefixes are never used, and the suffix is A to D. There is no check digit.
fn is_issued(code: &Code) -> bool {
    let [first, second, .., suffix] = code.characters() else {
        return false;
    };
    !b"DFIQUV".contains(first)
        && !b"DFIOQUV".contains(second)
        && ![*b"BG", *b"GB", *b"KN", *b"NK", *b"NT", *b"TN", *b"ZZ"].contains(&[*first, *second])
        && (b'A'..=b'D').contains(suffix)
}
