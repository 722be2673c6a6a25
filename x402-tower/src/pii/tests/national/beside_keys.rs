//! A key, a path segment or a word names the value.

use super::super::{assert_marked, found, found_in_url};
use super::valid;
use crate::pii::Detector;
use crate::pii::EntityType::{self, *};

/// Keys as they are written in parameters and JSON, and as they are written in text.
const KEYS: &[(EntityType, &[&str], &[&str])] = &[
    (
        UsItin,
        &["itin", "us_itin", "ITIN_NUMBER"],
        &[
            "ITIN",
            "individual taxpayer identification number",
            "tax ID",
        ],
    ),
    (
        AbaRoutingNumber,
        &["routing_number", "routing", "aba", "rtn", "routingNumber"],
        &["ABA", "routing number", "ABA routing no."],
    ),
    (
        UsNpi,
        &["npi", "npi_number", "providerNPI"],
        &["NPI", "National Provider Identifier"],
    ),
    (
        CaSin,
        &["sin", "ca_sin", "SIN_number"],
        &["SIN", "social insurance number", "Social Insurance No."],
    ),
    (
        UkNhs,
        &["nhs", "nhs_number", "nhsNumber", "patientNHS"],
        &["NHS", "NHS number", "NHS No"],
    ),
    (
        PlPesel,
        &["pesel", "PESEL", "userPesel", "pesel_number"],
        &["PESEL", "numer PESEL", "nr PESEL"],
    ),
    (
        DeTaxId,
        &["steuer_id", "steuerId", "idnr", "tax_id"],
        &[
            "Steuer-ID",
            "steuerliche Identifikationsnummer",
            "Steueridentifikationsnummer",
            "Steuer-IdNr.",
        ],
    ),
    (
        SePersonnummer,
        &["personnummer", "personnr", "customer_personnummer"],
        &["personnummer", "Personnr", "samordningsnummer"],
    ),
    (
        TrNationalId,
        &["tckn", "tc_kimlik_no", "tcKimlik", "national_id"],
        &["TC kimlik no", "T.C. Kimlik No", "Kimlik numarası"],
    ),
    (
        InAadhaar,
        &["aadhaar", "aadhar", "aadhaar_number", "aadhaarNo"],
        &["Aadhaar", "Aadhaar number", "UIDAI", "आधार"],
    ),
    (
        KrRrn,
        &["rrn", "kr_rrn", "jumin"],
        &["RRN", "resident registration number", "주민등록번호"],
    ),
    (
        ThTnin,
        &["thai_id", "tnin", "thaiNationalId"],
        &["Thai ID", "Thai national ID number", "เลขประจำตัวประชาชน"],
    ),
    (
        AuTfn,
        &["tfn", "au_tfn", "tax_file_number"],
        &["TFN", "tax file number"],
    ),
    (
        AuMedicare,
        &["medicare", "medicare_number", "medicareCard"],
        &["Medicare", "Medicare card number"],
    ),
    (
        AuAbn,
        &["abn", "ABN", "business_abn"],
        &["ABN", "Australian Business Number"],
    ),
    (
        ZaIdNumber,
        &["za_id", "south_african_id", "za_id_number"],
        &[
            "South African ID",
            "south african ID number",
            "SA ID number",
        ],
    ),
    (
        MedicalLicense,
        &["dea", "dea_number", "prescriberDEA"],
        &["DEA", "DEA number", "DEA No."],
    ),
    (
        UkNino,
        &["nino", "uk_nino", "national_insurance_number"],
        &["NINO", "National Insurance number", "NI number"],
    ),
    (
        EsNif,
        &["nif", "dni", "customer_nif"],
        &["NIF", "DNI", "DNI número"],
    ),
    (EsNie, &["nie", "nie_number"], &["NIE"]),
    (
        ItFiscalCode,
        &["codice_fiscale", "codiceFiscale", "cf"],
        &["codice fiscale", "Codice Fiscale"],
    ),
    (
        FiPersonalIdentityCode,
        &["hetu", "henkilotunnus"],
        &["HETU", "henkilötunnus", "personal identity code"],
    ),
    (
        SgNricFin,
        &["nric", "fin", "nric_fin"],
        &["NRIC", "NRIC no.", "FIN"],
    ),
    (
        InPan,
        &["pan", "pan_number", "panCard"],
        &["PAN", "permanent account number"],
    ),
];

