//! Numbers of European countries that are made of digits.

use super::super::super::EntityType;
use super::super::score;
use super::calendar::{has_day, two};
use super::check::{passes_luhn, passes_mod_11_10, weighted};
use super::number::{NumberRule, lengths, never};
use super::printed::Printed;

pub(super) const RULES: &[NumberRule] = &[
    NumberRule {
        entity: EntityType::UkNhs,
        lengths: lengths(&[10]),
        is_valid: is_nhs_number,
        // Telephone numbers are grouped in 3-3-4 as well.
        printed: &[],
        is_everyday: never,
        keys: &[
            "nhs",
            "uknhs",
            "nhsnumber",
            "nhsno",
            "nhsid",
            "nationalhealthservice",
            "nationalhealth",
            "healthservice",
            "communityhealthindex",
            "chinumber",
        ],
        is_national_id: false,
        named_score: score::CHECKSUM,
    },
    NumberRule {
        entity: EntityType::PlPesel,
        lengths: lengths(&[11]),
        is_valid: is_pesel,
        printed: &[],
        is_everyday: never,
        keys: &[
            "pesel",
            "plpesel",
            "numerpesel",
            "nrpesel",
            "peselnumber",
            "peselno",
        ],
        is_national_id: true,
        named_score: score::CHECKSUM,
    },
    NumberRule {
        entity: EntityType::DeTaxId,
        lengths: lengths(&[11]),
        is_valid: is_german_tax_id,
        // 1 of 260 numbers so grouped.
        printed: &[Printed {
            groups: &[2, 3, 3, 3],
            separators: b" ",
            score: score::STRUCTURE,
        }],
        is_everyday: never,
        keys: &[
            "steuerid",
            "steueridnr",
            "steueridnummer",
            "steueridentnr",
            "steueridentifikationsnummer",
            "steueridentifikationsnr",
            "steuerlicheidentifikationsnummer",
            "steuerlichenidentifikationsnummer",
            "identifikationsnummer",
            "idnr",
            "tin",
            "taxid",
            "taxidnumber",
            "taxidentification",
            "taxidentificationnumber",
            "germantaxid",
            "detaxid",
        ],
        is_national_id: false,
        named_score: score::CHECKSUM,
    },
    // Forms with a sign, which prove themselves, are in `sweden`.
    NumberRule {
        entity: EntityType::SePersonnummer,
        lengths: lengths(&[10, 12]),
        is_valid: is_personnummer,
        printed: &[],
        is_everyday: never,
        keys: super::sweden::KEYS,
        is_national_id: true,
        named_score: score::CHECKSUM,
    },
    NumberRule {
        entity: EntityType::TrNationalId,
        lengths: lengths(&[11]),
        is_valid: is_turkish_id,
        printed: &[],
        is_everyday: never,
        keys: &[
            "tckn",
            "tckimlik",
            "tckimlikno",
            "tckimliknumarasi",
            "tckimliknumarası",
            "tcno",
            "tcid",
            "kimlik",
            "kimlikno",
            "kimliknumarasi",
            "kimliknumarası",
            "turkishid",
            "turkishidentity",
            "turkishnationalid",
            "trnationalid",
            "trid",
        ],
        is_national_id: true,
        named_score: score::CHECKSUM,
    },
];

/// NHS Data Dictionary, "NHS Number": weights 10 to 2, modulus 11; a check digit of 10 is never issued.
fn is_nhs_number(digits: &[u8]) -> bool {
    let Some((check, payload)) = digits.split_last() else {
        return false;
    };
    let expected = (11 - weighted(payload, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    expected == u32::from(*check) && payload.iter().any(|digit| digit != check)
}

/// Act on the population register (Dz.U. 2010 nr 217 poz. 1427), chapter 3: the month tells the century,
/// weights 1, 3, 7, 9.
fn is_pesel(digits: &[u8]) -> bool {
    let [_, _, m1, m2, d1, d2, ..] = digits else {
        return false;
    };
    has_day(two(*m1, *m2) % 20, two(*d1, *d2))
        && weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
}

/// BZSt, "Steuerliche Identifikationsnummer", § 139b AO and the check of ELSTER: ISO 7064 MOD 11,10; not
/// 0 first; of the first ten digits exactly one comes twice or three times, not three times in a row.
fn is_german_tax_id(digits: &[u8]) -> bool {
    let Some((_, payload)) = digits.split_last() else {
        return false;
    };
    let mut counts = [0u8; 10];
    for digit in payload {
        if let Some(count) = counts.get_mut(usize::from(*digit)) {
            *count += 1;
        }
    }
    let repeated = counts.iter().filter(|count| **count > 1).count();
    let is_row = payload
        .windows(3)
        .any(|three| matches!(three, [a, b, c] if a == b && b == c));
    !matches!(digits, [0, ..])
        && repeated == 1
        && counts.iter().all(|count| *count <= 3)
        && !is_row
        && passes_mod_11_10(digits)
}

/// Skatteverket, SKV 704: a date, of which the day is 60 more in a coordination number (SKV 707), a
/// birth number and Luhn over ten digits; twelve with the century.
pub(super) fn is_personnummer(digits: &[u8]) -> bool {
    let ten = match digits {
        [1, 8 | 9, ten @ ..] | [2, 0, ten @ ..] if digits.len() == 12 => ten,
        ten => ten,
    };
    let [_, _, m1, m2, d1, d2, ..] = ten else {
        return false;
    };
    let day = two(*d1, *d2);
    let day = if day > 60 { day - 60 } else { day };
    ten.len() == 10 && has_day(two(*m1, *m2), day) && passes_luhn(ten)
}

/// Nüfus ve Vatandaşlık İşleri, T.C. kimlik numarası: not 0 first; the tenth digit is seven times the
/// odd places less the even ones, the eleventh the sum of all before it, modulo 10.
fn is_turkish_id(digits: &[u8]) -> bool {
    let [payload @ .., tenth, eleventh] = digits else {
        return false;
    };
    let odd: u32 = payload.iter().step_by(2).copied().map(u32::from).sum();
    let even: u32 = payload
        .iter()
        .skip(1)
        .step_by(2)
        .copied()
        .map(u32::from)
        .sum();
    let tenth = u32::from(*tenth);
    !matches!(digits, [0, ..])
        && (odd * 7 + 100 - even) % 10 == tenth
        && (odd + even + tenth) % 10 == u32::from(*eleventh)
}
