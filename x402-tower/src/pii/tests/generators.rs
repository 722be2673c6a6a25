//! Values for property tests, with valid check digits.

use proptest::prelude::*;

use crate::pii::EntityType;

/// An IBAN with its check digits computed.
pub(super) fn iban(country: &str, bban: &str) -> String {
    let remainder = format!("{bban}{country}00")
        .chars()
        .fold(0, |remainder, character| {
            let value = character.to_digit(36).unwrap();
            (remainder * if value < 10 { 10 } else { 100 } + value) % 97
        });
    format!("{country}{:02}{bban}", 98 - remainder)
}

/// A card number with its check digit computed.
fn card(payload: &str) -> String {
    let sum: u32 = payload
        .chars()
        .rev()
        .enumerate()
        .map(|(position, digit)| {
            let digit = digit.to_digit(10).unwrap();
            if position % 2 == 1 {
                digit
            } else {
                digit * 2 / 10 + digit * 2 % 10
            }
        })
        .sum();
    format!("{payload}{}", (10 - sum % 10) % 10)
}

fn grouped(digits: &str, separator: &str) -> String {
    let characters: Vec<char> = digits.chars().collect();
    let groups: Vec<String> = characters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(separator)
}

/// A value of some kind and the text that writes it.
pub(super) fn personal_value() -> impl Strategy<Value = (EntityType, String)> {
    let email = "[a-z]([a-z0-9._+-]{0,10}[a-z0-9])?@[a-z][a-z0-9]{0,8}\\.(com|org|co\\.uk|io|dev)";
    let separator = || prop::sample::select(vec!["", " ", "-"]);
    let payload =
        "(4[0-9]{13}|5[1-5][0-9]{12}|222[1-9][0-9]{10}|65[0-9]{12}|35[3-8][0-9]{11})[1-9]";
    let space = prop::sample::select(vec!["", " "]);
    let lower = any::<bool>();
    prop_oneof![
        email.prop_map(|address| (EntityType::EmailAddress, address)),
        (payload, separator()).prop_map(|(payload, separator)| (
            EntityType::CreditCard,
            grouped(&card(&payload), separator)
        )),
        (
            "[1-5][0-9]{2}",
            "[1-9][0-9]",
            "[1-9][0-9]{3}",
            prop::sample::select(vec!["-", " "])
        )
            .prop_map(|(area, group, serial, separator)| (
                EntityType::UsSsn,
                [area, group, serial].join(separator)
            )),
        ("[0-9]{18}", space, lower).prop_map(|(bban, space, lower)| {
            let number = grouped(&iban("DE", &bban), space);
            (
                EntityType::IbanCode,
                if lower { number.to_lowercase() } else { number },
            )
        }),
        prop_oneof![
            "\\+1[ .-]?[2-9][0-9]{2}[ .-]?[2-9][0-9]{2}[ .-]?[0-9]{3}[1-9]",
            "\\+4[4-9] ?[1-9][0-9]{2} ?[0-9]{5}[1-9]",
            "\\([2-9][0-9]{2}\\) ?[2-9][0-9]{2}[ .-][0-9]{4}",
            "[2-9][0-9]{2}-[2-9][0-9]{2}-[0-9]{4}",
        ]
        .prop_map(|number| (EntityType::PhoneNumber, number)),
        (1u8..=126, any::<[u8; 3]>())
            .prop_map(|(a, [b, c, d])| (EntityType::IpAddress, format!("{a}.{b}.{c}.{d}"))),
        (0x2000u16..0x4000, any::<[u16; 7]>()).prop_map(|(first, [b, c, d, e, f, g, h])| {
            (
                EntityType::IpAddress,
                std::net::Ipv6Addr::new(first, b, c, d, e, f, g, h).to_string(),
            )
        }),
    ]
}

/// Words that hold nothing personal and no character that joins them to a value.
pub(super) fn clean_words() -> impl Strategy<Value = String> {
    "([a-uw-zé谢]{3,9} ){0,4}"
}

