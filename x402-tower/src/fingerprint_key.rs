//! The key under which logical requests are fingerprinted.

use core::fmt;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::digest::each_part;
use crate::key_file;
use crate::private_file::PrivateFileError;
use crate::store::Reach;

/// The key under which logical requests are fingerprinted: 32 bytes, so that whoever reads the store learns no URL.
///
/// Guards that share a store need the same key, else one does not recognise what another has paid.
///
/// ```
/// use x402_tower::replay::FingerprintKey;
///
/// assert!(FingerprintKey::from_hex(&"000102030405060708090a0b0c0d0e0f".repeat(2)).is_ok());
/// let error = FingerprintKey::from_hex("hunter2").unwrap_err();
/// assert_eq!(error.code(), "fingerprint_key.invalid");
/// assert!(!error.to_string().contains("hunter2"));
/// ```
#[derive(Clone)]
pub struct FingerprintKey {
    /// The key as HMAC state, which saves working it in for every payment.
    mac: Hmac<Sha256>,
    /// How far others have the same key.
    reach: Reach,
}

impl FingerprintKey {
    /// The environment variable that holds it, as 64 hexadecimal digits.
    pub const ENV: &'static str = "X402_FINGERPRINT_KEY";

    /// A fresh key: right for a store that nobody else uses and that ends with the process.
    ///
    /// # Errors
    ///
    /// [`FingerprintKeyError::NoRandomness`].
    pub fn generate() -> Result<Self, FingerprintKeyError> {
        let key = fresh()?;
        Ok(Self::from_bytes(&key, Reach::Process))
    }

    /// From 64 hexadecimal digits; space around them is ignored.
    ///
    /// # Errors
    ///
    /// [`FingerprintKeyError::NotAKey`], which does not quote the text; [`FingerprintKeyError::Weak`] for one byte
    /// repeated.
    pub fn from_hex(text: &str) -> Result<Self, FingerprintKeyError> {
        let text = text.trim_ascii();
        let mut bytes = Zeroizing::new([0; 32]);
        // `decode_to_slice` would accept a prefix in place of two digits.
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(FingerprintKeyError::NotAKey);
        }
        const_hex::decode_to_slice(text, bytes.as_mut())
            .map_err(|_| FingerprintKeyError::NotAKey)?;
        if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
            return Err(FingerprintKeyError::Weak);
        }
        Ok(Self::from_bytes(&bytes, Reach::Network))
    }

    fn from_bytes(key: &[u8; 32], reach: Reach) -> Self {
        // HMAC fills a short key up with zeros to one block (RFC 2104 section 2).
        let mut block = Zeroizing::new([0; 64]);
        for (slot, byte) in block.iter_mut().zip(key) {
            *slot = *byte;
        }
        let mac = Hmac::<Sha256>::new((&*block).into());
        Self { mac, reach }
    }

    /// From [`ENV`](Self::ENV); `None` where it is not set.
    ///
    /// # Errors
    ///
    /// As [`from_hex`](Self::from_hex), where it is set to something else: a bad key is never silently replaced.
    pub fn from_env() -> Result<Option<Self>, FingerprintKeyError> {
        match std::env::var(Self::ENV) {
            Ok(text) => Self::from_hex(&Zeroizing::new(text)).map(Some),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(_) => Err(FingerprintKeyError::NotAKey),
        }
    }

    /// From [`ENV`](Self::ENV), else from a file that is made with a fresh key where there is none: for a program with a
    /// state directory, whose fingerprints have to outlive it.
    ///
    /// The file appears at once and whole, with mode 0600: of several processes that start together, one makes the key
    /// and the others read it. It stays on this machine, so a store that other machines share refuses it.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env), and [`FingerprintKeyError::File`] for a link, for a file that other users can
    /// reach, and where the folder cannot be written to.
    pub fn from_env_or_file(path: impl AsRef<Path>) -> Result<Self, FingerprintKeyError> {
        if let Some(key) = Self::from_env()? {
            return Ok(key);
        }
        let path = path.as_ref();
        let key = match key_file::read(path)? {
            Some(text) => Self::from_hex(&text)?,
            None => {
                let fresh = fresh()?;
                if key_file::publish(path, &fresh)? {
                    Self::from_bytes(&fresh, Reach::Machine)
                } else {
                    Self::from_hex(&key_file::read_existing(path)?)?
                }
            }
        };
        Ok(Self {
            reach: Reach::Machine,
            ..key
        })
    }

    /// How far others have the same key: a fresh one ends with the process, one from a file stays on its machine.
    pub(crate) fn reach(&self) -> Reach {
        self.reach
    }

    /// HMAC-SHA256 of parts, each with its length before it.
    pub(crate) fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.mac.clone();
        each_part(parts, |bytes| mac.update(bytes));
        mac.finalize().into_bytes().into()
    }
}

fn fresh() -> Result<Zeroizing<[u8; 32]>, FingerprintKeyError> {
    let mut key = Zeroizing::new([0; 32]);
    getrandom::fill(key.as_mut()).map_err(|_| FingerprintKeyError::NoRandomness)?;
    Ok(key)
}

/// Never shows the key.
impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(…)")
    }
}

/// Why there is no fingerprint key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FingerprintKeyError {
    /// Not 64 hexadecimal digits.
    #[error(
        "the fingerprint key is not 64 hexadecimal digits; make one with `openssl rand -hex 32`"
    )]
    NotAKey,
    /// All bytes of the key are the same: a placeholder, not a key.
    #[error(
        "the fingerprint key is one byte repeated, which anyone can guess; make one with `openssl rand -hex 32`"
    )]
    Weak,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes for a fingerprint key")]
    NoRandomness,
    /// The claims are shared with more than the key is: with later processes, or with other machines.
    #[error(
        "the claims outlive this process or are shared with other machines, so the fingerprint key has to be the same for all of them; set X402_FINGERPRINT_KEY to 64 hexadecimal digits (`openssl rand -hex 32`), or on one machine keep the key in a file"
    )]
    NotShared,
    /// The key file cannot be used.
    #[error("the fingerprint key's file: {0}")]
    File(#[from] PrivateFileError),
}

impl FingerprintKeyError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAKey => "fingerprint_key.invalid",
            Self::Weak => "fingerprint_key.weak",
            Self::NoRandomness => "fingerprint_key.no_randomness",
            Self::NotShared => "fingerprint_key.not_shared",
            Self::File(error) => error.code(),
        }
    }
}
