//! Decisions for agents that neither pay nor ask through the guard.
//!
//! | | |
//! |---|---|
//! | `POST /v1/screen` | a record without its personal data |
//! | `POST /v1/decide` | what the policy would say of a payment, and which rule says it |
//! | `POST /v1/payments` | decides on a challenge, sets the money aside |
//! | `PUT /v1/payments/{id}/outcome` | how that payment ended |
//! | `GET /v1/budget` | what is left |
//! | `GET /v1/openapi.json` | all of this, for programs |

mod asked;
mod budget;
mod decide;
mod payments;
mod screen;

pub(crate) use budget::{compiled, limits_of};

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::response::IntoResponse;
use axum::routing::{get, post, put};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use serde::Serialize;
use x402_tower::pay::Payer;

use crate::serve::agents::Agents;
use crate::serve::error::ServeError;
use crate::serve::guards::Guards;
use crate::serve::problem::Problem;

/// A challenge is at most 64 KiB; a record to screen may be somewhat longer.
const MAX_BODY_BYTES: usize = 256 * 1024;

const OPENAPI: &str = include_str!("openapi.json");

/// What the decisions are made with. Clones share everything.
#[derive(Clone)]
pub(crate) struct Api {
    agents: Arc<Agents>,
    guards: Arc<Guards>,
    payer: Payer,
    open: payments::OpenPayments,
}

impl Api {
    pub(crate) fn new(agents: Arc<Agents>, guards: Arc<Guards>) -> Result<Self, ServeError> {
        Ok(Self {
            payer: guards.buyer.payer_without_signer()?,
            agents,
            guards,
            open: payments::OpenPayments::default(),
        })
    }

    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/v1/screen", post(screen::screen))
            .route("/v1/decide", post(decide::decide))
            .route("/v1/payments", post(payments::reserve))
            .route("/v1/payments/{id}/outcome", put(payments::conclude))
            .route("/v1/budget", get(budget::budget))
            .route("/v1/openapi.json", get(openapi))
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
            .method_not_allowed_fallback(|| async {
                let detail = "this path takes another method; /v1/openapi.json says which";
                Problem::new(StatusCode::METHOD_NOT_ALLOWED, "api.method", detail).response()
            })
            .fallback(|| async {
                let detail = "ask for http://GUARD/https/HOST/PATH to buy, or see /v1/openapi.json for decisions";
                Problem::new(StatusCode::NOT_FOUND, "api.unknown_path", detail).response()
            })
            .with_state(self)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        self.response()
    }
}

/// JSON that nobody keeps.
fn answer(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    match serde_json::to_vec(value) {
        Ok(bytes) => json(status, bytes),
        Err(_) => Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "api.unwritten",
            "the answer could not be written; ask again",
        )
        .response(),
    }
}

fn json(status: StatusCode, bytes: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A JSON body, or why it is none.
fn read<'a, T: serde::Deserialize<'a>>(body: &'a [u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        // The place and the kind of mistake, without the text: it may be personal.
        let kind = match error.classify() {
            serde_json::error::Category::Data => "has another shape than /v1/openapi.json says",
            _ => "is not JSON",
        };
        Problem::new(
            StatusCode::BAD_REQUEST,
            "api.body",
            format!(
                "the body {kind}, from line {}, column {} on",
                error.line(),
                error.column()
            ),
        )
    })
}

async fn openapi() -> Response<Body> {
    json(StatusCode::OK, OPENAPI.as_bytes().to_vec())
}
