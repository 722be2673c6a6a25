//! The personal identity number of Sweden with its sign: `-`, or `+` from the age of one hundred.

use super::super::super::EntityType;
use super::super::score;
use super::calendar::is_year_of_records;
use super::code::{Code, CodeRule, Shape};
use super::europe::is_personnummer;
use super::printed::Printed;

pub(super) const RULES: &[CodeRule] = &[
    CodeRule {
        entity: EntityType::SePersonnummer,
        shape: Shape::signed("9999999999"),
        is_valid: |code| matches!(code.sign(), b'-' | b'+') && is_valid(code),
        printed: &[Printed {
            groups: &[6, 4],
            separators: b"-+",
            score: score::STRUCTURE,
        }],
        proves_itself_in_lower_case: false,
        is_everyday: |code| is_year_of_records(code.number(0..2)),
        keys: KEYS,
        named_score: score::CHECKSUM,
    },
    CodeRule {
        entity: EntityType::SePersonnummer,
        shape: Shape::signed("999999999999"),
        is_valid: |code| matches!(code.sign(), b'-' | b'+') && is_valid(code),
        printed: &[Printed {
            groups: &[8, 4],
            separators: b"-+",
            score: score::STRUCTURE,
        }],
        proves_itself_in_lower_case: false,
        is_everyday: |code| code.number(0..4) >= 2015,
        keys: KEYS,
        named_score: score::CHECKSUM,
    },
];

pub(super) const KEYS: &[&str] = &[
    "personnummer",
    "personnr",
    "persnr",
    "pnr",
    "sepersonnummer",
    "samordningsnummer",
    "swedishid",
    "swedishpersonalid",
    "swedishpersonalidentity",
    "swedishpersonalidentitynumber",
    "personalidentity",
    "personalidentitynumber",
    "fodelsenummer",
    "födelsenummer",
];

fn is_valid(code: &Code) -> bool {
    let values = code.values();
    is_personnummer(values.get(..code.characters().len()).unwrap_or_default())
}
