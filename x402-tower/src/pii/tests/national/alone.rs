//! A printed form proves itself.

use super::super::{assert_marked, found, found_in_url};
use super::valid;
use crate::pii::EntityType::{self, *};

/// The value in groups of these lengths.
fn divided(value: &str, groups: &[usize], separator: char) -> String {
    let mut characters = value.chars().filter(char::is_ascii_alphanumeric);
    let groups: Vec<String> = groups
        .iter()
        .map(|length| characters.by_ref().take(*length).collect())
        .collect();
    assert_eq!(characters.next(), None, "{value}");
    groups.join(&separator.to_string())
}

const PRINTED: &[(EntityType, &[usize], &[char])] = &[
    (UsItin, &[3, 2, 4], &['-', ' ']),
    (DeTaxId, &[2, 3, 3, 3], &[' ']),
    (InAadhaar, &[4, 4, 4], &['-', ' ']),
    (KrRrn, &[6, 7], &['-']),
    (ThTnin, &[1, 4, 5, 2, 1], &['-', ' ']),
    (AuMedicare, &[4, 5, 1], &['-', ' ']),
    (AuAbn, &[2, 3, 3, 3], &[' ']),
    (ZaIdNumber, &[6, 4, 2, 1], &['-', ' ']),
    (ZaIdNumber, &[6, 4, 3], &['-', ' ']),
    (SePersonnummer, &[6, 4], &['-', '+']),
    (EsNif, &[8, 1], &['-', ' ']),
    (EsNie, &[1, 7, 1], &['-', ' ']),
    (EsNie, &[1, 8], &['-']),
    (EsNie, &[8, 1], &['-']),
    (SgNricFin, &[1, 7, 1], &['-', ' ']),
    (UkNino, &[2, 2, 2, 2, 1], &['-', ' ']),
    (UkNino, &[2, 6, 1], &[' ']),
    (InPan, &[5, 4, 1], &['-', ' ']),
    (ItFiscalCode, &[6, 5, 5], &['-', ' ']),
    (ItFiscalCode, &[3, 3, 5, 5], &['-', ' ']),
];

#[test]
fn is_found_in_text_and_urls() {
    for (entity, groups, separators) in PRINTED {
        for value in valid(*entity) {
            for separator in *separators {
                let printed = divided(value, groups, *separator);
                for text in [
                    printed.clone(),
                    format!("Report for {printed}, please"),
                    format!("({printed})"),
                    format!("subject={printed}&x=1"),
                    format!("{{\"subject\":\"{printed}\"}}"),
                    format!("see {printed}."),
                ] {
                    assert_eq!(found(&text), [(*entity, printed.as_str())], "in {text:?}");
                }
                if *separator == '+' {
                    continue;
                }
                for space in ["+", "%20"] {
                    let escaped = printed.replace(' ', space);
                    let url = format!("https://api.example.com/lookup/{escaped}?q={escaped}#x");
                    let expected = (*entity, escaped.as_str());
                    assert_eq!(found_in_url(&url), [expected, expected], "in {url:?}");
                }
            }
        }
    }
}

#[test]
fn with_a_letter_is_found_undivided() {
    for entity in [
        EsNif,
        EsNie,
        ItFiscalCode,
        SgNricFin,
        UkNino,
        InPan,
        MedicalLicense,
        FiPersonalIdentityCode,
    ] {
        for value in valid(entity) {
            for text in [
                (*value).to_owned(),
                format!("Report for {value}, please"),
                format!("subject={value}&x=1"),
                format!("{value}."),
                format!("번호{value}입니다"),
            ] {
                assert_eq!(found(&text), [(entity, *value)], "in {text:?}");
            }
            if value.contains('+') {
                continue;
            }
            for url in [
                format!("https://api.example.com/people/{value}"),
                format!("https://api.example.com/people/{value}.json"),
                format!("https://api.example.com/people?id={value}&x=1"),
            ] {
                assert_eq!(found_in_url(&url), [(entity, *value)], "in {url:?}");
            }
        }
    }
}

