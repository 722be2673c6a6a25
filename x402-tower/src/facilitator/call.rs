//! A message that may leave for the facilitator, and its answer.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use http_body::Body;

use super::{Operation, outcome_of};
use crate::denial::{Denial, DenialKind};
use crate::flight::Flight;
use crate::payment::{Outcome, Payment, PaymentRecord, Uncertainty};
use crate::screening::TextPlace;
use crate::service::{NotWhole, read_whole, screen_message};
use crate::wire::{FacilitatorRequest, MAX_BODY_BYTES, SettleResponse, VerifyResponse, Version};

/// Digests of a body (RFC 9530, RFC 3230, RFC 1864), wrong once it has changed.
const DIGESTS: [HeaderName; 4] = [
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
    HeaderName::from_static("digest"),
    HeaderName::from_static("content-md5"),
];

/// A message to the facilitator that every control has let pass.
///
/// Dropping it is like losing the answer: the outcome is unknown.
#[derive(Debug)]
#[must_use = "a message that was let pass is to be sent, and its answer told"]
pub struct FacilitatorCall {
    operation: Operation,
    version: Version,
    flight: Flight,
    body: Bytes,
    redacted: bool,
    deadline: Duration,
}

impl FacilitatorCall {
    pub(super) fn new(
        operation: Operation,
        flight: Flight,
        request: &FacilitatorRequest,
        deadline: Duration,
    ) -> Self {
        Self {
            operation,
            version: request.version(),
            flight,
            body: request.to_bytes(),
            redacted: request.is_edited(),
            deadline,
        }
    }

    /// What is asked for.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The body as it may leave; the seller's own bytes if nothing was redacted.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Whether something was redacted.
    #[must_use]
    pub fn is_redacted(&self) -> bool {
        self.redacted
    }

    /// The payment that it is about.
    #[must_use]
    pub fn payment(&self) -> &Payment {
        self.flight.payment()
    }

    /// Makes the request's headers true of the body. They stay as they are if nothing was redacted.
    pub fn apply(&self, headers: &mut HeaderMap) {
        if self.redacted {
            rewritten(headers, self.body.len());
        }
    }

    /// Reads the facilitator's answer, redacts what it says of a failure, and tells every control how the call ended.
    ///
    /// # Errors
    ///
    /// A [`Denial`] with the code `facilitator.answer_unreadable` where the answer cannot be held: the call has been made,
    /// and nobody knows how it ended.
    pub async fn answer<R: Body<Data = Bytes>>(
        mut self,
        status: StatusCode,
        headers: &mut HeaderMap,
        body: R,
    ) -> Result<(Bytes, PaymentRecord), (Denial, PaymentRecord)> {
        let body = match read_whole(body, MAX_BODY_BYTES, self.deadline).await {
            Ok(whole) => whole.bytes,
            Err(error) => {
                let record = self.fail().await;
                return Err((unreadable(error), record));
            }
        };
        let (outcome, body) = self.read(status, headers, body);
        Ok((body, self.flight.finish(outcome).await))
    }

    /// Tells every control that no answer came.
    pub async fn fail(self) -> PaymentRecord {
        let lost = Outcome::Unknown(Uncertainty::Transport);
        self.flight.finish(lost).await
    }

    fn read(
        &mut self,
        status: StatusCode,
        headers: &mut HeaderMap,
        body: Bytes,
    ) -> (Outcome, Bytes) {
        let flight = &mut self.flight;
        let (outcome, new) = match self.operation {
            Operation::Verify => match VerifyResponse::parse(body.clone()) {
                Ok(mut answer) => {
                    let outcome = outcome_of::verification(status, &answer);
                    let screened = screen_message(&mut answer, |texts| {
                        flight.screen_texts(TextPlace::FacilitatorAnswer, texts)
                    });
                    (outcome, screened.map(|()| answer.to_bytes()))
                }
                Err(_) => return (outcome_of::unreadable(status), body),
            },
            Operation::Settle => match SettleResponse::parse(self.version, body.clone()) {
                Ok(mut answer) => {
                    let screened = screen_message(&mut answer, |texts| {
                        flight.screen_texts(TextPlace::FacilitatorAnswer, texts)
                    });
                    let bytes = screened.map(|()| answer.to_bytes());
                    let outcome = outcome_of::settlement(flight.payment(), status, answer);
                    (outcome, bytes)
                }
                Err(_) => return (outcome_of::unreadable(status), body),
            },
        };
        let new = new.unwrap_or_else(|denial| {
            tracing::error!(
                code = denial.code(),
                "a facilitator's answer could not be redacted"
            );
            body.clone()
        });
        if new != body {
            rewritten(headers, new.len());
        }
        (outcome, new)
    }
}

fn rewritten(headers: &mut HeaderMap, len: usize) {
    for digest in DIGESTS {
        headers.remove(digest);
    }
    if headers.contains_key(CONTENT_LENGTH) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(len));
    }
}

fn unreadable(error: NotWhole) -> Denial {
    let detail = match error {
        NotWhole::TooLarge => "the facilitator's answer is larger than 64 KiB; no real one is",
        NotWhole::TooSlow | NotWhole::Interrupted => {
            "the facilitator's answer broke off; ask for the payment's state before anything else"
        }
    };
    Denial::new(
        DenialKind::PaymentError,
        "facilitator.answer_unreadable",
        detail,
    )
}
