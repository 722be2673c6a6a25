//! The personal identity code of Finland.

use super::super::super::EntityType;
use super::super::score;
use super::calendar::{has_day, is_year_of_records};
use super::code::{Code, CodeRule, Shape, never};
use super::printed::Printed;

/// Digital and Population Data Services Agency, "The personal identity code": a sign for the century, of
/// which each of `+`, `-` and `A` got others beside it in 2023 (government decree 690/2022).
pub(super) const RULES: &[CodeRule] = &[
    CodeRule {
        entity: EntityType::FiPersonalIdentityCode,
        shape: Shape::signed("999999999?"),
        is_valid: |code| matches!(code.sign(), b'-' | b'+') && is_identity_code(code, 6),
        printed: &[Printed {
            groups: &[6, 4],
            separators: b"-+",
            score: score::STRUCTURE,
        }],
        proves_itself_in_lower_case: false,
        is_everyday: is_serial_number,
        keys: KEYS,
        named_score: score::CHECKSUM,
    },
    CodeRule {
        entity: EntityType::FiPersonalIdentityCode,
        shape: Shape::of("999999A999?"),
        is_valid: |code| {
            let sign = code.characters().get(6);
            matches!(sign, Some(b'A'..=b'F' | b'U'..=b'Y')) && is_identity_code(code, 7)
        },
        printed: &[Printed {
            groups: &[11],
            separators: b"",
            score: score::STRUCTURE,
        }],
        proves_itself_in_lower_case: false,
        is_everyday: never,
        keys: KEYS,
        named_score: score::CHECKSUM,
    },
];

const KEYS: &[&str] = &[
    "hetu",
    "henkilotunnus",
    "henkilötunnus",
    "fihetu",
    "personbeteckning",
    "finnishid",
    "finnishpersonalidentitycode",
    "personalidentitycode",
    "personalidentity",
    "socialsecurity",
    "nationalid",
    "personalid",
];

/// A day that exists, an individual number of 002 to 999, and the remainder of the nine digits modulo 31.
fn is_identity_code(code: &Code, individual: usize) -> bool {
    let (date, serial) = (code.number(0..6), code.number(individual..individual + 3));
    let check = usize::try_from((date * 1000 + serial) % 31)
        .ok()
        .and_then(|at| b"0123456789ABCDEFHJKLMNPRSTUVWXY".get(at));
    has_day(date / 100 % 100, date / 10_000)
        && serial >= 2
        && check.is_some()
        && code.characters().last() == check
}

/// Without a letter it may be a date and a number of the day.
fn is_serial_number(code: &Code) -> bool {
    code.characters().last().is_some_and(u8::is_ascii_digit)
        && is_year_of_records(code.number(4..6))
}
