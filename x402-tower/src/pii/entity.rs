//! The kinds of personal data that the detector knows.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::CustomEntity;
use crate::secret_text::name_to_show;

/// Declares the kinds once, with the name and the documentation of each.
macro_rules! entity_types {
    ($($(#[$meta:meta])* $variant:ident = $name:literal,)+) => {
        /// A kind of personal data, named as Microsoft Presidio names it where it knows the kind.
        ///
        /// ```
        /// use x402_tower::pii::EntityType;
        ///
        /// assert_eq!("US_SSN".parse::<EntityType>()?, EntityType::UsSsn);
        /// assert_eq!(EntityType::EmailAddress.as_str(), "EMAIL_ADDRESS");
        /// # Ok::<(), x402_tower::pii::ParseEntityTypeError>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum EntityType {
            $($(#[$meta])* $variant,)+
            /// A kind of one's own, found by a [`CustomRecognizer`](super::CustomRecognizer).
            Custom(CustomEntity),
        }

        /// The built-in kinds, numbered.
        enum BuiltIn {
            $($variant,)+
        }

        impl EntityType {
            /// Every built-in kind, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name of the kind, such as `EMAIL_ADDRESS`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::Custom(own) => own.as_str(),
                }
            }

            /// The number of a built-in kind.
            const fn number(self) -> Option<u32> {
                match self {
                    $(Self::$variant => Some(BuiltIn::$variant as u32),)+
                    Self::Custom(_) => None,
                }
            }
        }
    };
}

entity_types! {
    /// An e-mail address (RFC 5321 mailbox with a dotted domain, internationalised or not).
    EmailAddress = "EMAIL_ADDRESS",
    /// A payment card number of 13 to 19 digits (ISO/IEC 7812) with a known issuer range and a valid
    /// Luhn digit.
    CreditCard = "CREDIT_CARD",
    /// A United States social security number that the SSA could have issued.
    UsSsn = "US_SSN",
    /// An international bank account number (ISO 13616) with valid check digits.
    IbanCode = "IBAN_CODE",
    /// A telephone number: international (ITU-T E.164, with `+`) or in a national form.
    PhoneNumber = "PHONE_NUMBER",
    /// An IPv4 or IPv6 address that can identify a host; loopback and unspecified addresses cannot.
    IpAddress = "IP_ADDRESS",
    /// A hardware address of 48 bits (IEEE 802), not of a group and not all zeros.
    MacAddress = "MAC_ADDRESS",
    /// A United States individual taxpayer identification number (900 to 999, group 50 to 65, 70 to 88,
    /// 90 to 92 or 94 to 99).
    UsItin = "US_ITIN",
    /// A United States bank routing number with its 3-7-1 check digit.
    AbaRoutingNumber = "ABA_ROUTING_NUMBER",
    /// A United States national provider identifier: Luhn after the prefix 80840.
    UsNpi = "US_NPI",
    /// A United States DEA registration of someone who prescribes.
    MedicalLicense = "MEDICAL_LICENSE",
    /// A British National Health Service number, modulus 11.
    UkNhs = "UK_NHS",
    /// A British national insurance number.
    UkNino = "UK_NINO",
    /// A Spanish tax number of a citizen, with its letter modulo 23.
    EsNif = "ES_NIF",
    /// A Spanish identity number of a foreigner, with its letter modulo 23.
    EsNie = "ES_NIE",
    /// An Italian fiscal code with its check letter.
    ItFiscalCode = "IT_FISCAL_CODE",
    /// A Polish PESEL: a date of birth and a check digit.
    PlPesel = "PL_PESEL",
    /// A German tax identification number, ISO 7064 MOD 11,10.
    DeTaxId = "DE_TAX_ID",
    /// A Finnish personal identity code: a date of birth and a check character modulo 31.
    FiPersonalIdentityCode = "FI_PERSONAL_IDENTITY_CODE",
    /// A Swedish personal identity number: a date of birth and a Luhn digit.
    SePersonnummer = "SE_PERSONNUMMER",
    /// An Indian Aadhaar number with its Verhoeff digit.
    InAadhaar = "IN_AADHAAR",
    /// An Indian permanent account number.
    InPan = "IN_PAN",
    /// An Australian tax file number, modulus 11.
    AuTfn = "AU_TFN",
    /// An Australian Medicare card number with its check digit.
    AuMedicare = "AU_MEDICARE",
    /// An Australian business number, modulus 89: sole traders have one.
    AuAbn = "AU_ABN",
    /// A Canadian social insurance number with its Luhn digit.
    CaSin = "CA_SIN",
    /// A Singaporean NRIC or FIN with its check letter.
    SgNricFin = "SG_NRIC_FIN",
    /// A South Korean resident registration number: a date of birth, a century and a region.
    KrRrn = "KR_RRN",
    /// A Thai national identification number, modulus 11.
    ThTnin = "TH_TNIN",
    /// A Turkish national identification number with its two check digits.
    TrNationalId = "TR_NATIONAL_ID",
    /// A South African identity number: a date of birth and a Luhn digit.
    ZaIdNumber = "ZA_ID_NUMBER",
    /// A private key, a recovery phrase, a token or another key that gives access.
    Secret = "SECRET",
    /// A wallet address. Off by default: in payments they are everyday.
    Crypto = "CRYPTO",
    /// A date beside a key or word that says it is one of birth. Off by default.
    DateOfBirth = "DATE_OF_BIRTH",
    /// A United States passport number beside a key or word that says so. Off by default.
    UsPassport = "US_PASSPORT",
    /// A United States driver's licence number beside a key or word that says so. Off by default.
    UsDriverLicense = "US_DRIVER_LICENSE",
    /// A United States bank account number beside a key or word that says so. Off by default.
    UsBankNumber = "US_BANK_NUMBER",
    /// A word that tells what a workload is for, in metadata of provisioning. Off by default.
    WorkloadClass = "WORKLOAD_CLASS",
    /// A word that tells how secret data is, in metadata of provisioning. Off by default.
    DataClassification = "DATA_CLASSIFICATION",
    /// A word that tells how data is asked for, in metadata of provisioning. Off by default.
    QueryPattern = "QUERY_PATTERN",
    /// The name of a person. Found in [`DetectionMode::Nlp`](super::DetectionMode) alone.
    Person = "PERSON",
    /// The name of a place. Found in [`DetectionMode::Nlp`](super::DetectionMode) alone.
    Location = "LOCATION",
    /// The name of a company or institution. Found in [`DetectionMode::Nlp`](super::DetectionMode) alone.
    Organization = "ORGANIZATION",
}

impl EntityType {
    /// What a detector looks for when nothing else is said: kinds whose form proves itself, secrets, and
    /// [names](Self::NAMES) in the mode that can find them.
    pub const DEFAULT: &'static [Self] = &[
        Self::EmailAddress,
        Self::CreditCard,
        Self::UsSsn,
        Self::IbanCode,
        Self::PhoneNumber,
        Self::IpAddress,
        Self::MacAddress,
        Self::UsItin,
        Self::AbaRoutingNumber,
        Self::UsNpi,
        Self::MedicalLicense,
        Self::UkNhs,
        Self::UkNino,
        Self::EsNif,
        Self::EsNie,
        Self::ItFiscalCode,
        Self::PlPesel,
        Self::DeTaxId,
        Self::FiPersonalIdentityCode,
        Self::SePersonnummer,
        Self::InAadhaar,
        Self::InPan,
        Self::AuTfn,
        Self::AuMedicare,
        Self::AuAbn,
        Self::CaSin,
        Self::SgNricFin,
        Self::KrRrn,
        Self::ThTnin,
        Self::TrNationalId,
        Self::ZaIdNumber,
        Self::Secret,
        Self::Person,
        Self::Location,
        Self::Organization,
    ];

    /// Names of persons, places and organisations, which have no form to check.
    pub const NAMES: &'static [Self] = &[Self::Person, Self::Location, Self::Organization];
}

