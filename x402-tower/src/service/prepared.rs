//! A payment that may leave.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::denial::Denial;
use crate::flight::Flight;
use crate::payment::{NotSent, Outcome, Payment, PaymentRecord, Uncertainty};
use crate::settlement;

/// A signed payment that every control has let pass and that may leave now.
///
/// It counts as spent from here on. Dropping it is like losing the answer: the outcome is unknown.
#[derive(Debug)]
#[must_use = "a prepared payment counts as spent; send it and conclude it"]
pub struct Prepared {
    flight: Flight,
    name: HeaderName,
    value: HeaderValue,
}

impl Prepared {
    /// Marks the payment as sent with every control, and lets it leave.
    pub(crate) async fn sending(
        mut flight: Flight,
        name: HeaderName,
        mut value: HeaderValue,
    ) -> Result<Self, Denial> {
        value.set_sensitive(true);
        match flight.sending().await {
            Ok(()) => Ok(Self {
                flight,
                name,
                value,
            }),
            Err(denial) => Err(flight.deny(denial).await),
        }
    }

    /// Puts the payment header on a request, in place of one that is there.
    pub fn apply(&self, headers: &mut HeaderMap) {
        headers.insert(self.name.clone(), self.value.clone());
    }

    /// The payment.
    #[must_use]
    pub fn payment(&self) -> &Payment {
        self.flight.payment()
    }

    /// The span of the payment, to send the request in.
    #[must_use]
    pub fn span(&self) -> tracing::Span {
        self.flight.span().clone()
    }

    /// Reads the outcome from the response and tells every control.
    pub async fn conclude(self, status: StatusCode, headers: &HeaderMap) -> PaymentRecord {
        let outcome = settlement::read(self.flight.payment(), status, headers);
        self.flight.finish(outcome).await
    }

    /// Tells every control that no response came.
    pub async fn fail(self) -> PaymentRecord {
        self.flight
            .finish(Outcome::Unknown(Uncertainty::Transport))
            .await
    }

    /// Tells every control that a layer further in denied it, so that it did not leave after all.
    pub(crate) async fn deny(self, denial: Denial) {
        self.flight.denied_further_in(denial).await;
    }

    /// Tells every control that the service inside proved that nothing will be settled.
    pub(crate) async fn give_back(self) -> PaymentRecord {
        self.flight
            .finish(Outcome::NotSent(NotSent::Returned))
            .await
    }
}
