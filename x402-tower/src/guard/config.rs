//! A guard that is ready to run.

use std::sync::Arc;

use super::{ConfigError, GuardConfigBuilder, PolicyReloader};
use crate::chain::Chain;
use crate::context::Context;
use crate::pay::{Payer, Signer};
use crate::service::Live;

/// A guard that is ready to run: its controls, in order, and what they need to know.
///
/// ```
/// use x402_tower::guard::GuardConfig;
/// use x402_tower::policy::PolicyConfig;
///
/// let policy = PolicyConfig::from_toml("max_per_call_usd = 0.10\ndaily_limit_usd = 5.00", "policy.toml")?;
/// let config = GuardConfig::buyer().policy(policy).build()?;
/// assert_eq!(config.chain().kinds().count(), 3, "personal data, policy, replay");
///
/// assert_eq!(GuardConfig::buyer().build().unwrap_err().code(), "config.no_policy");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
/// Clones share everything, also what a [`PolicyReloader`] loads later.
#[derive(Debug, Clone)]
pub struct GuardConfig {
    reloader: PolicyReloader,
}

impl GuardConfig {
    pub(super) fn new(reloader: PolicyReloader) -> Self {
        Self { reloader }
    }

    /// A guard around a client that pays. Personal data is redacted, duplicates are refused, and the policy has to be
    /// given.
    pub fn buyer() -> GuardConfigBuilder {
        GuardConfigBuilder::new(Context::buyer())
    }

    /// A guard around a service that sells. Personal data is redacted from leaving challenges, and every payment is
    /// served once.
    pub fn seller() -> GuardConfigBuilder {
        GuardConfigBuilder::new(Context::seller())
    }

    /// A guard around the client that a seller calls its facilitator with, for
    /// [`FacilitatorGuardLayer`](crate::FacilitatorGuardLayer). Personal data is redacted where nobody signs or compares
    /// it, and every payment is settled in one form.
    pub fn facilitator() -> GuardConfigBuilder {
        GuardConfigBuilder::new(Context::facilitator_bound())
    }

    /// The controls that hold at this moment.
    #[must_use]
    pub fn chain(&self) -> Chain {
        self.live().now().chain.clone()
    }

    /// What they need to know, at this moment.
    #[must_use]
    pub fn context(&self) -> Context {
        self.live().now().context.clone()
    }

    /// Loads another policy into everything that was built from this configuration.
    #[must_use]
    pub fn reloader(&self) -> PolicyReloader {
        self.reloader.clone()
    }

    /// A payer behind these controls, for a transport that is not a tower service.
    ///
    /// # Errors
    ///
    /// [`ConfigError::SellerPays`] for a seller's configuration.
    pub fn payer(&self, signer: impl Signer) -> Result<Payer, ConfigError> {
        self.check_pays()?;
        Ok(Payer::with_live(self.live(), Some(Arc::new(signer))))
    }

    /// A payer that signs nothing and screens what third parties have signed.
    ///
    /// # Errors
    ///
    /// [`ConfigError::SellerPays`] for a seller's configuration.
    pub fn payer_without_signer(&self) -> Result<Payer, ConfigError> {
        self.check_pays()?;
        Ok(Payer::with_live(self.live(), None))
    }

    pub(crate) fn live(&self) -> Live {
        self.reloader.live()
    }

    fn check_pays(&self) -> Result<(), ConfigError> {
        if !self.live().now().context.position().spends() {
            return Err(ConfigError::SellerPays);
        }
        Ok(())
    }
}