#[test]
fn name_every_kind_in_parameters_paths_json_and_text() {
    for (entity, keys, words) in KEYS {
        for value in valid(*entity) {
            let expected = [(*entity, *value)];
            for key in *keys {
                for text in [
                    format!("{key}={value}"),
                    format!("{key}: {value}, amount: 10000"),
                    format!("{{\"amount\":\"10000\",\"{key}\":\"{value}\"}}"),
                    format!("{{\\\"{key}\\\":\\\"{value}\\\"}}"),
                ] {
                    assert_eq!(found(&text), expected, "in {text:?}");
                }
                for url in [
                    format!("https://api.example.com/v1?{key}={value}&page=2"),
                    format!("https://api.example.com/{key}/{value}"),
                    format!("https://api.example.com/patients/{key}/{value}/records?page=2"),
                ] {
                    assert_eq!(found_in_url(&url), expected, "in {url:?}");
                }
            }
            for word in *words {
                for text in [
                    format!("{word} {value}"),
                    format!("Look up {word}: {value}."),
                    format!("the {word} is {value} for 10000 units"),
                    format!("{word} of the customer is {value}"),
                    format!("{value} ({word})"),
                    format!("{value} is my {word}"),
                ] {
                    assert_eq!(found(&text), expected, "in {text:?}");
                }
            }
        }
    }
}

#[test]
fn allow_any_single_separators() {
    for (entity, keys, _) in KEYS {
        let value = valid(*entity)[0];
        let plain: Vec<char> = value.chars().filter(char::is_ascii_alphanumeric).collect();
        // The sign is a part of these.
        if *entity == FiPersonalIdentityCode {
            continue;
        }
        for separator in [" ", "-", ".", "_"] {
            let groups: Vec<String> = plain
                .chunks(3)
                .map(|group| group.iter().collect())
                .collect();
            let divided = groups.join(separator);
            let text = format!("{}: {divided}", keys[0]);
            assert_eq!(found(&text), [(*entity, divided.as_str())], "in {text:?}");
        }
    }
}

#[test]
fn are_not_enough_without_the_check_digit() {
    // Kinds with a check digit that tells every wrong digit apart, and how many digits it covers.
    let kinds = [
        AbaRoutingNumber,
        UsNpi,
        CaSin,
        UkNhs,
        PlPesel,
        DeTaxId,
        SePersonnummer,
        TrNationalId,
        InAadhaar,
        AuTfn,
        AuMedicare,
        AuAbn,
        ZaIdNumber,
        EsNif,
        EsNie,
        ItFiscalCode,
        FiPersonalIdentityCode,
        SgNricFin,
    ];
    for entity in kinds {
        let key = KEYS.iter().find(|(kind, ..)| *kind == entity).unwrap().1[0];
        for value in valid(entity) {
            for (at, digit) in value.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
                if entity == AuMedicare && at == 9 {
                    continue;
                }
                let digit = digit.to_digit(10).unwrap();
                for wrong in (0..10).filter(|wrong| *wrong != digit) {
                    let changed = format!("{}{wrong}{}", &value[..at], &value[at + 1..]);
                    let text = format!("{key}={changed}");
                    let kinds: Vec<EntityType> =
                        found(&text).iter().map(|(kind, _)| *kind).collect();
                    assert!(!kinds.contains(&entity), "in {text:?}, made of {value}");
                }
            }
        }
    }
}

#[test]
fn name_small_letters_too() {
    for entity in [
        UkNino,
        EsNif,
        EsNie,
        ItFiscalCode,
        SgNricFin,
        InPan,
        MedicalLicense,
    ] {
        let key = KEYS.iter().find(|(kind, ..)| *kind == entity).unwrap().1[0];
        for value in valid(entity) {
            let text = format!("{key}={}", value.to_lowercase());
            let found = found(&text);
            assert_eq!(
                found,
                [(entity, value.to_lowercase().as_str())],
                "in {text:?}"
            );
        }
    }
}

