//! The state directory.

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

use crate::fetch::error::SetupError;

/// A directory of our own: other users can neither plant a policy in it nor rewrite its log.
#[derive(Debug, Clone)]
pub(crate) struct StateDir(PathBuf);

impl StateDir {
    /// The directory that was chosen, or that of the XDG base directory specification; made where it is missing.
    pub(crate) fn open(chosen: Option<&Path>) -> Result<Self, SetupError> {
        let path = match chosen {
            Some(path) => path.to_owned(),
            None => default_path().ok_or(SetupError::NoStateDir)?,
        };
        let unusable = |source| SetupError::StateDir {
            path: path.clone(),
            source,
        };
        make(&path).map_err(unusable)?;
        let found = fs::metadata(&path).map_err(unusable)?;
        if let Some(mode) = open_to_others(&found) {
            return Err(SetupError::OpenStateDir { path, mode });
        }
        Ok(Self(path))
    }

    pub(crate) fn policy(&self) -> PathBuf {
        self.0.join("policy.toml")
    }

    pub(crate) fn audit_log(&self) -> PathBuf {
        self.0.join("audit.jsonl")
    }

    pub(crate) fn fingerprint_key(&self) -> PathBuf {
        self.0.join("fingerprint.key")
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.0.join("ledger.sqlite")
    }

    /// What the seller's position has claimed, apart from what is bought.
    pub(crate) fn seller_claims(&self) -> PathBuf {
        self.0.join("seller.sqlite")
    }

    pub(crate) fn audit_key(&self) -> PathBuf {
        self.0.join("audit.key")
    }
}

fn default_path() -> Option<PathBuf> {
    let absolute = |path: &PathBuf| path.is_absolute();
    let state_home = env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    // A relative path there is to be ignored, says the specification.
    let state_home = state_home.filter(absolute).or_else(|| {
        env::home_dir()
            .filter(absolute)
            .map(|home| home.join(".local/state"))
    });
    state_home.map(|dir| dir.join("x402-guard"))
}

fn make(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The mode of a directory that others can write to.
#[cfg(unix)]
fn open_to_others(found: &fs::Metadata) -> Option<u32> {
    let mode = std::os::unix::fs::MetadataExt::mode(found) & 0o777;
    (mode & 0o022 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_to_others(_: &fs::Metadata) -> Option<u32> {
    None
}
