//! Payments that somebody signed.

use base64::prelude::{BASE64_STANDARD, Engine};
use http::{HeaderName, HeaderValue, Request};
use serde_json::{Value, json};
use x402_tower::testing::{PAYER, SELLER, ScriptedBody, USDC_BASE};
use x402_tower::wire::header::{PAYMENT_SIGNATURE, X_PAYMENT};

use crate::ground::{NOW, URL};

/// A payment of one cent, with everything in it that an attacker may change.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) from: String,
    pub(crate) nonce: String,
    pub(crate) to: String,
    pub(crate) value: u64,
    pub(crate) until: u64,
    pub(crate) signature: String,
    pub(crate) asset: String,
    pub(crate) permit2: bool,
    pub(crate) v1: bool,
}

impl Signed {
    /// The payment with this nonce, good for a minute.
    pub(crate) fn new(nonce: u64) -> Self {
        Self {
            from: PAYER.into(),
            nonce: format!("0x{nonce:064x}"),
            to: SELLER.into(),
            value: 10_000,
            until: NOW + 60,
            signature: format!("0x{}", "1b".repeat(65)),
            asset: USDC_BASE.into(),
            permit2: false,
            v1: false,
        }
    }

    pub(crate) fn permit2(nonce: &str) -> Self {
        Self {
            nonce: nonce.into(),
            permit2: true,
            ..Self::new(0)
        }
    }

    fn payload(&self) -> Value {
        let (value, until) = (self.value.to_string(), self.until.to_string());
        if self.permit2 {
            return json!({
                "signature": self.signature,
                "permit2Authorization": {
                    "from": self.from,
                    "permitted": { "token": self.asset, "amount": value },
                    "spender": SELLER,
                    "nonce": self.nonce,
                    "deadline": until,
                    "witness": { "to": self.to, "validAfter": "0" },
                },
            });
        }
        json!({
            "signature": self.signature,
            "authorization": {
                "from": self.from,
                "to": self.to,
                "value": value,
                "validAfter": "0",
                "validBefore": until,
                "nonce": self.nonce,
            },
        })
    }

    pub(crate) fn header(&self) -> (HeaderName, HeaderValue) {
        if self.v1 {
            let json = json!({
                "x402Version": 1,
                "scheme": "exact",
                "network": "base",
                "payload": self.payload(),
            });
            return (X_PAYMENT, encoded(&json));
        }
        let accepted = json!({
            "scheme": "exact",
            "network": "eip155:8453",
            "amount": self.value.to_string(),
            "asset": self.asset,
            "payTo": self.to,
            "maxTimeoutSeconds": 60,
        });
        v2(&accepted, &self.payload())
    }

    pub(crate) fn on(&self, request: Request<ScriptedBody>) -> Request<ScriptedBody> {
        with(self.header(), request)
    }

    /// On the usual request.
    pub(crate) fn sent(&self) -> Request<ScriptedBody> {
        self.on(post(URL, "question"))
    }
}

pub(crate) fn v2(accepted: &Value, payload: &Value) -> (HeaderName, HeaderValue) {
    let json = json!({ "x402Version": 2, "accepted": accepted, "payload": payload });
    (PAYMENT_SIGNATURE, encoded(&json))
}

pub(crate) fn with(
    (name, value): (HeaderName, HeaderValue),
    mut request: Request<ScriptedBody>,
) -> Request<ScriptedBody> {
    request.headers_mut().insert(name, value);
    request
}

pub(crate) fn post(url: &str, body: &'static str) -> Request<ScriptedBody> {
    Request::post(url).body(ScriptedBody::whole(body)).unwrap()
}

fn encoded(json: &Value) -> HeaderValue {
    HeaderValue::try_from(BASE64_STANDARD.encode(json.to_string())).unwrap()
}
