//! The facilitator at its routes, with a clock that stands still.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;
use x402_tower::UnixMillis;
use x402_tower::evm::LocalEvmSigner;

use super::*;

mod refusals;
mod settling;

const NOW: u64 = 1_800_000_000;
const TOKEN: &str = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";
const SELLER: &str = "0x209693bc6afc0c5328ba36faf03c514ef312287c";
const OTHER: &str = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
/// The key of the first account of the test chains.
const KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

#[derive(Debug)]
struct At(Option<UnixMillis>);

impl Clock for At {
    fn now(&self) -> Option<UnixMillis> {
        self.0
    }
}

fn chain() -> ChainId {
    ChainId::parse("eip155:84532").unwrap()
}

fn address(text: &str) -> Address {
    Address::parse(&chain(), text).unwrap()
}

fn usdc() -> Asset {
    AssetTable::builtin()
        .get(&chain(), &address(TOKEN))
        .unwrap()
        .clone()
}

fn buyer() -> LocalEvmSigner {
    LocalEvmSigner::from_hex(KEY).unwrap()
}

fn facilitator_at(now: Option<UnixMillis>) -> Facilitator {
    let facilitator = Facilitator::new(AssetTable::builtin(), Arc::new(At(now)))
        .with_v1_network("base-sepolia")
        .unwrap();
    facilitator
        .fund(&usdc(), buyer().address(), AtomicAmount::from(100_000))
        .unwrap();
    facilitator
}

fn facilitator() -> Facilitator {
    facilitator_at(Some(UnixMillis::from_secs(NOW)))
}

async fn post(app: &Router, path: &str, body: String) -> Value {
    let request = Request::post(path).body(Body::from(body)).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let bytes = to_bytes(response.into_body(), 64 * 1024).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// The `payload` of a payment of `amount` that is valid from `NOW` until five minutes later.
async fn payload(amount: u64) -> Value {
    let signed = buyer()
        .sign_authorization(
            &usdc(),
            &address(SELLER),
            AtomicAmount::from(amount),
            NOW,
            NOW + 300,
        )
        .await
        .unwrap();
    let authorization = &signed.authorization;
    json!({
        "signature": const_hex::encode_prefixed(signed.signature),
        "authorization": {
            "from": authorization.from.as_str(),
            "to": authorization.to.as_str(),
            "value": authorization.value.to_string(),
            "validAfter": authorization.valid_after.to_string(),
            "validBefore": authorization.valid_before.to_string(),
            "nonce": const_hex::encode_prefixed(authorization.nonce),
        },
    })
}

fn v2(payload: &Value) -> Value {
    let requirements = json!({
        "scheme": "exact", "network": "eip155:84532", "amount": "10000", "asset": TOKEN, "payTo": SELLER,
        "maxTimeoutSeconds": 300, "extra": {"name": "USDC", "version": "2"},
    });
    json!({
        "x402Version": 2,
        "paymentPayload": {"x402Version": 2, "accepted": requirements, "payload": payload},
        "paymentRequirements": requirements,
    })
}

fn v1(payload: &Value) -> Value {
    json!({
        "x402Version": 1,
        "paymentPayload": {"x402Version": 1, "scheme": "exact", "network": "base-sepolia", "payload": payload},
        "paymentRequirements": {
            "scheme": "exact", "network": "base-sepolia", "maxAmountRequired": "10000",
            "resource": "http://127.0.0.1/report", "description": "a report", "mimeType": "application/json",
            "asset": TOKEN, "payTo": SELLER, "maxTimeoutSeconds": 300,
            "extra": {"name": "USDC", "version": "2"},
        },
    })
}
