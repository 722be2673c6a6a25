//! Finding the key of a log.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use x402_tower::audit::{AuditError, AuditKey};

/// Why there is no key to check with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error(
        "not checked, because its key is missing: X402_CHAIN_KEY is not set, and neither {} nor {} is there; name the \
         key's file with --key-file",
        .0[0].display(),
        .0[1].display()
    )]
    Missing([PathBuf; 2]),
    #[error("not checked, because its key cannot be used: {from}: {source}")]
    Unusable { from: String, source: AuditError },
}

impl KeyError {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "audit.no_key",
            Self::Unusable { source, .. } => source.code(),
        }
    }
}

/// The key that was named, else that of the environment, else the one beside the log.
pub(crate) fn find(log: &Path, key_file: Option<&Path>) -> Result<AuditKey, KeyError> {
    if let Some(path) = key_file {
        return load(path);
    }
    let from_env = AuditKey::from_env().map_err(|source| KeyError::Unusable {
        from: format!("environment variable {}", AuditKey::ENV),
        source,
    })?;
    if let Some(key) = from_env {
        return Ok(key);
    }
    let beside = [named_after(log), log.with_file_name("audit.key")];
    match beside.iter().find(|path| is_there(path)) {
        Some(path) => load(path),
        None => Err(KeyError::Missing(beside)),
    }
}

fn load(path: &Path) -> Result<AuditKey, KeyError> {
    AuditKey::load(path).map_err(|source| KeyError::Unusable {
        from: path.display().to_string(),
        source,
    })
}

fn named_after(log: &Path) -> PathBuf {
    let mut name = OsString::from(log);
    name.push(".key");
    PathBuf::from(name)
}

/// Also a file that cannot be looked at is there: passing it over could take another log's key.
fn is_there(path: &Path) -> bool {
    !fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}
