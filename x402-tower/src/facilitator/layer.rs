//! The guard as a layer.

use tower_layer::Layer;

use super::{FacilitatorGuard, FacilitatorGuardService};
use crate::guard::GuardConfig;

/// Screens what a seller sends to its facilitator, around the tower client that it sends it with.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// use std::convert::Infallible;
///
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::{BodyExt, Full};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
/// use x402_tower::{Denial, FacilitatorGuardLayer, GuardConfig};
///
/// /// A facilitator that tells everybody what it was told.
/// async fn facilitator(request: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
///     let told = request.into_body().collect().await?.to_bytes();
///     assert!(!told.windows(5).any(|part| part == b"alice"));
///     Ok(Response::new(r#"{"isValid":true}"#.into()))
/// }
///
/// let guard = FacilitatorGuardLayer::new(&GuardConfig::facilitator().build()?);
/// let client = ServiceBuilder::new().layer(guard).service(service_fn(facilitator));
///
/// # let (from, to, sig, nonce) = ("11".repeat(20), "22".repeat(20), "33".repeat(65), "44".repeat(32));
/// # let requirement = format!(r#"{{"scheme":"exact","network":"eip155:84532","amount":"10000",
/// #     "asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","payTo":"0x{to}","maxTimeoutSeconds":60}}"#);
/// # let message = |description: &str| format!(r#"{{"x402Version":2,"paymentPayload":{{"x402Version":2,
/// #     "resource":{{"url":"https://api.example.com/report","description":"{description}"}},"accepted":{requirement},
/// #     "payload":{{"signature":"0x{sig}","authorization":{{"from":"0x{from}","to":"0x{to}","value":"10000",
/// #     "validAfter":"0","validBefore":"9999999999","nonce":"0x{nonce}"}}}}}},"paymentRequirements":{requirement}}}"#);
/// let verify = Request::post("https://facilitator.example/verify")
///     .body(Full::from(message("the report of alice@example.com")))?;
/// let answer = client.oneshot(verify).await?;
/// assert_eq!(answer.status(), 200);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct FacilitatorGuardLayer {
    guard: FacilitatorGuard,
}

impl FacilitatorGuardLayer {
    /// Screens by the controls of [`GuardConfig::facilitator`].
    #[must_use]
    pub fn new(config: &GuardConfig) -> Self {
        Self::with_guard(FacilitatorGuard::new(config))
    }

    /// Screens by `guard`.
    #[must_use]
    pub const fn with_guard(guard: FacilitatorGuard) -> Self {
        Self { guard }
    }
}

impl<S> Layer<S> for FacilitatorGuardLayer {
    type Service = FacilitatorGuardService<S>;

    fn layer(&self, inner: S) -> FacilitatorGuardService<S> {
        FacilitatorGuardService::new(inner, self.guard.clone())
    }
}
