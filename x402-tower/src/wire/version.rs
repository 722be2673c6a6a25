//! The two protocol versions.

use core::fmt;

use super::WireError;
use super::json::Value;
use super::object::Fields;
use crate::network::{ChainId, NetworkError};

/// A version of the x402 protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Version {
    /// `x402Version: 1`: challenge in the body, payment in `X-PAYMENT`, networks by name.
    V1,
    /// `x402Version: 2`: challenge in `PAYMENT-REQUIRED`, payment in `PAYMENT-SIGNATURE`, networks by CAIP-2.
    V2,
}

impl Version {
    /// The number that `x402Version` carries.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
        }
    }

    /// Reads a `network` as this version spells it: a name in v1, CAIP-2 in v2.
    ///
    /// # Errors
    ///
    /// [`NetworkError`] for a name that is unknown, disputed or spelled as in the other version (attack 36).
    pub fn chain(self, network: &str) -> Result<ChainId, NetworkError> {
        match self {
            Self::V1 => ChainId::from_v1_name(network),
            Self::V2 => ChainId::parse(network),
        }
    }

    /// Refuses an object whose `x402Version` is not the number of this version (attack 33).
    pub(super) fn expect<'a>(self, object: impl Fields<'a>) -> Result<(), WireError> {
        let number = object.field("x402Version").and_then(Value::as_u64);
        if number == Some(self.number().into()) {
            Ok(())
        } else {
            Err(WireError::Version { expected: self })
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}
