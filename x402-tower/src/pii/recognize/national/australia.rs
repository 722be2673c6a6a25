//! Numbers of Australia.

use super::super::super::EntityType;
use super::super::score;
use super::check::weighted;
use super::number::{NumberRule, lengths, never};
use super::printed::Printed;

pub(super) const RULES: &[NumberRule] = &[
    // Three groups of three are an amount as well, so the printed form needs a name.
    NumberRule {
        entity: EntityType::AuTfn,
        lengths: lengths(&[8, 9]),
        is_valid: is_tax_file_number,
        printed: &[],
        is_everyday: never,
        keys: &[
            "tfn",
            "autfn",
            "tfnnumber",
            "taxfile",
            "taxfilenumber",
            "taxfileno",
        ],
        is_national_id: false,
        named_score: score::CHECKSUM,
    },
    NumberRule {
        entity: EntityType::AuMedicare,
        lengths: lengths(&[10, 11]),
        is_valid: is_medicare_number,
        printed: &[
            Printed {
                groups: &[4, 5, 1],
                separators: b" -",
                score: score::STRUCTURE,
            },
            Printed {
                groups: &[4, 5, 1, 1],
                separators: b" -",
                score: score::STRUCTURE,
            },
        ],
        is_everyday: never,
        keys: &[
            "medicare",
            "aumedicare",
            "medicarecard",
            "medicarenumber",
            "medicareno",
            "medicarecardnumber",
        ],
        is_national_id: false,
        named_score: score::CHECKSUM,
    },
    NumberRule {
        entity: EntityType::AuAbn,
        lengths: lengths(&[11]),
        is_valid: is_business_number,
        printed: &[Printed {
            groups: &[2, 3, 3, 3],
            separators: b" ",
            score: score::UNMISTAKABLE,
        }],
        is_everyday: never,
        keys: &[
            "abn",
            "auabn",
            "abnnumber",
            "australianbusiness",
            "australianbusinessnumber",
            "businessnumber",
        ],
        is_national_id: false,
        named_score: score::CHECKSUM,
    },
];

/// Australian Taxation Office: weights 1, 4, 3, 7, 5, 8, 6, 9, 10, modulus 11; numbers of eight digits
/// have 10, 7, 8, 4, 6, 3, 5, 1.
fn is_tax_file_number(digits: &[u8]) -> bool {
    let sum = if digits.len() == 8 {
        weighted(digits, &[10, 7, 8, 4, 6, 3, 5, 1])
    } else {
        weighted(digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10])
    };
    sum > 0 && sum.is_multiple_of(11)
}

/// Services Australia, Medicare card number: 2 to 6 first; the ninth digit checks eight with weights 1,
/// 3, 7, 9; the tenth counts the issues of the card, and an eleventh may name the person on it.
fn is_medicare_number(digits: &[u8]) -> bool {
    let [2..=6, _, _, _, _, _, _, _, check, issue, ..] = digits else {
        return false;
    };
    weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == u32::from(*check)
        && *issue > 0
        && !matches!(digits.get(10), Some(0))
}

/// Australian Business Register, "Format of the ABN": one less in the first digit, weights 10, 1, 3 to
/// 19, modulus 89.
fn is_business_number(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    matches!(digits, [1..=9, ..]) && (sum + 89 - 10).is_multiple_of(89)
}
