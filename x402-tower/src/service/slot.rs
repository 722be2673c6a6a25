//! How a payment travels inward through a stack of single layers.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use parking_lot::Mutex;

use crate::chain::Chain;
use crate::denial::Denial;
use crate::flight::{Flight, stack_order};
use crate::idempotency::Ticket;
use crate::wire::Challenge;

/// A payment that `PayLayer` opened and that `SignLayer` will sign, in the extensions of the request between them.
///
/// Whoever holds the flight is responsible for its end; dropping it ends it.
#[derive(Clone)]
pub(crate) struct PaymentSlot(Arc<Mutex<Option<Open>>>);

/// What is known between opening a payment and sending it.
pub(crate) struct Open {
    pub(crate) flight: Flight,
    pub(crate) ticket: Ticket,
    pub(crate) next: Next,
}

/// What is to be done with a payment that every control has let pass.
pub(crate) enum Next {
    /// Sign it.
    Sign { challenge: Challenge, choice: usize },
    /// Send what was signed before.
    Send {
        name: HeaderName,
        value: HeaderValue,
    },
}

impl PaymentSlot {
    pub(crate) fn new(open: Open) -> Self {
        Self(Arc::new(Mutex::new(Some(open))))
    }

    /// Takes the payment out. A second taker, such as a retry between the layers, finds nothing and is denied.
    pub(crate) fn take(&self) -> Result<Open, Denial> {
        self.0.lock().take().ok_or_else(|| {
            stack_order(
                "the payment of this request was taken already; keep retries outside the pay layer",
            )
        })
    }

    /// Lets a layer's controls decide on the payment.
    pub(crate) async fn check(&self, chain: &Chain) -> Result<(), Denial> {
        let Open {
            flight,
            ticket,
            next,
        } = self.take()?;
        let flight = flight.check_all(chain).await?;
        *self.0.lock() = Some(Open {
            flight,
            ticket,
            next,
        });
        Ok(())
    }
}
