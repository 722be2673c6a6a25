//! x402-rs as a peer: its axum seller and its reqwest buyer, in the test's own process.

use crate::loopback::{bind, serve};

use super::{PAY_TO, PAYER_KEY, PRICE_ATOMIC};
use alloy_primitives::Address;
use alloy_signer_local::PrivateKeySigner;
use axum::routing::{MethodRouter, post};
use axum::{Json, Router};
use reqwest_middleware::ClientWithMiddleware;
use serde_json::{Value, json};
use std::sync::Arc;
use x402_axum::X402Middleware;
use x402_chain_eip155::{
    KnownNetworkEip155, V1Eip155Exact, V1Eip155ExactClient, V2Eip155Exact, V2Eip155ExactClient,
};
use x402_reqwest::{ReqwestWithPayments, ReqwestWithPaymentsBuild, X402Client};
use x402_types::networks::USDC;

/// The protocol version that a seller speaks: an x402-rs layer speaks one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Version {
    /// x402 v1.
    V1,
    /// x402 v2.
    V2,
}

/// Starts a seller of `POST /premium` on the running tokio runtime; the result is its address.
///
/// # Panics
///
/// If no port can be had or the facilitator's URL is none.
pub async fn spawn_seller(version: Version, facilitator_url: &str) -> String {
    spawn_seller_with(version, facilitator_url, |app| app).await
}

/// Starts one inside of what `around` puts around its routes.
///
/// # Panics
///
/// As [`spawn_seller`].
pub async fn spawn_seller_with(
    version: Version,
    facilitator_url: &str,
    around: impl FnOnce(Router) -> Router,
) -> String {
    let (listener, address) = bind().await;
    let base_url = address.parse().expect("a socket address makes a URL");
    let x402 = X402Middleware::try_new(facilitator_url)
        .unwrap_or_else(|error| panic!("{facilitator_url} is no facilitator's URL: {error}"))
        .with_base_url(base_url);
    let pay_to: Address = PAY_TO.parse().expect("a constant address");
    let price = USDC::base_sepolia().amount(PRICE_ATOMIC);
    // x402-axum sends `mimeType: null` in v1 without a type, which x402-fetch refuses.
    let mime_type = "application/json".to_owned();
    let premium: MethodRouter = match version {
        Version::V1 => post(sell).layer(
            x402.with_price_tag(V1Eip155Exact::price_tag(pay_to, price))
                .with_mime_type(mime_type),
        ),
        Version::V2 => post(sell).layer(
            x402.with_price_tag(V2Eip155Exact::price_tag(pay_to, price))
                .with_mime_type(mime_type),
        ),
    };
    serve(listener, around(Router::new().route("/premium", premium)));
    address
}

async fn sell(Json(body): Json<Value>) -> Json<Value> {
    Json(json!({ "data": "premium market data", "echo": body }))
}

/// A client that pays x402 v1 and v2 with the public test key, whatever the price.
///
/// # Panics
///
/// If TLS cannot be set up.
pub fn client() -> ClientWithMiddleware {
    let signer: PrivateKeySigner = PAYER_KEY.parse().expect("a constant key");
    let signer = Arc::new(signer);
    let payer = X402Client::new()
        .register(V1Eip155ExactClient::new(Arc::clone(&signer)))
        .register(V2Eip155ExactClient::new(signer));
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .with_payments(payer)
        .build()
        .expect("TLS can be set up")
}
