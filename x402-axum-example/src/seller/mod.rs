//! An x402 seller on axum: a price per route, paid over v1 or v2, settled by a facilitator.
//!
//! | step | where |
//! |---|---|
//! | a request without payment gets the offer | [`offer`] |
//! | a payment has to fit the offer, and the facilitator has to find it good | [`till`] |
//! | the handler delivers | [`catalog`] |
//! | the facilitator settles, and the response gets the receipt | [`till`] |
//!
//! The seller knows nothing of the guard around it; see [`Servers`](crate::servers::Servers).

mod catalog;
mod facilitator;
mod offer;
mod tap;
mod till;

use std::sync::Arc;

use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use url::Url;
use x402_tower::assets::Asset;

pub(crate) use catalog::{ATTACKER, CATALOG, Product, SELLER};
pub(crate) use facilitator::FacilitatorClient;
pub(crate) use tap::{Tap, listen};

use offer::Offer;
use till::Till;

/// The seller as a service: everything in the catalog, at `origin`, paid in `token`.
pub(crate) fn router(origin: &Url, token: &Asset, facilitator: &FacilitatorClient) -> Router {
    CATALOG.iter().fold(Router::new(), |router, product| {
        let till = Arc::new(Till {
            offer: Offer::new(product, origin.clone(), token),
            facilitator: facilitator.clone(),
        });
        let deliver = move || async move { Json(json!({ "report": product.text })) };
        router.route(
            product.path,
            get(deliver).layer(from_fn_with_state(till, till::charge)),
        )
    })
}

#[cfg(test)]
mod tests;
