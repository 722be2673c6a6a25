//! Registrations of those who prescribe controlled substances in the United States.

use super::super::super::EntityType;
use super::super::score;
use super::code::{Code, CodeRule, Shape};
use super::printed::Printed;

pub(super) const RULES: &[CodeRule] = &[
    CodeRule {
        entity: EntityType::MedicalLicense,
        shape: Shape::of("AA9999999"),
        is_valid: is_registration,
        printed: PRINTED,
        proves_itself_in_lower_case: false,
        is_everyday: is_not_of_a_practitioner,
        keys: KEYS,
        named_score: score::CHECKSUM,
    },
    // A business gets a 9 for the second letter.
    CodeRule {
        entity: EntityType::MedicalLicense,
        shape: Shape::of("A99999999"),
        is_valid: |code| matches!(code.characters(), [_, b'9', ..]) && is_registration(code),
        printed: &[],
        proves_itself_in_lower_case: false,
        is_everyday: is_not_of_a_practitioner,
        keys: KEYS,
        named_score: score::CHECKSUM,
    },
];

const PRINTED: &[Printed] = &[Printed {
    groups: &[9],
    separators: b"",
    score: score::STRUCTURE,
}];

const KEYS: &[&str] = &[
    "dea",
    "deanumber",
    "deano",
    "dearegistration",
    "dearegistrationnumber",
    "deaid",
    "medicallicense",
    "medicallicence",
    "medicallicensenumber",
    "prescriber",
    "prescriberid",
];

/// DEA, "Registration Number Toolkit": a code of the registrant's activity, and a check digit that is the
/// last one of the odd places plus twice the even ones.
fn is_registration(code: &Code) -> bool {
    let [activity, _, ..] = code.characters() else {
        return false;
    };
    let [_, _, d1, d2, d3, d4, d5, d6, check, ..] = code.values().map(u32::from);
    b"ABCDEFGHJKLMPRSTUX".contains(activity) && (d1 + d3 + d5 + 2 * (d2 + d4 + d6)) % 10 == check
}

/// Two letters and seven digits are also an order or a part (`PO1234563`), so only the codes of hospitals,
/// practitioners and mid-level practitioners prove themselves.
fn is_not_of_a_practitioner(code: &Code) -> bool {
    !matches!(code.characters(), [b'A' | b'B' | b'F' | b'G' | b'M', ..])
}
