//! What is found is gone from the redacted text, and of all last digits one makes a number valid.

use proptest::prelude::*;

use super::super::generators::clean_words;
use super::super::{found, quoted};
use super::VALID;
use crate::pii::EntityType::{self, *};
use crate::pii::{Detector, RedactionTemplate, redact, redact_url};

/// A key for every kind of [`VALID`].
fn key(entity: EntityType) -> &'static str {
    match entity {
        UsItin => "itin",
        AbaRoutingNumber => "routing_number",
        UsNpi => "npi",
        CaSin => "sin",
        UkNhs => "nhs_number",
        PlPesel => "pesel",
        DeTaxId => "steuer_id",
        SePersonnummer => "personnummer",
        TrNationalId => "tc_kimlik_no",
        InAadhaar => "aadhaar",
        KrRrn => "rrn",
        ThTnin => "thai_id",
        AuTfn => "tfn",
        AuMedicare => "medicare",
        AuAbn => "abn",
        ZaIdNumber => "za_id",
        MedicalLicense => "dea_number",
        UkNino => "nino",
        EsNif => "nif",
        EsNie => "nie",
        ItFiscalCode => "codice_fiscale",
        FiPersonalIdentityCode => "hetu",
        SgNricFin => "nric",
        InPan => "pan",
        other => panic!("no key for {other}"),
    }
}

/// A valid value, in groups of a random length or as it is.
fn value() -> impl Strategy<Value = (EntityType, String)> {
    let kinds = prop::sample::select(VALID);
    (
        kinds,
        any::<prop::sample::Index>(),
        0usize..6,
        prop::sample::select(vec![' ', '-', '.', '_']),
    )
        .prop_map(|((entity, values), index, length, separator)| {
            let value = *index.get(values);
            let is_signed = value.contains(['-', '+']);
            if length < 2 || is_signed {
                return (entity, value.to_owned());
            }
            let characters: Vec<char> = value.chars().collect();
            let groups: Vec<String> = characters.chunks(length).map(String::from_iter).collect();
            let divided = groups.join(&separator.to_string());
            (
                entity,
                if groups.len() > 8 {
                    value.to_owned()
                } else {
                    divided
                },
            )
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_named_value_is_gone_from_text((entity, value) in value(), before in clean_words(), after in clean_words()) {
        let text = format!("{before}{}: {value}, {after}", key(entity));
        prop_assert_eq!(found(&text), [(entity, value.as_str())]);
        let redacted = redact(&text, &Detector::new().scan(&text), &RedactionTemplate::default()).into_owned();
        prop_assert_eq!(redacted, format!("{before}{}: <REDACTED>, {after}", key(entity)));
    }

    #[test]
    fn a_named_value_is_gone_from_a_url((entity, value) in value()) {
        let escaped = value.replace(' ', "%20").replace('+', "%2B");
        let url = format!("https://api.example.com/v1/{}/{escaped}?page=2", key(entity));
        let findings = Detector::new().scan_url(&url);
        prop_assert_eq!(quoted(&url, &findings), [(entity, escaped.as_str())]);
        let redacted = redact_url(&url, &findings, &RedactionTemplate::default()).into_owned();
        prop_assert_eq!(redacted, format!("https://api.example.com/v1/{}/%3CREDACTED%3E?page=2", key(entity)));
    }

    #[test]
    fn one_of_ten_last_digits_is_valid(
        npi in "[12][0-9]{8}",
        sin in "[1-7][0-9]{7}",
        aba in "(0[1-9]|1[0-2]|2[1-9]|3[0-2])[0-9]{6}",
        aadhaar in "[2-9][0-9]{10}",
        thai in "[1-8][0-9]{11}",
        born in "[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])",
        serial in "[0-9]{4}",
    ) {
        // With the right last digit it would read the same backwards, and such numbers are not issued.
        let reads_alike = aadhaar.bytes().skip(1).zip(aadhaar.bytes().rev()).all(|(one, other)| one == other);
        prop_assume!(!reads_alike);
        let kinds = [
            (UsNpi, npi),
            (CaSin, sin),
            (AbaRoutingNumber, aba),
            (InAadhaar, aadhaar),
            (ThTnin, thai),
            (PlPesel, format!("{born}{serial}")),
            (SePersonnummer, format!("{born}-{}", &serial[..3])),
            (ZaIdNumber, format!("{born}{serial}08")),
        ];
        for (entity, payload) in kinds {
            let detector = Detector::with_entities([entity]);
            let valid = (0..10)
                .filter(|last| !detector.scan(&format!("{}={payload}{last}", key(entity))).is_empty())
                .count();
            prop_assert_eq!(valid, 1, "{}: {}", entity, payload);
        }
    }
}
