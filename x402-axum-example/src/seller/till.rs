//! Taking a payment: verify, deliver, settle.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use x402_tower::service::ProvenUnsettled;
use x402_tower::wire::header::{self, PAYMENT_RESPONSE, X_PAYMENT_RESPONSE};
use x402_tower::wire::{PaymentPayload, SettleResponse, Version};

use super::FacilitatorClient;
use super::offer::{Offer, refusal};

/// One route's offer, and who settles what is paid for it.
#[derive(Debug)]
pub(super) struct Till {
    pub(super) offer: Offer,
    pub(super) facilitator: FacilitatorClient,
}

/// Lets a request through to the handler once its payment was found good, and settles after the handler delivered.
pub(super) async fn charge(
    State(till): State<Arc<Till>>,
    request: Request,
    next: Next,
) -> Response {
    let requested = request.uri().clone();
    let payment = match PaymentPayload::from_headers(request.headers()) {
        Ok(Some(payment)) if till.offer.is_meant_by(&payment) => payment,
        Ok(None) => return till.offer.challenge(&requested, "payment_required"),
        Ok(Some(_)) => {
            return unsettled(
                till.offer
                    .challenge(&requested, "invalid_payment_requirements"),
            );
        }
        Err(_) => return unsettled(till.offer.challenge(&requested, "invalid_payload")),
    };
    let requirements = till.offer.requirements();
    match till.facilitator.verify(&payment, &requirements).await {
        Ok(verified) if verified.is_valid() => {}
        Ok(refused) => {
            let reason = refused.invalid_reason().unwrap_or("invalid_payload");
            return unsettled(till.offer.challenge(&requested, reason));
        }
        Err(_) => {
            return unsettled(trouble(
                "the facilitator cannot be reached; nothing was paid",
            ));
        }
    }
    let delivery = next.run(request).await;
    if !delivery.status().is_success() {
        return unsettled(delivery);
    }
    // In a task of its own: a buyer who goes away now has to pay all the same.
    let asked = tokio::spawn({
        let till = Arc::clone(&till);
        async move { till.facilitator.settle(&payment, &requirements).await }
    });
    match asked.await {
        Ok(Ok(settled)) if settled.success() => till.hand_over(delivery, &settled),
        Ok(Ok(refused)) => till.withhold(&requested, &refused),
        // Not a 402: nobody knows whether it was paid.
        _ => trouble("the facilitator did not say whether it settled; ask it before paying again"),
    }
}

impl Till {
    /// The delivery, with its receipt.
    fn hand_over(&self, mut delivery: Response, settled: &SettleResponse) -> Response {
        let name = match self.offer.version() {
            Version::V1 => X_PAYMENT_RESPONSE,
            _ => PAYMENT_RESPONSE,
        };
        match header::encode(settled.document().bytes()) {
            Ok(receipt) => {
                delivery.headers_mut().insert(name, receipt);
                delivery
            }
            Err(_) => trouble("the receipt is too long for a header"),
        }
    }

    /// The refusal of a payment that did not settle, as the official SDKs say it in each version.
    fn withhold(&self, requested: &Uri, refused: &SettleResponse) -> Response {
        let reason = refused.error_reason().unwrap_or("unexpected_settle_error");
        match self.offer.version() {
            Version::V1 => self.offer.challenge(requested, reason),
            _ => match header::encode(refused.document().bytes()) {
                Ok(receipt) => refusal(PAYMENT_RESPONSE, receipt),
                Err(_) => trouble("the receipt is too long for a header"),
            },
        }
    }
}

fn trouble(what: &str) -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        Json(json!({ "error": what })),
    )
        .into_response()
}

/// Says to a guard around the seller that the payment was not and will not be settled: it may be presented again.
fn unsettled(mut response: Response) -> Response {
    response.extensions_mut().insert(ProvenUnsettled::new());
    response
}
