//! The guard as a layer.

use tower_layer::Layer;

use super::{ConfigError, GuardConfig};
use crate::pay::{PayService, Payer, Signer};
use crate::service::ControlService;

/// Every control of a [`GuardConfig`], around any HTTP service, in one service and one future.
///
/// Without a signer it watches: over payments that a third party signs, or, in the seller's position, over payments
/// that come in.
///
/// ```
#[doc = include_str!("../../doc/payment.rs")]
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
/// use x402_tower::policy::PolicyConfig;
/// use x402_tower::{Denial, GuardConfig, X402GuardLayer};
///
/// let policy = PolicyConfig::from_toml("max_per_call_usd = 0.10", "policy.toml")?;
/// let guard = X402GuardLayer::new(GuardConfig::buyer().policy(policy).build()?);
/// let client = ServiceBuilder::new().layer(guard).service(service_fn(seller));
///
/// let cent = payment("10000", "a report");
/// assert_eq!(client.clone().oneshot(cent).await?.status(), 200);
///
/// let quarter = payment("250000", "a report");
/// let refused = client.clone().oneshot(quarter).await?;
/// assert_eq!(refused.extensions().get::<Denial>().unwrap().code(), "policy.per_call");
#[doc = include_str!("../../doc/end.rs")]
/// ```
///
/// With a signer ([`with_signer`](Self::with_signer)) it pays: the service it builds answers 402s itself.
#[derive(Debug, Clone)]
pub struct X402GuardLayer<M = Watching> {
    mode: M,
}

/// A guard that watches over payments that somebody else makes.
#[derive(Debug, Clone)]
pub struct Watching {
    config: GuardConfig,
}

/// A guard that pays.
#[derive(Debug, Clone)]
pub struct Paying {
    payer: Payer,
}

impl X402GuardLayer {
    /// Watches by `config`.
    #[must_use]
    pub fn new(config: GuardConfig) -> Self {
        Self {
            mode: Watching { config },
        }
    }

    /// Pays by the same configuration, with `signer`.
    ///
    /// # Errors
    ///
    /// [`ConfigError::SellerPays`] for a seller's configuration.
    pub fn with_signer(self, signer: impl Signer) -> Result<X402GuardLayer<Paying>, ConfigError> {
        let payer = self.mode.config.payer(signer)?;
        Ok(X402GuardLayer {
            mode: Paying { payer },
        })
    }
}

impl<S> Layer<S> for X402GuardLayer<Watching> {
    type Service = ControlService<S>;

    fn layer(&self, inner: S) -> ControlService<S> {
        ControlService::with_live(inner, self.mode.config.live())
    }
}

impl<S> Layer<S> for X402GuardLayer<Paying> {
    type Service = PayService<S>;

    fn layer(&self, inner: S) -> PayService<S> {
        PayService::with_payer(inner, self.mode.payer.clone())
    }
}
