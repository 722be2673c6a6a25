//! Signed payments, encrypted for keeping.

use core::fmt;
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::key_file;
use crate::private_file::PrivateFileError;
use crate::store::RequestKey;

/// The first byte of what is kept says how.
const PLAIN: u8 = 0;
const SEALED: u8 = 1;

const NONCE_BYTES: usize = 24;

/// The key that signed payments are encrypted with before they reach a store: 32 bytes for XChaCha20-Poly1305
/// (RFC 8439, with the extended nonce of draft-irtf-cfrg-xchacha).
///
/// A guard with a key refuses what was kept without one, or under another: it denies until that has run out.
///
/// ```
/// use x402_tower::SealingKey;
///
/// assert!(SealingKey::from_hex(&"000102030405060708090a0b0c0d0e0f".repeat(2)).is_ok());
/// let error = SealingKey::from_hex("hunter2").unwrap_err();
/// assert_eq!(error.code(), "sealing_key.invalid");
/// assert!(!error.to_string().contains("hunter2"));
/// ```
#[derive(Clone)]
pub struct SealingKey(XChaCha20Poly1305);

impl SealingKey {
    /// The environment variable that holds it, as 64 hexadecimal digits.
    pub const ENV: &'static str = "X402_SEALING_KEY";

    /// From 64 hexadecimal digits; space around them is ignored.
    ///
    /// # Errors
    ///
    /// [`SealingKeyError::NotAKey`], which does not quote the text, and for one byte repeated.
    pub fn from_hex(text: &str) -> Result<Self, SealingKeyError> {
        let text = text.trim_ascii();
        let mut bytes = Zeroizing::new([0; 32]);
        // `decode_to_slice` would accept a prefix in place of two digits.
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(SealingKeyError::NotAKey);
        }
        const_hex::decode_to_slice(text, bytes.as_mut()).map_err(|_| SealingKeyError::NotAKey)?;
        if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
            return Err(SealingKeyError::NotAKey);
        }
        Ok(Self::from_bytes(&bytes))
    }

    fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(bytes.into()))
    }

    /// From [`ENV`](Self::ENV); `None` where it is not set.
    ///
    /// # Errors
    ///
    /// As [`from_hex`](Self::from_hex), where it is set to something else.
    pub fn from_env() -> Result<Option<Self>, SealingKeyError> {
        match std::env::var(Self::ENV) {
            Ok(text) => Self::from_hex(&Zeroizing::new(text)).map(Some),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(_) => Err(SealingKeyError::NotAKey),
        }
    }

    /// From [`ENV`](Self::ENV), else from a file that is made with a fresh key where there is none, with mode 0600. It
    /// protects copies of the store that leave without the file, such as backups.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env), and [`SealingKeyError::File`] for a link, for a file that other users can reach,
    /// and where the folder cannot be written to.
    pub fn from_env_or_file(path: impl AsRef<Path>) -> Result<Self, SealingKeyError> {
        if let Some(key) = Self::from_env()? {
            return Ok(key);
        }
        let path = path.as_ref();
        if let Some(text) = key_file::read(path)? {
            return Self::from_hex(&text);
        }
        let mut fresh = Zeroizing::new([0; 32]);
        getrandom::fill(fresh.as_mut()).map_err(|_| SealingKeyError::NoRandomness)?;
        if key_file::publish(path, &fresh)? {
            return Ok(Self::from_bytes(&fresh));
        }
        Self::from_hex(&key_file::read_existing(path)?)
    }

    fn seal(&self, key: RequestKey, plain: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).ok()?;
        let bound = Payload {
            msg: plain,
            // Bound to its request: what is kept for one cannot be put in another's place.
            aad: key.as_bytes(),
        };
        let sealed = self.0.encrypt(&XNonce::from(nonce), bound).ok()?;
        Some([&[SEALED][..], &nonce, &sealed].concat())
    }

    fn open(&self, key: RequestKey, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, msg) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let aad = key.as_bytes();
        self.0
            .decrypt(&XNonce::from(*nonce), Payload { msg, aad })
            .ok()
    }
}

/// Encrypts, where there is a key. `None` where there is no randomness.
pub(super) fn seal(sealing: Option<&SealingKey>, key: RequestKey, plain: &[u8]) -> Option<Vec<u8>> {
    match sealing {
        Some(sealing) => sealing.seal(key, plain),
        None => Some([&[PLAIN][..], plain].concat()),
    }
}

/// Takes back what [`seal`] made with the same key, or without one.
pub(super) fn open(sealing: Option<&SealingKey>, key: RequestKey, kept: &[u8]) -> Option<Vec<u8>> {
    match (sealing, kept.split_first()?) {
        (Some(sealing), (&SEALED, sealed)) => sealing.open(key, sealed),
        (None, (&PLAIN, plain)) => Some(plain.to_vec()),
        _ => None,
    }
}

/// Never shows the key.
impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

/// Why there is no sealing key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealingKeyError {
    /// Not 64 hexadecimal digits, or one byte repeated.
    #[error(
        "the sealing key is not 64 hexadecimal digits that differ; make one with `openssl rand -hex 32`"
    )]
    NotAKey,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes for a sealing key")]
    NoRandomness,
    /// The key file cannot be used.
    #[error("the sealing key's file: {0}")]
    File(#[from] PrivateFileError),
}

impl SealingKeyError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAKey => "sealing_key.invalid",
            Self::NoRandomness => "sealing_key.no_randomness",
            Self::File(error) => error.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: RequestKey = RequestKey::from_bytes([7; 32]);

    fn sealing(byte: u8) -> SealingKey {
        SealingKey::from_bytes(&[byte; 32])
    }

    #[test]
    fn what_is_sealed_shows_nothing_and_comes_back() {
        let key = sealing(1);
        let sealed = seal(Some(&key), KEY, b"a signature").unwrap();
        assert!(!sealed.windows(9).any(|window| window == b"signature"));
        assert_eq!(open(Some(&key), KEY, &sealed).unwrap(), b"a signature");
    }

    #[test]
    fn what_is_sealed_belongs_to_its_request_and_its_key() {
        let sealed = seal(Some(&sealing(1)), KEY, b"a signature").unwrap();
        let other = RequestKey::from_bytes([8; 32]);
        assert_eq!(open(Some(&sealing(1)), other, &sealed), None);
        assert_eq!(open(Some(&sealing(2)), KEY, &sealed), None);
        assert_eq!(open(None, KEY, &sealed), None);
    }

    #[test]
    fn a_guard_with_a_key_takes_nothing_unsealed() {
        let plain = seal(None, KEY, b"a signature").unwrap();
        assert_eq!(open(None, KEY, &plain).unwrap(), b"a signature");
        assert_eq!(open(Some(&sealing(1)), KEY, &plain), None);
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let key = sealing(1);
        let sealed = seal(Some(&key), KEY, b"a signature").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(Some(&key), KEY, &changed), None, "byte {at}");
        }
    }
}
