//! The challenge: what a route asks for, on the wire of its version.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use url::{Position, Url};
use x402_tower::ChainId;
use x402_tower::assets::Asset;
use x402_tower::wire::header::{self, PAYMENT_REQUIRED};
use x402_tower::wire::{PaymentPayload, Version};

use super::Product;
use crate::servers::V1_NETWORK;

/// How long a payment may be settled, in seconds.
const MAX_TIMEOUT_SECONDS: u64 = 60;

/// What one route asks for.
#[derive(Debug)]
pub(super) struct Offer {
    product: &'static Product,
    origin: Url,
    chain: ChainId,
    asset: String,
    domain: Value,
}

impl Offer {
    pub(super) fn new(product: &'static Product, origin: Url, token: &Asset) -> Self {
        let domain = token
            .eip712
            .as_ref()
            .map(|domain| json!({ "name": &*domain.name, "version": &*domain.version }));
        Self {
            product,
            origin,
            chain: token.chain.clone(),
            asset: token.address.to_string(),
            domain: domain.unwrap_or(Value::Null),
        }
    }

    pub(super) fn version(&self) -> Version {
        self.product.version
    }

    /// The `PaymentRequirements` of the offer: the same for every buyer, so that a payment can be compared with it.
    pub(super) fn requirements(&self) -> Value {
        let amount = self.product.price.micros().to_string();
        match self.version() {
            Version::V1 => json!({
                "scheme": "exact",
                "network": V1_NETWORK,
                "maxAmountRequired": amount,
                "resource": self.resource(self.product.path),
                "description": self.product.description,
                "mimeType": "application/json",
                "payTo": self.product.pay_to,
                "maxTimeoutSeconds": MAX_TIMEOUT_SECONDS,
                "asset": self.asset,
                "extra": self.domain,
            }),
            _ => json!({
                "scheme": "exact",
                "network": self.chain.as_str(),
                "amount": amount,
                "asset": self.asset,
                "payTo": self.product.pay_to,
                "maxTimeoutSeconds": MAX_TIMEOUT_SECONDS,
                "extra": self.domain,
            }),
        }
    }

    /// Whether a payment says that it is for this offer. What it is really for, the facilitator finds out.
    pub(super) fn is_meant_by(&self, payment: &PaymentPayload) -> bool {
        payment.version() == self.version()
            && match payment.accepted() {
                Some(accepted) => serde_json::from_slice::<Value>(accepted.raw())
                    .is_ok_and(|accepted| accepted == self.requirements()),
                None => payment.scheme() == "exact" && payment.chain() == Ok(&self.chain),
            }
    }

    /// The 402. As the official SDKs do, v2 names the URL with its whole query, and v1 without.
    pub(super) fn challenge(&self, requested: &Uri, error: &str) -> Response {
        if self.version() == Version::V1 {
            let body = json!({
                "x402Version": 1,
                "error": error,
                "accepts": [self.requirements()],
            });
            return (StatusCode::PAYMENT_REQUIRED, Json(body)).into_response();
        }
        let target = requested.path_and_query().map_or("/", |all| all.as_str());
        let message = json!({
            "x402Version": 2,
            "error": error,
            "resource": {
                "url": self.resource(target),
                "description": self.product.description,
                "mimeType": "application/json",
            },
            "accepts": [self.requirements()],
        });
        match header::encode(message.to_string().as_bytes()) {
            Ok(value) => refusal(PAYMENT_REQUIRED, value),
            // The URL alone fills the header.
            Err(_) => StatusCode::URI_TOO_LONG.into_response(),
        }
    }

    fn resource(&self, target: &str) -> String {
        let origin = &self.origin[..Position::BeforePath];
        format!("{origin}{target}")
    }
}

/// A 402 whose header says what there is to say.
pub(super) fn refusal(name: axum::http::HeaderName, value: HeaderValue) -> Response {
    (
        StatusCode::PAYMENT_REQUIRED,
        [(name, value)],
        Json(json!({})),
    )
        .into_response()
}