#[test]
fn of_digits_is_never_found_undivided() {
    for (entity, ..) in PRINTED {
        for value in valid(*entity) {
            let plain: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
            if plain.bytes().any(|byte| byte.is_ascii_alphabetic()) {
                continue;
            }
            for text in [
                plain.clone(),
                format!("amount={plain}"),
                format!("{{\"amount\":\"{plain}\",\"id\":{plain}}}"),
                format!("https://api.example.com/orders/{plain}?ts={plain}"),
            ] {
                // One in ten of those that start like a payment card passes for one.
                let found = found(&text);
                assert!(
                    found.iter().all(|(kind, _)| *kind == CreditCard),
                    "in {text:?}: {found:?}"
                );
            }
        }
    }
}

#[test]
fn is_not_found_in_something_longer() {
    assert_marked(
        EsNif,
        &[
            "«12345678Z»",
            "«12.345.678-Z»",
            "a12345678Z",
            "12345678Zx",
            "0x12345678Z",
            "ord-12345678Z",
            "12345678Z-1",
            "id_12345678Z",
            "12345678z",
            "20260117Z",
            "2026-01-17T12345678Z",
            "3456789A",
        ],
    );
    assert_marked(
        InAadhaar,
        &[
            "«2341 2341 2346»",
            "12341 2341 2346",
            "5555 2341 2341 2346",
            "2341 2341 2346 5555",
            "a1b2c3d4-2341-2341-2346-0123456789ab",
            "2341-2341 2346",
            "1234-1234-1234",
        ],
    );
    assert_marked(
        SgNricFin,
        &[
            "«S1234567D»",
            "S1234567E",
            "s1234567d",
            "S1234567d",
            "xS1234567D",
            "S1234567D0",
            "MS1234567D",
        ],
    );
    assert_marked(
        UkNino,
        &[
            "«AB123456C»",
            "AB123456E",
            "ab123456c",
            "GB123456A",
            "QQ123456C",
            "AB1234567C",
            "TAB123456C",
        ],
    );
    assert_marked(
        InPan,
        &[
            "«ABCPE1234F»",
            "abcpe1234f",
            "ABCDE1234F",
            "ABCPE0000F",
            "ABCPE12345",
            "XABCPE1234F",
        ],
    );
    assert_marked(
        ItFiscalCode,
        &[
            "«RSSMRA85T10A562S»",
            "«rssmra85t10a562s»",
            "RSSmra85T10A562S",
            "RSSMRA85T10A562T",
            "RSSMRA85F10A562S",
            "RSSMRA85T10A562SX",
        ],
    );
    assert_marked(
        MedicalLicense,
        &[
            "«AB1234563»",
            "AB1234564",
            "ab1234563",
            "PO1234563",
            "SK1234563",
        ],
    );
}

#[test]
fn is_no_date_with_a_number_of_the_day() {
    // Each passes the check of Swedish numbers, Finnish ones or Aadhaar.
    for text in NUMBERS_OF_THE_DAY {
        assert_eq!(found(text), [], "in {text:?}");
    }
    assert_marked(
        SePersonnummer,
        &[
            "«811228-9874»",
            "«19811228-9874»",
            "811328-9874",
            "811228-9875",
            "ORD-811228-9874",
            "811228-98740",
            "811228-9874-1",
        ],
    );
}

#[test]
fn is_no_amount() {
    // Valid business and tax numbers.
    for text in [
        "53 004 085 616 USDC",
        "amount 53 004 085 616",
        "total: 53 004 085 616",
        "€53 004 085 616",
        "$53 004 085 616",
        "53 004 085 616 €",
        "86 095 742 719 wei",
        "1 53 004 085 616",
        "53 004 085 616 001",
        "53,004,085,616",
    ] {
        assert_eq!(found(text), [], "in {text:?}");
    }
    assert_eq!(found("53 004 085 616"), [(AuAbn, "53 004 085 616")]);
}

const NUMBERS_OF_THE_DAY: &[&str] = &[
    "260117-0018",
    "20250601-0004",
    "170126-0160",
    "2026-0117-0004",
];