#[test]
fn make_one_surer() {
    let score = |text: &str| Detector::new().scan(text)[0].score;
    assert!(score("nif=12345678Z") > score("12345678Z"));
    assert!(score("aadhaar 2341 2341 2346") > score("2341 2341 2346"));
    assert!(score("npi=1234567893") > score("itin=912903457"));
}

#[test]
fn must_be_whole_words_beside_the_value() {
    assert_marked(
        UkNhs,
        &[
            "nhs=«9434765919»",
            "nhs=&amount=9434765919",
            "{\"nhs\":null,\"amount\":9434765919}",
            "{\"amount\":9434765919,\"nhs\":null}",
            "monhs 9434765919",
            "nhsx 9434765919",
            "nhs for ten patients, 9434765919",
            "amount 9434765919 nhs=1",
            "9434765919 is nhs: 1",
            "NHS trust funding 9434765919",
        ],
    );
    assert_marked(
        CaSin,
        &[
            "SIN «046 454 286»",
            "basin 130692544",
            "business 130692544",
            "using 130692544",
            "sin 130692545",
            "sin 0.130692544",
            "sin 130692544.5",
        ],
    );
    assert_marked(
        UsNpi,
        &[
            "«1245319599» (NPI)",
            "snpi=1245319599",
            "provider=1245319599",
            "npi 12453195990",
        ],
    );
    assert_marked(
        ZaIdNumber,
        &[
            "ID number 8001015009087",
            "za id number «8001015009087»",
            "plaza 8001015009087",
        ],
    );
}

#[test]
fn decide_between_kinds_of_the_same_form() {
    // Valid as either.
    let both = "123456782";
    assert_eq!(found(&format!("tfn={both}")), [(AuTfn, both)]);
    assert_eq!(found(&format!("sin={both}")), [(CaSin, both)]);
    assert_eq!(found("tfn 123 456 782"), [(AuTfn, "123 456 782")]);
    assert_eq!(found("NHS 943 476 5919"), [(UkNhs, "943 476 5919")]);
    assert_eq!(found("phone 415 555 2671"), [(PhoneNumber, "415 555 2671")]);
}

#[test]
fn name_korean_numbers_that_were_drawn_by_lot() {
    assert_marked(
        KrRrn,
        &[
            "rrn=«201105-3123456»",
            "rrn=«2011053123456»",
            "rrn=2013053123456",
            "201105-3123456",
        ],
    );
}

#[test]
fn name_old_tax_file_numbers_and_medicare_lines() {
    assert_marked(
        AuTfn,
        &["tfn=«37118629»", "tfn «818 544 02»", "tfn=37118628"],
    );
    assert_marked(
        AuMedicare,
        &[
            "medicare «2123 45670 1/1»",
            "medicare=«21234567011»",
            "medicare=21234567010",
        ],
    );
}

#[test]
fn name_a_value_in_another_part_of_a_url() {
    for (url, expected) in [
        (
            "https://h.example/v1/extract/pesel?value=44051401359",
            (PlPesel, "44051401359"),
        ),
        (
            "https://h.example/nhs?q=943%20476%205919&x=1",
            (UkNhs, "943%20476%205919"),
        ),
        (
            "https://h.example/people/44051401359?type=pesel",
            (PlPesel, "44051401359"),
        ),
        (
            "https://h.example/p?id=86095742719&id_type=steuer-id&x=1",
            (DeTaxId, "86095742719"),
        ),
        (
            "https://h.example/dni_cliente/12345678z",
            (EsNif, "12345678z"),
        ),
    ] {
        assert_eq!(found_in_url(url), [expected], "in {url:?}");
    }
    for url in [
        "https://h.example/pesel?page=44051401359",
        "https://h.example/p/44051401359?pesel=none",
        "https://h.example/p/44051401359?x=1&type=pesel",
        "https://h.example/p/44051401359?type=peselx",
    ] {
        assert_eq!(found_in_url(url), [], "in {url:?}");
    }
}

#[test]
fn may_be_followed_by_a_word_of_another_script() {
    assert_marked(
        InAadhaar,
        &["आधार संख्या «234123412346»", "संख्या «2341 2341 2346»"],
    );
}
