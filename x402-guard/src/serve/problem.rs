//! Refusals of the service itself, in the form that denials of payments have (RFC 9457).

use axum::body::Body;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Map, Value};
use x402_tower::Denial;

/// A refusal with a stable code, and what to do next.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) detail: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
        }
    }

    /// The same as a denial in this process is told to the agent whose payment it was.
    pub(crate) fn of(denial: &Denial) -> Self {
        Self::new(denial.status(), denial.code(), denial.detail())
    }

    /// The response that carries it.
    pub(crate) fn response(&self) -> Response<Body> {
        let title = self.status.canonical_reason().unwrap_or("Refused");
        let body = serde_json::json!({
            "type": format!("urn:x402-tower:denial:{}", self.code),
            "title": title,
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status;
        mark(&mut response);
        response
    }
}

fn mark(response: &mut Response<Body>) {
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// Adds to a denial's response what happened and what to do: to the agent whose own budget it is, not to a seller.
pub(crate) async fn explain(response: Response<Body>) -> Response<Body> {
    let Some(denial) = response.extensions().get::<Denial>().cloned() else {
        return response;
    };
    let (mut parts, body) = response.into_parts();
    // Written by this process: short, and whole in memory.
    let Ok(whole) = body.collect().await else {
        return Problem::of(&denial).response();
    };
    let Ok(mut members) = serde_json::from_slice::<Map<String, Value>>(&whole.to_bytes()) else {
        return Problem::of(&denial).response();
    };
    members.insert("detail".into(), denial.detail().into());
    let text = Value::Object(members).to_string();
    parts.headers.remove(http::header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(text))
}
