//! The outermost layer of a stack of single layers: meets the 402.

use std::sync::Arc;

use tower_layer::Layer;

use super::mode::Mode;
use super::service::PayService;
use crate::context::Context;
use crate::idempotency::Idempotency;

/// Answers challenges: opens a payment and sends it inward, through the controls to a
/// [`SignLayer`](super::SignLayer).
///
/// [`X402GuardLayer`](crate::guard::X402GuardLayer) with a signer does the same in one service; this pair is for stacks
/// that put layers of their own between the controls.
#[derive(Debug, Clone)]
pub struct PayLayer {
    mode: Arc<Mode>,
}

impl PayLayer {
    /// Opens payments in the buyer's position.
    #[must_use]
    pub fn new() -> Self {
        Self::with_context(Context::buyer())
    }

    /// With another clock, asset table or agent; use the same as in the other layers.
    #[must_use]
    pub fn with_context(context: Context) -> Self {
        Self::opening(context, Idempotency::in_memory())
    }

    fn opening(context: Context, idempotency: Idempotency) -> Self {
        Self {
            mode: Arc::new(Mode::Opening {
                context,
                idempotency,
            }),
        }
    }

    /// Keeps signed payments, and finds them again, by `idempotency`; in the memory of this process by default.
    #[must_use]
    pub fn with_idempotency(self, idempotency: Idempotency) -> Self {
        Self::opening(self.mode.context(), idempotency)
    }
}

impl Default for PayLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for PayLayer {
    type Service = PayService<S>;

    fn layer(&self, inner: S) -> PayService<S> {
        PayService::new(inner, Arc::clone(&self.mode))
    }
}
