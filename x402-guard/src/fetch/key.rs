//! The key to pay with, and what happens without one.

use core::fmt;
use std::env;

use x402_tower::evm::LocalEvmSigner;
use x402_tower::{
    Approved, Control, ControlKind, Denial, DenialKind, Payment, Position, Requirement,
    SignedPayment, Signer, SignerError, Step, Terms,
};

use crate::fetch::error::{SetupError, UsageError};

/// The name of the environment variable that holds the private key.
#[derive(Debug, Clone)]
pub(crate) struct KeyName(String);

impl KeyName {
    pub(crate) fn read(name: &str) -> Result<Self, UsageError> {
        let hex = name.strip_prefix("0x").unwrap_or(name);
        if hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(UsageError::KeyOnCommandLine);
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let named = name
            .bytes()
            .next()
            .is_some_and(|byte| !byte.is_ascii_digit());
        if named && name.bytes().all(plain) {
            Ok(Self(name.to_owned()))
        } else {
            Err(UsageError::KeyName)
        }
    }

    /// A signer with the key in that variable; `None` where it is not set.
    pub(crate) fn signer(&self) -> Result<Option<LocalEvmSigner>, SetupError> {
        if env::var_os(&self.0).is_none() {
            return Ok(None);
        }
        LocalEvmSigner::from_env_key(&self.0)
            .map(Some)
            .map_err(|source| SetupError::Key {
                name: self.0.clone(),
                source,
            })
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Stands innermost where there is no key: denies what every other control would have let pass, and says what is
/// missing.
#[derive(Debug, Clone)]
pub(crate) struct NoKey(pub(crate) KeyName);

impl Control for NoKey {
    fn kind(&self) -> ControlKind {
        ControlKind::Custom("key")
    }

    fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        if payment.exchange().position() != Position::Buyer {
            return Step::ready(Ok(()));
        }
        Step::ready(Err(Denial::new(
            DenialKind::PaymentError,
            "signer.no_key",
            format!(
                "a payment is asked for, and there is no key to sign it with; put a private key (32 bytes in \
                 hexadecimal) into the environment variable {}, or name another one with --key-env",
                self.0
            ),
        )))
    }
}

impl Signer for NoKey {
    fn can_sign(&self, _requirement: &Requirement, terms: &Terms) -> bool {
        // What a key would be good for, so that an offer is chosen and the denial is about the key.
        terms.scheme == "exact" && terms.chain.evm_chain_id().is_some()
    }

    fn sign<'a>(
        &'a self,
        _approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        Step::ready(Err(SignerError::Unsupported))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_place_of_a_name_is_recognised() {
        let hex = "ab".repeat(32);
        for given in [hex.clone(), format!("0x{hex}")] {
            assert_eq!(
                KeyName::read(&given).err(),
                Some(UsageError::KeyOnCommandLine)
            );
        }
    }

    #[test]
    fn a_name_is_letters_digits_and_underscores() {
        assert!(KeyName::read("AGENT_KEY_2").is_ok());
        for given in ["", "2KEY", "A=B", "A B", "SCHL\u{dc}SSEL"] {
            assert_eq!(KeyName::read(given).err(), Some(UsageError::KeyName));
        }
    }
}
