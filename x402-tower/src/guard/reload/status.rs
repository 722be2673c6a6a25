//! What a health check is told about the policy.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::ReloadError;
use crate::clock::UnixMillis;

/// Which policy is in force, since when, and how the last attempt to load another one ended.
///
/// It holds nothing secret. Error messages name files, keys and lines of the policy.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReloadStatus {
    /// The revision of the policy in force, as records show it.
    pub revision: Arc<str>,
    /// When it came into force; `None` where the clock could not tell.
    pub loaded_at: Option<UnixMillis>,
    /// The file that it is read from, where there is one.
    pub file: Option<PathBuf>,
    /// How often a policy was loaded since the guard was built.
    pub reloads: u64,
    /// How often one was refused since then.
    pub failures: u64,
    /// Why the last attempt was refused; `None` where it was not.
    pub last_error: Option<FailedReload>,
}

/// An attempt to load a policy that left the old one in force.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FailedReload {
    /// When; `None` where the clock could not tell.
    pub at: Option<UnixMillis>,
    /// The stable code of the error.
    pub code: &'static str,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl ReloadStatus {
    pub(super) fn new(revision: &str, at: Option<UnixMillis>, file: Option<&Path>) -> Self {
        Self {
            revision: revision.into(),
            loaded_at: at,
            file: file.map(Path::to_owned),
            reloads: 0,
            failures: 0,
            last_error: None,
        }
    }

    pub(super) fn loaded(&mut self, revision: &str, at: Option<UnixMillis>) {
        self.revision = revision.into();
        self.loaded_at = at;
        self.reloads = self.reloads.saturating_add(1);
        self.last_error = None;
    }

    pub(super) fn refused(&mut self, error: &ReloadError, at: Option<UnixMillis>) {
        self.failures = self.failures.saturating_add(1);
        self.last_error = Some(FailedReload {
            at,
            code: error.code(),
            message: error.to_string(),
        });
    }
}
