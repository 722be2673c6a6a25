//! The three routes of a facilitator (x402 v2 specification, section 7; v1 has the same).

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;

use super::{Facilitator, Reason};

/// Largest body that is read; payments take about one KiB.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The facilitator as a service.
pub(crate) fn router(state: Facilitator) -> Router {
    Router::new()
        .route("/supported", get(supported))
        .route("/verify", post(verify))
        .route("/settle", post(settle))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(state)
}

#[derive(Serialize)]
struct Supported {
    kinds: Vec<Kind>,
    extensions: Vec<String>,
    /// No account sends transactions here: nothing goes to a chain.
    signers: BTreeMap<String, Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    x402_version: u8,
    scheme: &'static str,
    network: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    is_valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    invalid_reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payer: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Settled {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_reason: Option<&'static str>,
    transaction: String,
    network: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payer: Option<String>,
}

async fn supported(State(facilitator): State<Facilitator>) -> Json<Supported> {
    let kind = |x402_version, network: &str| Kind {
        x402_version,
        scheme: "exact",
        network: network.to_owned(),
    };
    let v2 = facilitator
        .v2_networks()
        .into_iter()
        .map(|chain| kind(2, chain.as_str()));
    let v1 = facilitator
        .v1_networks
        .iter()
        .map(|(name, _)| kind(1, name));
    Json(Supported {
        kinds: v2.chain(v1).collect(),
        extensions: Vec::new(),
        signers: BTreeMap::new(),
    })
}

async fn verify(State(facilitator): State<Facilitator>, body: Bytes) -> Json<Verified> {
    facilitator.log.record("/verify", &body);
    Json(match facilitator.verify(&body) {
        Ok(request) => Verified {
            is_valid: true,
            invalid_reason: None,
            payer: Some(request.payer),
        },
        Err(refusal) => Verified {
            is_valid: false,
            invalid_reason: Some(match refusal.reason {
                Reason::Unexpected => "unexpected_verify_error",
                reason => reason.as_str(),
            }),
            payer: refusal.payer,
        },
    })
}

async fn settle(State(facilitator): State<Facilitator>, body: Bytes) -> Json<Settled> {
    facilitator.log.record("/settle", &body);
    Json(match facilitator.settle(&body) {
        Ok((request, settlement)) => Settled {
            success: true,
            error_reason: None,
            transaction: settlement.transaction,
            network: request.network,
            payer: Some(request.payer),
        },
        Err(refusal) => Settled {
            success: false,
            error_reason: Some(refusal.reason.as_str()),
            transaction: String::new(),
            network: refusal.network,
            payer: refusal.payer,
        },
    })
}