impl fmt::Display for EntityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EntityType {
    type Err = ParseEntityTypeError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|entity| entity.as_str() == name)
            .or_else(|| CustomEntity::named(name).map(Self::Custom))
            .ok_or_else(|| ParseEntityTypeError {
                name: name_to_show(name),
            })
    }
}

impl Serialize for EntityType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for EntityType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(D::Error::custom)
    }
}

/// A name that is no [`EntityType`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown entity type `{name}`: use one of {}", EntityNames)]
#[non_exhaustive]
pub struct ParseEntityTypeError {
    /// The name that was given; `…` where it looks like a secret.
    pub name: String,
}

impl ParseEntityTypeError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "pii.entity.unknown"
    }
}

/// Writes all valid names, separated by commas.
struct EntityNames;

impl fmt::Display for EntityNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, entity) in EntityType::ALL.iter().enumerate() {
            if position > 0 {
                f.write_str(", ")?;
            }
            f.write_str(entity.as_str())?;
        }
        Ok(())
    }
}

/// A set of built-in kinds, one bit each. Others are wanted because a recognizer of theirs is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct EntitySet(u128);

impl EntitySet {
    pub(super) fn contains(self, entity: EntityType) -> bool {
        self.0 & Self::bit(entity) != 0
    }

    pub(super) const DEFAULT: Self = Self::of(EntityType::DEFAULT);

    #[cfg(feature = "nlp")]
    pub(super) const NAMES: Self = Self::of(EntityType::NAMES);

    /// Whether all of it is in `other`.
    pub(super) const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Those of a list.
    pub(super) const fn of(entities: &[EntityType]) -> Self {
        let mut rest = entities;
        let mut bits = 0;
        while let [entity, others @ ..] = rest {
            bits |= Self::bit(*entity);
            rest = others;
        }
        Self(bits)
    }

    /// Whether one of `others` is in it.
    pub(super) const fn has_one_of(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    const fn bit(entity: EntityType) -> u128 {
        match entity.number() {
            Some(number) => 1 << number,
            None => 0,
        }
    }
}

impl FromIterator<EntityType> for EntitySet {
    fn from_iter<I: IntoIterator<Item = EntityType>>(entities: I) -> Self {
        Self(
            entities
                .into_iter()
                .fold(0, |bits, entity| bits | Self::bit(entity)),
        )
    }
}

impl fmt::Debug for EntitySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = EntityType::ALL
            .iter()
            .filter(|entity| self.contains(**entity));
        f.debug_set().entries(members).finish()
    }
}
