//! A payment that may leave.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body::Body;

use super::{GuardBody, screen_message, show, unreadable};
use crate::context::Context;
use crate::denial::Denial;
use crate::flight::Flight;
use crate::idempotency::{NotKept, Ticket};
use crate::payment::{NotSent, Outcome, Payment, PaymentRecord, Refusal, Uncertainty};
use crate::screening::TextPlace;
use crate::settlement;
use crate::telemetry;
use crate::wire::header::{PAYMENT_RESPONSE, X_PAYMENT_RESPONSE};
use crate::wire::{Challenge, Receipt, Version};

/// A signed payment that every control has let pass and that may leave now.
///
/// It counts as spent from here on. Dropping it is like losing the answer: the outcome is unknown.
#[derive(Debug)]
#[must_use = "a prepared payment counts as spent; send it and conclude it"]
pub struct Prepared {
    flight: Flight,
    name: HeaderName,
    value: HeaderValue,
    /// Where our signer made it: what is kept of it hears of its end.
    ticket: Option<Ticket>,
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
            Ok(()) => {
                failpoint!(MarkedSent);
                Ok(Self {
                    flight,
                    name,
                    value,
                    ticket: None,
                })
            }
            Err(denial) => Err(flight.deny(denial).await),
        }
    }

    /// The same for what our signer made: it is kept before it may leave.
    ///
    /// Where the store does not say whether it keeps it, nothing leaves now, and the money stays counted: a retry may find
    /// it, and then sends it.
    pub(crate) async fn keeping(
        flight: Flight,
        name: HeaderName,
        value: HeaderValue,
        mut ticket: Ticket,
    ) -> Result<Self, Denial> {
        let mut prepared = Self::sending(flight, name, value).await?;
        let kept = ticket.keep(prepared.payment(), &prepared.value).await;
        match kept {
            Ok(()) => {
                failpoint!(Kept);
                prepared.ticket = Some(ticket);
                Ok(prepared)
            }
            Err(NotKept {
                denial,
                may_be_kept: true,
            }) => {
                let unsaid = Outcome::Unknown(Uncertainty::KeepingUnsaid);
                prepared.flight.finish(unsaid).await;
                Err(denial)
            }
            Err(NotKept { denial, .. }) => Err(prepared.flight.deny(denial).await),
        }
    }

    /// Lets leave once more what may have left before.
    pub(crate) async fn again(
        mut flight: Flight,
        name: HeaderName,
        value: HeaderValue,
        ticket: Ticket,
    ) -> Result<Self, Denial> {
        match flight.approve().await {
            Ok(()) => {
                failpoint!(Resent);
                telemetry::resent(flight.payment().exchange().position());
                Ok(Self {
                    flight,
                    name,
                    value,
                    ticket: Some(ticket),
                })
            }
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
        let status = response.status();
        if status != StatusCode::PAYMENT_REQUIRED {
            let record = self.conclude(status, response.headers()).await;
            response.extensions_mut().insert(record);
            return response.map(GuardBody::inner);
        }
        let outcome = settlement::read(self.payment(), status, response.headers());
        if self.payment().is_resent() {
            // The seller's reason may stand in the challenge, so that is read first.
            let (chain, exchange) = (self.flight.passed(), self.payment().exchange().clone());
            let mut response = show(&chain, context, &exchange, response).await;
            let words = words_of(self.payment().version(), &response);
            let record = self.end(outcome, words.as_deref()).await;
            response.extensions_mut().insert(record);
            return response;
        }
        let (chain, exchange) = (self.flight.passed(), self.payment().exchange().clone());
        let record = self.end(outcome, None).await;
        response.extensions_mut().insert(record);
        show(&chain, context, &exchange, response).await
    }

    /// The span of the payment, to send the request in.
    #[must_use]
    pub fn span(&self) -> tracing::Span {
        self.flight.span().clone()
    }

    /// Reads the outcome from the response and tells every control.
    pub async fn conclude(self, status: StatusCode, headers: &HeaderMap) -> PaymentRecord {
        let outcome = settlement::read(self.flight.payment(), status, headers);
        self.end(outcome, None).await
    }

    /// Tells every control, and then what is kept, how it ended; `words` are the seller's where it asked for money again.
    async fn end(self, outcome: Outcome, words: Option<&str>) -> PaymentRecord {
        failpoint!(Answered);
        let outcome = match outcome {
            Outcome::Rejected(refusal) if self.payment().is_resent() => {
                let reason = refusal.reason.as_deref();
                if reason.or(words).is_some_and(Refusal::says_used) {
                    Outcome::SettledEarlier(refusal)
                } else {
                    Outcome::Rejected(refusal)
                }
            }
            outcome => outcome,
        };
        let record = self.flight.finish(outcome).await;
        failpoint!(Concluded);
        if let Some(ticket) = self.ticket {
            ticket.conclude(record.outcome()).await;
            failpoint!(Remembered);
        }
        record
    }

    /// Tells every control that no response came.
    pub async fn fail(self) -> PaymentRecord {
        self.end(Outcome::Unknown(Uncertainty::Transport), None)
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

/// What a server says is wrong: in its receipt, else in its challenge.
fn words_of<R>(version: Version, response: &Response<GuardBody<R>>) -> Option<String> {
    let headers = response.headers();
    if let Ok(Some(receipt)) = Receipt::from_headers(headers, version) {
        return receipt.error_reason().map(str::to_owned);
    }
    match Challenge::from_headers(headers) {
        Ok(Some(challenge)) => challenge.error(),
        _ => Challenge::from_body(response.body().bytes()?.clone())
            .ok()?
            .error(),
    }
}
