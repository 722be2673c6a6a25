//! The guard between a seller and its facilitator, as a middleware.

use bytes::Bytes;
use http::Extensions;
use reqwest::{Body, Request, Response};
use reqwest_middleware::{Middleware, Next, Result};
use x402_tower::facilitator::{FacilitatorCall, FacilitatorGuard, Operation};
use x402_tower::guard::GuardConfig;
use x402_tower::{Denial, DenialKind};

use crate::kept::parts;
use crate::middleware::{refused, whole};

/// Screens what a seller sends to `/verify` and `/settle`, from inside the [`reqwest_middleware`] stack that it calls its
/// facilitator with. Every other request passes as it is.
///
/// A denial is an error; [`X402Error::from_middleware`](crate::X402Error::from_middleware) finds it. How the call ended is
/// a [`PaymentRecord`](x402_tower::PaymentRecord) in the response's extensions.
///
/// Put it **innermost** (attached last), and build the client with [`reqwest::redirect::Policy::none`]: `reqwest` follows
/// redirects below every middleware, and would carry the buyer's payment with them.
///
/// ```
/// use x402_tower::guard::GuardConfig;
/// use x402_tower_reqwest::{FacilitatorMiddleware, reqwest, reqwest_middleware};
///
/// let guard = GuardConfig::facilitator().build()?;
/// let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
/// let facilitator = reqwest_middleware::ClientBuilder::new(http)
///     .with(FacilitatorMiddleware::new(&guard))
///     .build();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct FacilitatorMiddleware {
    guard: FacilitatorGuard,
}

impl FacilitatorMiddleware {
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

    async fn check(
        &self,
        operation: Operation,
        request: &mut Request,
        extensions: &Extensions,
    ) -> core::result::Result<FacilitatorCall, Denial> {
        let mut parts = parts(request, extensions)?;
        let checked = match request.body().map_or(Some(&[][..]), Body::as_bytes) {
            Some(bytes) => {
                let bytes = Bytes::copy_from_slice(bytes);
                self.guard.check(operation, &parts, bytes).await
            }
            None => Err(self.guard.refuse(&parts, streamed()).await),
        };
        let call = checked?;
        call.apply(&mut parts.headers);
        if call.is_redacted() {
            *request.headers_mut() = parts.headers;
            *request.body_mut() = Some(Body::from(call.body().clone()));
        }
        Ok(call)
    }
}

#[async_trait::async_trait]
impl Middleware for FacilitatorMiddleware {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let operation = self.guard.operation(request.method(), request.url().path());
        let Some(operation) = operation else {
            return next.run(request, extensions).await;
        };
        let call = self
            .check(operation, &mut request, extensions)
            .await
            .map_err(refused)?;
        let response = match next.run(request, extensions).await {
            Ok(response) => response,
            Err(error) => {
                call.fail().await;
                return Err(error);
            }
        };
        let url = response.url().clone();
        let (mut parts, body) = http::Response::<Body>::from(response).into_parts();
        let answered = call.answer(parts.status, &mut parts.headers, body).await;
        let (body, record) = answered.map_err(|(denial, _)| refused(denial))?;
        parts.extensions.insert(record);
        whole(parts, url, body)
    }
}

fn streamed() -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        "facilitator.streamed",
        "the message to the facilitator is a stream and cannot be looked into; send it whole",
    )
}
