//! The kinds of personal data that the detector knows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::secret_text::name_to_show;

/// A kind of personal data, named as Microsoft Presidio names it.
///
/// ```
/// use x402_tower::pii::EntityType;
///
/// assert_eq!("US_SSN".parse::<EntityType>()?, EntityType::UsSsn);
/// assert_eq!(EntityType::EmailAddress.as_str(), "EMAIL_ADDRESS");
/// # Ok::<(), x402_tower::pii::ParseEntityTypeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum EntityType {
    /// An e-mail address (RFC 5321 mailbox with a dotted domain, internationalised or not).
    EmailAddress,
    /// A payment card number of 13 to 19 digits (ISO/IEC 7812) with a known issuer range and a valid
    /// Luhn digit.
    CreditCard,
    /// A United States social security number that the SSA could have issued.
    UsSsn,
    /// An international bank account number (ISO 13616) with valid check digits.
    IbanCode,
    /// A telephone number: international (ITU-T E.164, with `+`) or North American national form.
    PhoneNumber,
    /// An IPv4 or IPv6 address that can identify a host; loopback and unspecified addresses cannot.
    IpAddress,
}

impl EntityType {
    /// Every kind, in declaration order.
    pub const ALL: &'static [Self] = &[
        Self::EmailAddress,
        Self::CreditCard,
        Self::UsSsn,
        Self::IbanCode,
        Self::PhoneNumber,
        Self::IpAddress,
    ];

    /// Presidio's name of the kind, such as `EMAIL_ADDRESS`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EmailAddress => "EMAIL_ADDRESS",
            Self::CreditCard => "CREDIT_CARD",
            Self::UsSsn => "US_SSN",
            Self::IbanCode => "IBAN_CODE",
            Self::PhoneNumber => "PHONE_NUMBER",
            Self::IpAddress => "IP_ADDRESS",
        }
    }
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
            .ok_or_else(|| ParseEntityTypeError {
                name: name_to_show(name),
            })
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

/// A set of kinds, one bit each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct EntitySet(u128);

impl EntitySet {
    pub(super) fn contains(self, entity: EntityType) -> bool {
        self.0 & Self::bit(entity) != 0
    }

    const fn bit(entity: EntityType) -> u128 {
        1 << (entity as u32)
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
