//! A payment that may leave.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body::Body;

use super::{GuardBody, screen_message, show, unreadable};
use crate::context::Context;
use crate::denial::Denial;
use crate::flight::Flight;
use crate::payment::{NotSent, Outcome, Payment, PaymentRecord, Uncertainty};
use crate::screening::TextPlace;
use crate::settlement;
use crate::wire::Receipt;
use crate::wire::header::{PAYMENT_RESPONSE, X_PAYMENT_RESPONSE};

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

    /// Lets every control read the receipt of a response, before the outcome is read from it: what may be rewritten of it
    /// leaves redacted, what may not is noted with the payment. Call it before [`conclude`](Self::conclude).
    pub fn screen_receipt(&mut self, headers: &mut HeaderMap) {
        let version = self.flight.payment().version();
        // What cannot be read stays: the outcome says so.
        let Ok(Some(mut receipt)) = Receipt::from_headers(headers, version) else {
            return;
        };
        let flight = &mut self.flight;
        let screened = screen_message(&mut receipt, |texts| {
            flight.screen_texts(TextPlace::Receipt, texts)
        });
        let written = screened.and_then(|()| {
            receipt
                .write_back(headers)
                .map_err(|error| unreadable(&error))
        });
        if let Err(denial) = written {
            tracing::error!(
                code = denial.code(),
                "a receipt could not be redacted and is taken off the response"
            );
            headers.remove(PAYMENT_RESPONSE);
            headers.remove(X_PAYMENT_RESPONSE);
        }
    }

    /// Screens the receipt, reads the outcome, tells every control, and gives the caller the response with the
    /// [`PaymentRecord`] in its extensions. A challenge in answer to the payment is redacted.
    pub async fn answer<R>(
        mut self,
        context: &Context,
        mut response: Response<R>,
    ) -> Response<GuardBody<R>>
    where
        R: Body<Data = Bytes>,
    {
        self.screen_receipt(response.headers_mut());
        let asked_again = response.status() == StatusCode::PAYMENT_REQUIRED;
        let screening =
            asked_again.then(|| (self.flight.passed(), self.payment().exchange().clone()));
        let record = self.conclude(response.status(), response.headers()).await;
        response.extensions_mut().insert(record);
        match screening {
            Some((chain, exchange)) => show(&chain, context, &exchange, response).await,
            None => response.map(GuardBody::inner),
        }
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
