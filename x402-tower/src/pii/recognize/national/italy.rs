//! The fiscal code of Italy.

use super::super::super::EntityType;
use super::super::score;
use super::calendar::{has_day, two};
use super::code::{Code, CodeRule, Shape, never};
use super::printed::Printed;

pub(super) const RULES: &[CodeRule] = &[CodeRule {
    entity: EntityType::ItFiscalCode,
    shape: Shape::of("AAAAAA??A??A???A"),
    is_valid: is_fiscal_code,
    printed: &[
        Printed {
            groups: &[16],
            separators: b"",
            score: score::CHECKSUM,
        },
        Printed {
            groups: &[6, 5, 5],
            separators: b" -",
            score: score::CHECKSUM,
        },
        Printed {
            groups: &[3, 3, 5, 5],
            separators: b" -",
            score: score::CHECKSUM,
        },
    ],
    proves_itself_in_lower_case: true,
    is_everyday: never,
    keys: &[
        "codicefiscale",
        "codfiscale",
        "cf",
        "fiscale",
        "fiscalcode",
        "italianfiscalcode",
        "itfiscalcode",
        "taxcode",
        "taxid",
    ],
    named_score: score::CHECKSUM,
}];

/// Decreto Ministeriale 23 dicembre 1976: three letters each of surname and first name, year, a letter for the month, day
/// (40 more for women), a municipality and a check letter. Where two persons would share a code, digits from
/// the right are replaced by letters (omocodia).
fn is_fiscal_code(code: &Code) -> bool {
    let [
        s1,
        s2,
        s3,
        n1,
        n2,
        n3,
        y1,
        y2,
        month,
        d1,
        d2,
        _,
        p1,
        p2,
        p3,
        check,
    ] = code.characters()
    else {
        return false;
    };
    let (Some(d1), Some(d2)) = (digit(*d1), digit(*d2)) else {
        return false;
    };
    let Some(month) = b"ABCDEHLMPRST"
        .iter()
        .zip(1..)
        .find(|(letter, _)| *letter == month)
    else {
        return false;
    };
    let day = two(d1, d2);
    let day = if day > 40 { day - 40 } else { day };
    [y1, y2, p1, p2, p3]
        .into_iter()
        .all(|byte| digit(*byte).is_some())
        && is_part_of_name([*s1, *s2, *s3])
        && is_part_of_name([*n1, *n2, *n3])
        && has_day(month.1, day)
        && check_letter(code) == Some(*check)
}

/// Consonants before vowels, and X where a name is short.
fn is_part_of_name(letters: [u8; 3]) -> bool {
    let mut seen_vowel = false;
    letters.iter().all(|letter| {
        let is_vowel = matches!(letter, b'A' | b'E' | b'I' | b'O' | b'U');
        let fits = is_vowel || !seen_vowel || *letter == b'X';
        seen_vowel |= is_vowel;
        fits
    })
}

/// The value of a digit or of the letter that replaces it.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        _ => (0..)
            .zip(*b"LMNPQRSTUV")
            .find(|(_, letter)| *letter == byte)
            .map(|(value, _)| value),
    }
}

/// Article 7: characters in odd places count by a table of their own, those in even ones by their order.
fn check_letter(code: &Code) -> Option<u8> {
    let payload = code.characters().get(..15)?;
    let mut sum = 0u8;
    for (index, byte) in payload.iter().enumerate() {
        let order = match byte {
            b'0'..=b'9' => byte - b'0',
            _ => byte.checked_sub(b'A')?,
        };
        let value = if index % 2 == 0 {
            *ODD_PLACES.get(usize::from(order))?
        } else {
            order
        };
        sum = (sum + value) % 26;
    }
    Some(b'A' + sum)
}

/// For A to Z; 0 to 9 count as A to J.
const ODD_PLACES: [u8; 26] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];
