//! What is written in other ways: at least one value of every kind, with what must stand beside it.

use crate::pii::EntityType::{self, *};
use crate::pii::tests::crypto::ADDRESSES;
use crate::pii::tests::generators::{EXAMPLES, OPT_IN_EXAMPLES};
use crate::pii::tests::secret::values::{
    ARMOURED, HEX, HOOK, PAIR_BYTES, PHRASES, RANDOM, SERVICE_KEYS, TOKEN, WALLET_KEYS,
};
use crate::pii::{Detector, Finding};

/// A kind, and a text in which one value of it stands between `«` and `»`.
const MARKED: &[(EntityType, &str)] = &[
    (EmailAddress, "mail «alice.martin@example.com» today"),
    (EmailAddress, "«henry.ford+tag@sub.example.org»"),
    (CreditCard, "card «4111-1111-1111-1111» today"),
    (CreditCard, "«5555555555554444»"),
    (CreditCard, "«3782 822463 10005»"),
    (UsSsn, "patient «533-12-3456» today"),
    (UsSsn, "ssn «533123456»"),
    (IbanCode, "pay «DE89370400440532013000» today"),
    (IbanCode, "«GB82 WEST 1234 5698 7654 32»"),
    (PhoneNumber, "call «+442071838750» today"),
    (PhoneNumber, "«(415) 555-2671»"),
    (IpAddress, "from «203.0.113.7» today"),
    (IpAddress, "«2001:db8::8a2e:370:7334»"),
];

/// The same beside words of other scripts and with marks, and in small letters, which count beside a word alone.
const NAMED: &[(EntityType, &str)] = &[
    (InAadhaar, "आधार «234123412346»"),
    (KrRrn, "주민등록번호 «9710131019901»"),
    (ThTnin, "เลขประจำตัวประชาชน «1234545678781»"),
    (ThTnin, "บัตรประชาชน: «1234545678781»"),
    (TrNationalId, "T.C. kimlik numarası «10000000146»"),
    (SePersonnummer, "födelsenummer «8112289874»"),
    (CaSin, "numéro d'assurance sociale: «130692544»"),
    (FiPersonalIdentityCode, "henkilötunnus «131052-308t»"),
    (EsNie, "número de identidad de extranjero «x1234567l»"),
    (EsNif, "identificación fiscal: «12345678z»"),
    (MedicalLicense, "DEA number «ab1234563»"),
    (UkNino, "national insurance number «ab 12 34 56 c»"),
    (InPan, "permanent account number «abcpe1234f»"),
    (SgNricFin, "NRIC «s1234567d»"),
    (ItFiscalCode, "codice fiscale «rssmra85t10a562s»"),
    (MacAddress, "mac «00-10-22-33-44-55»"),
    (DateOfBirth, "дата рождения: «1985-10-01»"),
    (DateOfBirth, "Дата рождения: «01.10.1985»"),
    (DateOfBirth, "生年月日 «1985-10-01»"),
    (DateOfBirth, "생년월일 «1985-10-01»"),
    (DateOfBirth, "née le «01/10/1985»"),
    (DateOfBirth, "fødselsdato «01.10.1985»"),
    (DateOfBirth, "doğum tarihi «01.10.1985»"),
    (DateOfBirth, "syntymäaika «01.10.1985»"),
    (UsBankNumber, "account_number=«1234567890»"),
    (WorkloadClass, "workload_class=«nightly»"),
    (DataClassification, "sensitivity: «high»"),
    (QueryPattern, "sql=«daily»"),
];

/// A value and what stands beside it.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) entity: EntityType,
    pub(super) before: String,
    pub(super) text: String,
    pub(super) after: String,
}

impl Value {
    pub(super) fn marked(entity: EntityType, text: &str) -> Self {
        let (before, rest) = text.split_once('«').unwrap();
        let (value, after) = rest.split_once('»').unwrap();
        Self {
            entity,
            before: before.to_owned(),
            text: value.to_owned(),
            after: after.to_owned(),
        }
    }

    /// Whether it is this text, the value in it between `«` and `»`.
    pub(super) fn is_marked_as(&self, text: &str) -> bool {
        *text == format!("{}«{}»{}", self.before, self.text, self.after)
    }

    /// Looks for this kind: those that are on by default together, others alone.
    pub(super) fn scan(&self, text: &str) -> Vec<Finding> {
        if EntityType::DEFAULT.contains(&self.entity) {
            Detector::new().scan(text)
        } else {
            Detector::with_entities([self.entity]).scan(text)
        }
    }

    /// Whether nothing needs to stand beside it.
    pub(super) fn is_found_alone(&self) -> bool {
        self.scan(&self.text)
            .iter()
            .any(|found| found.entity == self.entity)
    }

    /// Whether capitals and small letters are the same in it: every secret but two forms is of random letters.
    pub(super) fn has_any_case(&self) -> bool {
        match self.entity {
            Secret => self.text == HEX || PHRASES.contains(&self.text.as_str()),
            Crypto => self.text.starts_with("bc1"),
            _ => true,
        }
    }
}

/// All of them.
pub(super) fn values() -> Vec<Value> {
    let marked = [MARKED, NAMED, EXAMPLES, OPT_IN_EXAMPLES].concat();
    let alone = |entity, text: &str| Value::marked(entity, &format!("«{text}»"));
    let secrets = [WALLET_KEYS, PHRASES, SERVICE_KEYS, &[TOKEN, HOOK]].concat();
    let armoured = format!("-----BEGIN PRIVATE KEY-----\n{ARMOURED}\n-----END PRIVATE KEY-----");
    marked
        .into_iter()
        .map(|(entity, text)| Value::marked(entity, text))
        .chain(secrets.into_iter().map(|text| alone(Secret, text)))
        .chain([
            alone(Secret, &armoured),
            alone(Secret, &format!("[{PAIR_BYTES}]")),
            Value::marked(Secret, &format!("private key: «{HEX}»")),
            Value::marked(Secret, &format!("api key «{RANDOM}» today")),
        ])
        .chain(ADDRESSES.iter().map(|text| alone(Crypto, text)))
        .collect()
}
