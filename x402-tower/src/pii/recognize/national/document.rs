//! Documents and accounts of the United States whose numbers have no check: only a key or word tells
//! them from any other number.

use super::super::super::EntityType;
use super::super::super::entity::EntitySet;
use super::super::super::outline::Outline;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::{Hits, Recognizer, score};
use super::naming::{Keys, Label, followed_by};

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: EntitySet::of(&[
        EntityType::UsPassport,
        EntityType::UsDriverLicense,
        EntityType::UsBankNumber,
    ]),
    may_match: |outline| outline.digits >= FEWEST_DIGITS && outline.has_letter,
    recognize,
};

/// A kind of document: the form of its number and what it is called.
struct DocumentRule {
    entity: EntityType,
    /// Whether a number with so many letters before so many digits may be one.
    has_form: fn(letters: usize, digits: usize) -> bool,
    keys: Keys,
}

const FEWEST_DIGITS: usize = 6;
/// New Jersey, Washington and others have letters and 14 digits or fewer; a bank account has up to 17.
const LONGEST: usize = 19;

const RULES: [DocumentRule; 3] = [
    // 22 CFR 51 and ICAO Doc 9303: nine digits, or since 2021 a letter and eight digits.
    DocumentRule {
        entity: EntityType::UsPassport,
        has_form: |letters, digits| matches!((letters, digits), (0, 9) | (1, 8)),
        keys: &[
            "passport",
            "passports",
            "uspassport",
            "passportnumber",
            "passportno",
            "passportid",
            "passportbook",
        ],
    },
    // AAMVA, Driver License numbering by state: up to three letters and six to fourteen digits.
    DocumentRule {
        entity: EntityType::UsDriverLicense,
        has_form: |letters, digits| letters <= 3 && (6..=14).contains(&digits),
        keys: &[
            "driverlicense",
            "driverlicence",
            "driverslicense",
            "driverslicence",
            "drivinglicense",
            "drivinglicence",
            "driverslicensenumber",
            "driverlicensenumber",
            "driverpermit",
            "dl",
            "dln",
            "dlnumber",
            "dlno",
            "licensenumber",
            "licensno",
        ],
    },
    // NACHA, Entry Detail Record: an account number has at most 17 characters.
    DocumentRule {
        entity: EntityType::UsBankNumber,
        has_form: |letters, digits| letters == 0 && (6..=17).contains(&digits),
        keys: &[
            "bankaccount",
            "bankaccountnumber",
            "bankaccountno",
            "accountnumber",
            "accountno",
            "acct",
            "acctno",
            "acctnumber",
            "checkingaccount",
            "savingsaccount",
            "depositaccount",
            "usbanknumber",
            "ddanumber",
        ],
    },
];

fn recognize(view: &View<'_>, _outline: &Outline, hits: &mut Hits) {
    let length = view.bytes().len();
    let find = |from: usize, inside: bool| {
        (from..length).find(|at| {
            step();
            view.at(*at).is_ascii_alphanumeric() == inside
        })
    };
    let mut position = 0;
    while let Some(start) = find(position, true) {
        position = find(start, false).unwrap_or(length);
        if position - start > LONGEST {
            continue;
        }
        let mut label = None;
        let found = [false, true].into_iter().find_map(|may_be_divided| {
            let number = number_at(view, start, may_be_divided)?;
            let label = label.get_or_insert_with(|| Label::before(view, start));
            let rule = RULES.iter().find(|rule| {
                hits.wants(rule.entity)
                    && (rule.has_form)(number.letters, number.digits)
                    && (label.names(rule.keys) || followed_by(view, number.end, rule.keys))
            })?;
            Some((rule.entity, number.end))
        });
        if let Some((entity, end)) = found {
            position = end;
            hits.push(entity, start..end, score::UNMISTAKABLE);
        }
    }
}

/// Letters, then digits.
struct Number {
    letters: usize,
    digits: usize,
    end: usize,
}

/// The number that starts at `start`; single spaces or dashes may divide its digits.
fn number_at(view: &View<'_>, start: usize, may_be_divided: bool) -> Option<Number> {
    let (mut letters, mut digits, mut end) = (0, 0, start);
    loop {
        let byte = view.at(end);
        step();
        if byte.is_ascii_digit() {
            digits += 1;
        } else if byte.is_ascii_alphabetic() && digits == 0 && letters < 3 {
            letters += 1;
        } else {
            let divides = may_be_divided
                && end > start
                && (byte == b'-' || view.is_space(byte))
                && view.at(end + 1).is_ascii_digit();
            if !divides || digits > LONGEST {
                break;
            }
        }
        end += 1;
    }
    let is_whole = !view.at(end).is_ascii_alphanumeric();
    (is_whole && digits >= FEWEST_DIGITS).then_some(Number {
        letters,
        digits,
        end,
    })
}
