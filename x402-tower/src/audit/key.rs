//! The key of the chain.

use core::fmt;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::chain::Chain;
use super::error::AuditError;
use super::private_file::{Reach, create_private, open_plain, sync_folder};

/// More than a key file ever holds: 64 digits and a line break.
const MAX_KEY_FILE_BYTES: u64 = 256;

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
        Self::read(path.as_ref())?.ok_or_else(|| AuditError::Io {
            action: "open the key file",
            source: io::ErrorKind::NotFound.into(),
        })
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
        if let Some(key) = Self::read(path)? {
            return Ok(key);
        }
        let key = Self::generate()?;
        match key.publish(path) {
            Ok(()) => Ok(key),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::load(path),
            Err(error) => Err(AuditError::io("create the key file")(error)),
        }
    }

    fn read(path: &Path) -> Result<Option<Self>, AuditError> {
        let opened = open_plain(path, fs::OpenOptions::new().read(true), Reach::Nobody)?;
        let Some(file) = opened else {
            return Ok(None);
        };
        // Room for the whole file at once, so that no reallocation leaves a copy of the key behind.
        let mut text = Zeroizing::new(String::with_capacity(512));
        file.take(MAX_KEY_FILE_BYTES)
            .read_to_string(&mut text)
            .map_err(AuditError::io("read the key file"))?;
        Self::from_hex(&text).map(Some)
    }

    /// Writes the key beside `path` and links it there, which fails if something is there already.
    fn publish(&self, path: &Path) -> io::Result<()> {
        let draft = draft_beside(path)?;
        let written = self
            .write_new(&draft)
            .and_then(|()| fs::hard_link(&draft, path));
        let removed = match fs::remove_file(&draft) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        written.and(removed).and_then(|()| sync_folder(path))
    }

    fn write_new(&self, path: &Path) -> io::Result<()> {
        let mut file = create_private(path, fs::OpenOptions::new().write(true))?;
        let mut text = Zeroizing::new([0; 65]);
        let (digits, end) = text.split_at_mut(64);
        const_hex::encode_to_slice(self.0.as_slice(), digits)
            .map_err(|_| io::ErrorKind::InvalidData)?;
        end.fill(b'\n');
        file.write_all(text.as_slice())?;
        file.sync_all()
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

fn draft_beside(path: &Path) -> io::Result<PathBuf> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let mut name = path
        .file_name()
        .map(OsString::from)
        .ok_or(io::ErrorKind::InvalidInput)?;
    name.push(format!(".{}.new", const_hex::encode(random)));
    Ok(path.with_file_name(name))
}
