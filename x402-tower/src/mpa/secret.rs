//! Secrets that approvers share with the guard.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::MpaError;
use crate::secret_text::variable_to_show;

/// Fewest bytes of a secret: 128 bits, where they are random.
const MIN_SECRET_BYTES: usize = 16;

/// A secret that one approver shares with the guard: it signs webhooks and their answers, or is the key of HMAC-SHA256
/// countersignatures. `Debug` never shows it, and it leaves memory with its owner.
///
/// ```
/// use x402_tower::mpa::ApprovalSecret;
///
/// let secret = ApprovalSecret::new("3f8a1c5de27b49601122334455667788")?;
/// assert_eq!(secret.sign(b"payload").len(), 64);
/// assert_eq!(ApprovalSecret::new("hunter2").unwrap_err().code(), "mpa.secret_too_short");
/// # Ok::<(), x402_tower::mpa::MpaError>(())
/// ```
#[derive(Clone)]
pub struct ApprovalSecret(Zeroizing<Vec<u8>>);

impl ApprovalSecret {
    /// The bytes of a text, as they stand: at least 16. `openssl rand -hex 32` makes a good one.
    ///
    /// # Errors
    ///
    /// [`MpaError::SecretTooShort`], which does not quote the text.
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self, MpaError> {
        let bytes = Zeroizing::new(secret.as_ref().to_vec());
        if bytes.len() < MIN_SECRET_BYTES {
            return Err(MpaError::SecretTooShort {
                least: MIN_SECRET_BYTES,
            });
        }
        Ok(Self(bytes))
    }

    /// From the environment variable `name`; white space around it is ignored.
    ///
    /// # Errors
    ///
    /// [`MpaError::SecretMissing`] where it is not set or is not text, [`MpaError::SecretTooShort`].
    pub fn from_env(name: &str) -> Result<Self, MpaError> {
        let missing = |_| MpaError::SecretMissing {
            // Where the secret itself was given in place of the name, it must not get into a log.
            variable: variable_to_show(name).to_owned(),
        };
        let text = Zeroizing::new(std::env::var(name).map_err(missing)?);
        Self::new(text.trim())
    }

    /// HMAC-SHA256 of `message` in 64 lower-case hexadecimal digits: what an approver answers with.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> String {
        self.sign_parts(&[message])
    }

    /// The same, over parts one after another.
    pub(super) fn sign_parts(&self, parts: &[&[u8]]) -> String {
        self.mac(parts).map_or_else(String::new, |mac| {
            const_hex::encode(mac.finalize().into_bytes())
        })
    }

    /// Whether `hex` is the HMAC-SHA256 of `message`, compared in constant time.
    pub(super) fn verifies(&self, message: &[u8], hex: &str) -> bool {
        let mut tag = [0u8; 32];
        let plain = hex.len() == 64 && const_hex::decode_to_slice(hex, &mut tag).is_ok();
        let mac = self.mac(&[message]);
        plain && mac.is_some_and(|mac| mac.verify_slice(&tag).is_ok())
    }

    /// What two secrets share exactly where HMAC cannot tell them apart: it pads short keys with zeros and hashes long
    /// ones, so comparing bytes would not do (attack 98).
    pub(super) fn identity(&self) -> [u8; 32] {
        let mac = self.mac(&[b"x402-tower/mpa/secret-identity/v1"]);
        mac.map_or([0; 32], |mac| mac.finalize().into_bytes().into())
    }

    /// HMAC takes a key of any length, so there always is one.
    fn mac(&self, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        for part in parts {
            mac.update(part);
        }
        Some(mac)
    }
}

impl fmt::Debug for ApprovalSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApprovalSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_098_secrets_that_hmac_cannot_tell_apart_are_one() {
        let plain = ApprovalSecret::new([7u8; 16]).unwrap();
        let mut padded = vec![7u8; 16];
        padded.push(0);
        let padded = ApprovalSecret::new(padded).unwrap();
        assert_eq!(plain.sign(b"m"), padded.sign(b"m"));
        assert_eq!(plain.identity(), padded.identity());
        let other = ApprovalSecret::new([8u8; 16]).unwrap();
        assert_ne!(plain.identity(), other.identity());
    }

    #[test]
    fn attack_116_a_secret_is_not_shown() {
        let secret = ApprovalSecret::new("correct horse battery staple").unwrap();
        assert_eq!(format!("{secret:?}"), "ApprovalSecret(…)");
    }

    #[test]
    fn a_tag_is_64_plain_digits() {
        let secret = ApprovalSecret::new([7u8; 32]).unwrap();
        let tag = secret.sign(b"m");
        assert!(secret.verifies(b"m", &tag));
        assert!(!secret.verifies(b"m", &format!("0x{tag}")));
        assert!(!secret.verifies(b"m", &tag[..62]));
        assert!(!secret.verifies(b"n", &tag));
        assert!(!secret.verifies(b"m", ""));
    }
}
