//! The guard as a layer.

use std::sync::Arc;

use tower_layer::Layer;

use super::{ConfigError, GuardConfig};
use crate::pay::{PayService, Payer, Signer};
use crate::service::{ControlService, Shared};

/// Every control of a [`GuardConfig`], around any HTTP service, in one service and one future.
///
/// Without a signer it watches: over payments that a third party signs, or, in the seller's position, over payments
/// that come in.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
/// use x402_tower::{Denial, GuardConfig, X402GuardLayer};
///
/// let guard = X402GuardLayer::new(GuardConfig::seller().build()?);
/// let seller = ServiceBuilder::new().layer(guard).service(service_fn(
///     |_: Request<Full<Bytes>>| async {
///         Ok::<_, std::convert::Infallible>(Response::new(Full::<Bytes>::from("the report")))
///     },
/// ));
///
/// let free = Request::get("https://seller.example/free").body(Full::default())?;
/// assert_eq!(seller.clone().oneshot(free).await?.status(), 200);
///
/// let forged = Request::get("https://seller.example/report")
///     .header("payment-signature", "not base64")
///     .body(Full::default())?;
/// let refused = seller.clone().oneshot(forged).await?;
/// assert_eq!(refused.status(), 400);
/// assert_eq!(refused.extensions().get::<Denial>().unwrap().code(), "wire.base64");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # }).unwrap();
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
    shared: Arc<Shared>,
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
        let shared = Shared::new(config.chain().clone(), config.context().clone());
        Self {
            mode: Watching { config, shared },
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
        ControlService::from_shared(inner, Arc::clone(&self.mode.shared))
    }
}

impl<S> Layer<S> for X402GuardLayer<Paying> {
    type Service = PayService<S>;

    fn layer(&self, inner: S) -> PayService<S> {
        PayService::with_payer(inner, self.mode.payer.clone())
    }
}
