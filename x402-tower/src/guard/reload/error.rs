//! Why the old policy stays in force.

use crate::guard::ConfigError;
use crate::policy::PolicyError;

/// Why a policy was not loaded. What held before holds on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReloadError {
    /// The guard was not built from a file.
    #[error(
        "this guard was not built from a policy file; build it with `policy_file`, or give the policy to `replace`"
    )]
    NoFile,
    /// The file says nothing at all, as one does that is just being written.
    #[error(
        "the policy file sets nothing; where it is not being written at this moment, write down at least one rule"
    )]
    Blank,
    /// The policy is not one that this guard could run by.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl ReloadError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoFile => "reload.no_file",
            Self::Blank => "reload.blank",
            Self::Config(error) => error.code(),
        }
    }
}

impl From<PolicyError> for ReloadError {
    fn from(error: PolicyError) -> Self {
        Self::Config(error.into())
    }
}
