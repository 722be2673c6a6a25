//! What is asked, and by whom; what cannot be read is refused in the words of this service, not in those of the framework.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::response::IntoResponse as _;
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::Api;
use crate::serve::agents::Agent;
use crate::serve::problem::Problem;

/// Who asks; nobody else gets a decision.
pub(super) struct Asking(pub(super) Arc<Agent>);

impl FromRequestParts<Api> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let peer = parts.extensions.get().copied();
        let agent = api.agents.of_api(&parts.headers, peer);
        agent.map(Self).map_err(|_| {
            let detail =
                "send the agent's token: Authorization: Bearer TOKEN, or X-X402-Agent-Token: TOKEN";
            Problem::new(StatusCode::UNAUTHORIZED, "api.unidentified", detail)
        })
    }
}

/// The whole body.
pub(super) struct Whole(pub(super) Bytes);

impl FromRequest<Api> for Whole {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        let body = Bytes::from_request(request, api).await;
        body.map(Self).map_err(|error: BytesRejection| {
            let status = error.into_response().status();
            if status == StatusCode::PAYLOAD_TOO_LARGE {
                let detail = "the body is longer than 256 KiB; send less at once";
                return Problem::new(status, "api.too_long", detail);
            }
            let detail = "the body broke off; send it whole";
            Problem::new(StatusCode::BAD_REQUEST, "api.body", detail)
        })
    }
}

/// What the query says.
pub(super) struct Queried<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Api> for Queried<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let query = Query::from_request_parts(parts, api).await;
        query
            .map(|Query(query)| Self(query))
            .map_err(|_: QueryRejection| {
                let detail = "the query says something twice, or cannot be read; /v1/openapi.json says what it may say";
                Problem::new(StatusCode::BAD_REQUEST, "api.question", detail)
            })
    }
}

/// Which payment the path names.
pub(super) struct Named(pub(super) String);

impl FromRequestParts<Api> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, api).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "api.question",
                "the payment's id cannot be read; send it as it was granted",
            )),
        }
    }
}
