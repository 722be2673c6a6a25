//! A small honest seller, x402 v1 or v2, that knows no guard: whatever stands around it is what a test is about.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::HOST;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::interop::x402_rs::Version;
use crate::interop::{PAY_TO, PRICE_ATOMIC, USDC_BASE_SEPOLIA};

/// Sells `POST /premium`: verifies, works, settles. Like the official sellers, it notices no replay. Clones share
/// the count of what was served.
#[derive(Clone, Debug)]
pub struct HonestSeller {
    version: Version,
    facilitator: Arc<str>,
    http: reqwest::Client,
    served: Arc<AtomicUsize>,
}

impl HonestSeller {
    /// One that settles with `facilitator`.
    ///
    /// # Panics
    ///
    /// If TLS cannot be set up.
    #[must_use]
    pub fn new(version: Version, facilitator: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build();
        Self {
            version,
            facilitator: facilitator.into(),
            http: http.expect("TLS can be set up"),
            served: Arc::default(),
        }
    }

    /// Its routes, to put a guard around.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/premium", post(sell))
            .with_state(self.clone())
    }

    /// How often it did the work that is paid for.
    #[must_use]
    pub fn served(&self) -> usize {
        self.served.load(Ordering::SeqCst)
    }

    fn requirement(&self, url: &str) -> Value {
        let mut requirement = json!({
            "scheme": "exact",
            "asset": USDC_BASE_SEPOLIA,
            "payTo": PAY_TO,
            "maxTimeoutSeconds": 60,
            "extra": { "name": "USDC", "version": "2" },
        });
        let price = PRICE_ATOMIC.to_string();
        match self.version {
            Version::V1 => {
                requirement["network"] = json!("base-sepolia");
                requirement["maxAmountRequired"] = json!(price);
                requirement["resource"] = json!(url);
                requirement["description"] = json!("Access to premium market data");
                requirement["mimeType"] = json!("application/json");
            }
            Version::V2 => {
                requirement["network"] = json!("eip155:84532");
                requirement["amount"] = json!(price);
            }
        }
        requirement
    }

    fn challenge(&self, url: &str) -> Response {
        let accepts = [self.requirement(url)];
        match self.version {
            Version::V1 => {
                let body = json!({
                    "x402Version": 1,
                    "error": "X-PAYMENT header is required",
                    "accepts": accepts,
                });
                (StatusCode::PAYMENT_REQUIRED, Json(body)).into_response()
            }
            Version::V2 => {
                let challenge = json!({
                    "x402Version": 2,
                    "error": "PAYMENT-SIGNATURE header is required",
                    "resource": {
                        "url": url,
                        "description": "Access to premium market data",
                        "mimeType": "application/json",
                    },
                    "accepts": accepts,
                });
                let header = [("payment-required", encode(&challenge))];
                (StatusCode::PAYMENT_REQUIRED, header).into_response()
            }
        }
    }

    fn payment(&self, headers: &HeaderMap) -> Option<Value> {
        let (name, version) = match self.version {
            Version::V1 => ("x-payment", 1),
            Version::V2 => ("payment-signature", 2),
        };
        let json = STANDARD.decode(headers.get(name)?).ok()?;
        let payment: Value = serde_json::from_slice(&json).ok()?;
        (payment["x402Version"] == version).then_some(payment)
    }

    /// Asks the facilitator to `verify` or `settle`.
    async fn ask(&self, what: &str, payment: &Value, requirement: &Value) -> Value {
        let request = self
            .http
            .post(format!("{}/{what}", self.facilitator))
            .json(&json!({
                "x402Version": payment["x402Version"],
                "paymentPayload": payment,
                "paymentRequirements": requirement,
            }));
        let response = request.send().await.expect("the facilitator answers");
        response.json().await.expect("the facilitator sends JSON")
    }

    fn receipt(&self, settlement: &Value) -> [(&'static str, String); 1] {
        let name = match self.version {
            Version::V1 => "x-payment-response",
            Version::V2 => "payment-response",
        };
        [(name, encode(settlement))]
    }
}

async fn sell(State(seller): State<HonestSeller>, request: Request) -> Response {
    let host = request.headers().get(HOST).and_then(|it| it.to_str().ok());
    let url = format!("http://{}{}", host.unwrap_or_default(), request.uri());
    let requirement = seller.requirement(&url);
    let Some(payment) = seller.payment(request.headers()) else {
        return seller.challenge(&url);
    };
    let takes_offer = payment.get("accepted").is_none_or(|it| *it == requirement);
    if !takes_offer || seller.ask("verify", &payment, &requirement).await["isValid"] != true {
        return seller.challenge(&url);
    }
    seller.served.fetch_add(1, Ordering::SeqCst);
    let settlement = seller.ask("settle", &payment, &requirement).await;
    let receipt = seller.receipt(&settlement);
    if settlement["success"] != true {
        return (StatusCode::PAYMENT_REQUIRED, receipt).into_response();
    }
    (receipt, Json(json!({ "data": "premium market data" }))).into_response()
}

fn encode(value: &Value) -> String {
    STANDARD.encode(value.to_string())
}
