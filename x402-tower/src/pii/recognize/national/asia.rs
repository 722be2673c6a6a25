//! Numbers of Asian countries that are made of digits.

use super::super::super::EntityType;
use super::super::score;
use super::calendar::{has_day, is_recent_date, two};
use super::check::{passes_verhoeff, weighted};
use super::number::{NumberRule, lengths, never};
use super::printed::Printed;

pub(super) const RULES: &[NumberRule] = &[
    NumberRule {
        entity: EntityType::InAadhaar,
        lengths: lengths(&[12]),
        is_valid: is_aadhaar,
        printed: &[Printed {
            groups: &[4, 4, 4],
            separators: b" -",
            score: score::STRUCTURE,
        }],
        is_everyday: starts_with_date,
        keys: &[
            "aadhaar",
            "aadhar",
            "adhaar",
            "adhar",
            "inaadhaar",
            "aadhaarnumber",
            "aadharnumber",
            "aadhaarno",
            "aadharno",
            "uidai",
            "आधार",
            "आधर",
        ],
        is_national_id: true,
        named_score: score::CHECKSUM,
    },
    // Since October 2020 the last six digits are drawn by lot, so a named number needs no check digit.
    NumberRule {
        entity: EntityType::KrRrn,
        lengths: lengths(&[13]),
        is_valid: has_korean_birth,
        printed: &[Printed {
            groups: &[6, 7],
            separators: b"-",
            score: score::UNMISTAKABLE,
        }],
        is_everyday: fails_korean_check,
        keys: &[
            "rrn",
            "krrrn",
            "residentregistration",
            "residentregistrationnumber",
            "residentregistrationno",
            "residentnumber",
            "jumin",
            "jumindeungnokbeonho",
            "주민등록번호",
            "주민번호",
            "주민등록",
        ],
        is_national_id: true,
        named_score: score::UNMISTAKABLE,
    },
    NumberRule {
        entity: EntityType::ThTnin,
        lengths: lengths(&[13]),
        is_valid: is_thai_id,
        printed: &[Printed {
            groups: &[1, 4, 5, 2, 1],
            separators: b"- ",
            score: score::CHECKSUM,
        }],
        is_everyday: never,
        keys: &[
            "tnin",
            "thtnin",
            "thaiid",
            "thaiidnumber",
            "thainationalid",
            "thaicitizenid",
            "thnationalid",
            "idthailand",
            "เลขประจำตัวประชาชน",
            "เลขบัตรประชาชน",
            "บัตรประชาชน",
            // As it reads once marks are taken away, and one letter as well that may be written as two.
            "เลขประจำตวประชาชน",
            "เลขประจาตวประชาชน",
            "เลขบตรประชาชน",
            "บตรประชาชน",
        ],
        is_national_id: true,
        named_score: score::CHECKSUM,
    },
];

/// UIDAI: twelve digits, the first 2 to 9, Verhoeff, no palindrome.
fn is_aadhaar(digits: &[u8]) -> bool {
    matches!(digits, [2..=9, ..])
        && !digits.iter().eq(digits.iter().rev())
        && passes_verhoeff(digits)
}

/// Whether the first two groups of four are a year, a month and a day, as in `2026-0117-0042`.
fn starts_with_date(digits: &[u8]) -> bool {
    digits.get(..8).is_some_and(is_recent_date)
}

/// Resident Registration Act, enforcement rules, article 2: a date of birth and a digit for century and
/// sex: 9 and 0 for the 1800s, 1 and 2 (5 and 6 for foreigners) for the 1900s, 3 and 4 (7 and 8) for the 2000s.
fn has_korean_birth(digits: &[u8]) -> bool {
    matches!(digits, [_, _, m1, m2, d1, d2, ..] if has_day(two(*m1, *m2), two(*d1, *d2)))
}

/// Weights 2 to 9 and 2 to 5, modulus 11; foreigners' numbers (5 to 8) have two more.
fn fails_korean_check(digits: &[u8]) -> bool {
    let Some((check, payload)) = digits.split_last() else {
        return true;
    };
    let remainder = weighted(payload, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11;
    let offset = match payload.get(6) {
        Some(5..=8) => 13,
        _ => 11,
    };
    (offset - remainder) % 10 != u32::from(*check)
}

/// Department of Provincial Administration: not 0 or 9 first, weights 13 to 2, modulus 11.
fn is_thai_id(digits: &[u8]) -> bool {
    let Some((check, payload)) = digits.split_last() else {
        return false;
    };
    let remainder = weighted(payload, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    matches!(digits, [1..=8, ..]) && (11 - remainder) % 10 == u32::from(*check)
}