/// Text made of the pieces that recognizers look for, to reach deep into them.
pub(super) fn suspicious_text() -> impl Strategy<Value = String> {
    let pieces = vec![
        "@", ".", "-", " ", "+", "%", "%40", "%2540", "%20", "%C3", ":", "::", "(", ")", "/", "_",
        "a", "x", "ssn", "phone", "com", "GB82", "DE89", "WEST", "0", "1", "4111", "1111", "123",
        "45", "6789", "415", "555", "2671", "255", "fe80", "ffff", "é", "谢", "\u{200b}", "😀",
        "\u{0}", "\"", "=", "&", "?", "#", "https://", "\\", "[", "]",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..24).prop_map(|pieces| pieces.concat())
}

/// A valid value of every kind with what has to stand beside it, the value between `«` and `»`. Kinds that
/// a detector looks for only when asked to are in [`OPT_IN_EXAMPLES`].
pub(super) const EXAMPLES: &[(EntityType, &str)] = &[
    (EntityType::EmailAddress, "«alice.martin@example.com»"),
    (EntityType::CreditCard, "«4111 1111 1111 1111»"),
    (EntityType::UsSsn, "«123-45-6789»"),
    (EntityType::IbanCode, "«DE89 3704 0044 0532 0130 00»"),
    (EntityType::PhoneNumber, "«+1 415-555-2671»"),
    (EntityType::IpAddress, "«203.0.113.7»"),
    (EntityType::MacAddress, "«00:1a:2b:3c:4d:5e»"),
    (EntityType::UsItin, "«912-90-3457»"),
    (EntityType::AbaRoutingNumber, "routing number «021000021»"),
    (EntityType::UsNpi, "NPI «1234567893»"),
    (EntityType::MedicalLicense, "«AB1234563»"),
    (EntityType::UkNhs, "NHS «943 476 5919»"),
    (EntityType::UkNino, "«AB 12 34 56 C»"),
    (EntityType::EsNif, "«12345678Z»"),
    (EntityType::EsNie, "«X1234567L»"),
    (EntityType::ItFiscalCode, "«RSSMRA85T10A562S»"),
    (EntityType::PlPesel, "PESEL «44051401359»"),
    (EntityType::DeTaxId, "Steuer-ID «86095742719»"),
    (EntityType::FiPersonalIdentityCode, "«131052-308T»"),
    (EntityType::SePersonnummer, "«811228-9874»"),
    (EntityType::InAadhaar, "«2341 2341 2346»"),
    (EntityType::InPan, "«ABCPE1234F»"),
    (EntityType::AuTfn, "TFN «123 456 782»"),
    (EntityType::AuMedicare, "«2123 45670 1»"),
    (EntityType::AuAbn, "«53 004 085 616»"),
    (EntityType::CaSin, "SIN «130 692 544»"),
    (EntityType::SgNricFin, "«S1234567D»"),
    (EntityType::KrRrn, "«971013-1019901»"),
    (EntityType::ThTnin, "«1-2345-45678-78-1»"),
    (EntityType::TrNationalId, "TC kimlik no «10000000146»"),
    (EntityType::ZaIdNumber, "«800101 5009 08 7»"),
];

/// The same for kinds that have to be asked for.
pub(super) const OPT_IN_EXAMPLES: &[(EntityType, &str)] = &[
    (EntityType::DateOfBirth, "date of birth: «1985-10-01»"),
    (EntityType::UsPassport, "passport «C12345678»"),
    (EntityType::UsDriverLicense, "driver's license «D1234567»"),
    (EntityType::UsBankNumber, "bank account «1234567890»"),
    (EntityType::WorkloadClass, "«ml-training»"),
    (EntityType::DataClassification, "«CONFIDENTIAL»"),
    (EntityType::QueryPattern, "«SELECT balance FROM accounts»"),
];
