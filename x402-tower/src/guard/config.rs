//! A guard that is ready to run.

use std::sync::Arc;

use super::{ConfigError, GuardConfigBuilder};
use crate::chain::Chain;
use crate::context::Context;
use crate::pay::{Payer, Signer};
use crate::payment::Position;

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
#[derive(Debug, Clone)]
pub struct GuardConfig {
    pub(super) chain: Chain,
    pub(super) context: Context,
}

impl GuardConfig {
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

    /// The controls.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// What the controls need to know.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// A payer behind these controls, for a transport that is not a tower service.
    ///
    /// # Errors
    ///
    /// [`ConfigError::SellerPays`] for a seller's configuration.
    pub fn payer(&self, signer: impl Signer) -> Result<Payer, ConfigError> {
        self.check_pays()?;
        let signer: Arc<dyn Signer> = Arc::new(signer);
        Ok(Payer::new(self.chain.clone(), self.context.clone(), signer))
    }

    /// A payer that signs nothing and screens what third parties have signed.
    ///
    /// # Errors
    ///
    /// [`ConfigError::SellerPays`] for a seller's configuration.
    pub fn payer_without_signer(&self) -> Result<Payer, ConfigError> {
        self.check_pays()?;
        Ok(Payer::without_signer(
            self.chain.clone(),
            self.context.clone(),
        ))
    }

    fn check_pays(&self) -> Result<(), ConfigError> {
        if self.context.position() == Position::Seller {
            return Err(ConfigError::SellerPays);
        }
        Ok(())
    }
}
