//! The layer.

use tower_layer::Layer;

use super::EgressService;
use crate::chain::Chain;
use crate::context::Context;
use crate::control::Control;
use crate::guard::GuardConfig;
use crate::service::{Live, Shared};

/// Screens requests of ours before they leave, paid or not, by every control that wants to see them.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// use std::convert::Infallible;
///
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::{BodyExt, Full};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
/// use x402_tower::egress::EgressLayer;
/// use x402_tower::pii::{PiiAction, PiiControl};
///
/// /// Answers with what it was sent.
/// async fn echo(request: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
///     Ok(Response::new(request.into_body()))
/// }
///
/// let control = PiiControl::new().with_request_bodies(PiiAction::Redact);
/// let client = ServiceBuilder::new().layer(EgressLayer::new(control)).service(service_fn(echo));
///
/// let order = Request::post("https://api.example.com/orders")
///     .header("content-type", "application/json")
///     .body(Full::from(r#"{"to": "alice@example.com", "copies": 2}"#))?;
/// let sent = client.oneshot(order).await?.into_body().collect().await?.to_bytes();
/// assert_eq!(sent, r#"{"to": "<REDACTED>", "copies": 2}"#);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct EgressLayer {
    live: Live,
}

impl EgressLayer {
    /// Screens by one control.
    #[must_use]
    pub fn new(control: impl Control) -> Self {
        Self::with_chain(Chain::single(control), Context::buyer())
    }

    /// Screens by the controls of a guard that stands further in, also by those that it loads later.
    #[must_use]
    pub fn of(config: &GuardConfig) -> Self {
        Self {
            live: config.live(),
        }
    }

    /// Screens by these controls.
    #[must_use]
    pub fn with_chain(chain: Chain, context: Context) -> Self {
        Self {
            live: Live::Fixed(Shared::new(chain, context)),
        }
    }
}

impl<S> Layer<S> for EgressLayer {
    type Service = EgressService<S>;

    fn layer(&self, inner: S) -> EgressService<S> {
        EgressService::new(inner, self.live.clone())
    }
}
