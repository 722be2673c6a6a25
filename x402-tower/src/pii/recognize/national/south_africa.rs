//! The identity number of South Africa.

use super::super::super::EntityType;
use super::super::score;
use super::calendar::{has_day, two};
use super::check::passes_luhn;
use super::number::{NumberRule, lengths, never};
use super::printed::Printed;

pub(super) const RULES: &[NumberRule] = &[NumberRule {
    entity: EntityType::ZaIdNumber,
    lengths: lengths(&[13]),
    is_valid: is_identity_number,
    printed: &[
        Printed {
            groups: &[6, 4, 2, 1],
            separators: b" -",
            score: score::CHECKSUM,
        },
        Printed {
            groups: &[6, 4, 3],
            separators: b" -",
            score: score::UNMISTAKABLE,
        },
    ],
    is_everyday: never,
    keys: &[
        "southafrican",
        "southafricanid",
        "southafricanidnumber",
        "southafricanidentity",
        "southafricanidentitynumber",
        "southafricaid",
        "southafrica",
        "rsa",
        "sa",
        "za",
        "zaidentity",
        "idnommer",
        "identiteitsnommer",
    ],
    is_national_id: true,
    named_score: score::CHECKSUM,
}];

/// Department of Home Affairs: a date of birth, a serial number, 0 to 2 for citizens, residents and
/// refugees, 8 or 9 (before 1994 any digit), and Luhn.
fn is_identity_number(digits: &[u8]) -> bool {
    matches!(digits, [_, _, m1, m2, d1, d2, _, _, _, _, 0..=2, ..]
        if has_day(two(*m1, *m2), two(*d1, *d2)))
        && passes_luhn(digits)
}
