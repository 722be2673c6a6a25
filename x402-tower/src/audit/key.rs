//! The key of the chain.

use core::fmt;
use std::path::Path;

use zeroize::Zeroizing;

use super::chain::Chain;
use super::error::AuditError;
use crate::key_file;

/// The 32 bytes under which a log is chained. Leaves memory with its owner, and is never shown.
///
/// Whoever has the key can write a false log that verifies: keep it away from the log, and off the host
/// if the host itself is to be held to account.
#[derive(Clone)]
pub struct AuditKey(Zeroizing<[u8; 32]>);

impl AuditKey {
    /// The environment variable that holds a key, as 64 hex digits.
    pub const ENV: &'static str = "X402_CHAIN_KEY";

    /// A key from 64 hex digits; space around them is ignored.
    ///
    /// # Errors
    ///
    /// [`AuditError::KeyFormat`] for anything else, [`AuditError::WeakKey`] for one byte repeated.
    pub fn from_hex(hex: &str) -> Result<Self, AuditError> {
        let hex = hex.trim_ascii();
        if hex.len() != 64 || !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(AuditError::KeyFormat);
        }
        let bytes = const_hex::decode_to_array(hex).map_err(|_| AuditError::KeyFormat)?;
        Self::from_bytes(bytes)
    }

    /// A key from its bytes.
    ///
    /// # Errors
    ///
    /// [`AuditError::WeakKey`] for one byte repeated: that is a placeholder.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, AuditError> {
        let bytes = Zeroizing::new(bytes);
        if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
            return Err(AuditError::WeakKey);
        }
        Ok(Self(bytes))
    }

    /// The key in the environment variable [`ENV`](Self::ENV), or `None` where it is not set.
    ///
    /// # Errors
    ///
    /// As [`from_hex`](Self::from_hex): a variable that is set and holds no key is never passed over.
    pub fn from_env() -> Result<Option<Self>, AuditError> {
        let Some(value) = std::env::var_os(Self::ENV) else {
            return Ok(None);
        };
        let text = Zeroizing::new(value.into_string().map_err(|_| AuditError::KeyFormat)?);
        Self::from_hex(&text).map(Some)
    }

    /// A new random key.
    ///
    /// # Errors
    ///
    /// [`AuditError::NoRandomness`] if the system gives none.
    pub fn generate() -> Result<Self, AuditError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| AuditError::NoRandomness)?;
        Self::from_bytes(*bytes)
    }

    /// The key in a file of 64 hex digits that only its owner can reach.
    ///
    /// # Errors
    ///
    /// If there is no such file, if it is a link or not a plain file, if other users can reach it, or if
    /// it holds no key.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, AuditError> {
        Self::from_hex(&key_file::read_existing(path.as_ref())?)
    }

    /// The key in a file, which is made with a new key if there is none.
    ///
    /// The file appears at once and whole, with mode 0600: of several processes that start together, one
    /// makes the key and the others read it.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), and if the folder cannot be written to.
    pub fn load_or_create(path: impl AsRef<Path>) -> Result<Self, AuditError> {
        let path = path.as_ref();
        if let Some(text) = key_file::read(path)? {
            return Self::from_hex(&text);
        }
        let key = Self::generate()?;
        if key_file::publish(path, &key.0)? {
            Ok(key)
        } else {
            Self::load(path)
        }
    }

    pub(super) fn chain(&self) -> Chain {
        Chain::new(&self.0)
    }
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditKey(..)")
    }
}
