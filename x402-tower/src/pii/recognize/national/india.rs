//! The permanent account number of India.

use super::super::super::EntityType;
use super::super::score;
use super::code::{Code, CodeRule, Shape};
use super::printed::Printed;

pub(super) const RULES: &[CodeRule] = &[CodeRule {
    entity: EntityType::InPan,
    shape: Shape::of("AAAAA9999A"),
    is_valid: is_issued,
    printed: &[
        Printed {
            groups: &[10],
            separators: b"",
            score: score::STRUCTURE,
        },
        Printed {
            groups: &[5, 4, 1],
            separators: b" -",
            score: score::STRUCTURE,
        },
    ],
    proves_itself_in_lower_case: false,
    is_everyday: may_be_hexadecimal,
    keys: &[
        "pan",
        "inpan",
        "panno",
        "pannumber",
        "pancard",
        "permanentaccount",
        "permanentaccountnumber",
        "incometax",
        "taxid",
    ],
    named_score: score::UNMISTAKABLE,
}];

/// Income Tax Department, "Permanent Account Number": the fourth letter is the kind of holder, the digits
/// run from 0001. The rule of the last letter is not public.
fn is_issued(code: &Code) -> bool {
    let holder = code.characters().get(3);
    holder.is_some_and(|kind| b"ABCEFGHJLPT".contains(kind)) && code.number(5..9) > 0
}

/// Letters up to F alone, which no person's number has: theirs has a P.
fn may_be_hexadecimal(code: &Code) -> bool {
    code.characters().iter().all(u8::is_ascii_hexdigit)
}
