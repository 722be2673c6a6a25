//! What cannot be right in a configuration.

use crate::audit::AuditError;
use crate::chain::OrderError;
use crate::idempotency::SealingKeyError;
use crate::mpa::MpaError;
use crate::policy::PolicyError;
use crate::replay::FingerprintKeyError;

/// Why a guard was not built. Nothing runs half-guarded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The policy does not say what it should.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A buyer's guard has no policy.
    #[error(
        "a buyer's guard needs a policy; give it one, or say `PolicyConfig::new()` for one without limits"
    )]
    NoPolicy,
    /// The audit log cannot be opened.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The replay control has no key.
    #[error(transparent)]
    FingerprintKey(#[from] FingerprintKeyError),
    /// Signed payments cannot be encrypted as configured.
    #[error(transparent)]
    SealingKey(#[from] SealingKeyError),
    /// Others spend from the same budgets, and the store is this process' own.
    #[error(
        "the policy is `distributed`, and the {what} would be counted in this process alone; give the guard a store that every process shares, such as a SQLite file on one machine or Redis"
    )]
    NotShared {
        /// What is kept there.
        what: &'static str,
    },
    /// Approvals cannot be asked for as configured.
    #[error(transparent)]
    Mpa(#[from] MpaError),
    /// A setting names something that does not exist.
    #[error("{setting}: {problem}")]
    Setting {
        /// The setting's path, such as `pii.entities`.
        setting: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// A policy that is loaded while the process runs changes what only a start can change.
    #[error(
        "[{setting}] cannot change while the process runs, because its records have to stay in one place; put it back, or restart"
    )]
    RestartNeeded {
        /// The table that changed.
        setting: &'static str,
    },
    /// The controls stand in an unsafe order.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// A seller's guard was given a signer.
    #[error(
        "a guard in the seller's position does not pay; build a buyer's configuration for the signer"
    )]
    SellerPays,
}

impl ConfigError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Policy(error) => error.code(),
            Self::NoPolicy => "config.no_policy",
            Self::Audit(error) => error.code(),
            Self::FingerprintKey(error) => error.code(),
            Self::SealingKey(error) => error.code(),
            Self::NotShared { .. } => "config.store_not_shared",
            Self::Mpa(error) => error.code(),
            Self::Setting { .. } => "config.setting",
            Self::RestartNeeded { .. } => "config.restart_needed",
            Self::Order(error) => error.code(),
            Self::SellerPays => "config.seller_pays",
        }
    }
}
