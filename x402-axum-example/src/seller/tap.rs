//! What somebody with access to the seller's traffic or logs gets to hold.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use parking_lot::Mutex;
use x402_tower::wire::header::PAYMENT_SIGNATURE;

/// The last v2 payment that came by. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tap(Arc<Mutex<Option<HeaderValue>>>);

impl Tap {
    /// What was captured.
    pub(crate) fn captured(&self) -> Option<HeaderValue> {
        self.0.lock().clone()
    }
}

/// Captures payments on their way in.
pub(crate) async fn listen(State(tap): State<Tap>, request: Request, next: Next) -> Response {
    if let Some(payment) = request.headers().get(PAYMENT_SIGNATURE) {
        *tap.0.lock() = Some(payment.clone());
    }
    next.run(request).await
}
