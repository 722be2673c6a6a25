//! What operators ask, on a port of its own.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::serve::budgets::Budgets;
use crate::serve::guards::Guards;
use crate::serve::metrics::Metrics;
use crate::serve::problem::Problem;
use crate::serve::ready;
use crate::shown::time;

/// What the pages speak of.
#[derive(Clone)]
pub(crate) struct Admin {
    pub(crate) guards: Arc<Guards>,
    pub(crate) metrics: Metrics,
    pub(crate) budgets: Arc<Budgets>,
    /// The digest of the token for what changes state; nobody may change anything without one.
    pub(crate) token: Option<[u8; 32]>,
}

impl Admin {
    pub(crate) fn new(
        guards: Arc<Guards>,
        metrics: Metrics,
        budgets: Budgets,
        token: Option<&str>,
    ) -> Self {
        Self {
            guards,
            metrics,
            budgets: Arc::new(budgets),
            token: token.map(|token| Sha256::digest(token.as_bytes()).into()),
        }
    }

    /// The pages, and the switches behind the token.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/health", get(|| async { Json(json!({ "status": "ok" })) }))
            .route("/ready", get(is_ready))
            .route("/version", get(version))
            .route("/metrics", get(page))
            .route("/reload", post(reload))
            .route("/kill-switch", get(switch).put(engage).delete(release))
            .fallback(|| async {
                let detail = "ask /health, /ready, /version, /metrics, /reload or /kill-switch";
                Problem::new(StatusCode::NOT_FOUND, "admin.unknown_path", detail).response()
            })
            .with_state(self)
    }

    fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(known) = &self.token else {
            let detail =
                "no token is set for what changes state; start with one in X402_ADMIN_TOKEN";
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "admin.no_token",
                detail,
            ));
        };
        let mut given = headers.get_all(AUTHORIZATION).iter();
        let bearer = match (given.next(), given.next()) {
            (Some(value), None) => value
                .to_str()
                .ok()
                .and_then(|text| text.strip_prefix("Bearer ")),
            _ => None,
        };
        let digest: Option<[u8; 32]> =
            bearer.map(|token| Sha256::digest(token.trim().as_bytes()).into());
        if digest.is_some_and(|digest| bool::from(digest.ct_eq(known))) {
            return Ok(());
        }
        let detail =
            "what changes state needs Authorization: Bearer and the token of X402_ADMIN_TOKEN";
        Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "admin.unauthorized",
            detail,
        ))
    }
}

async fn is_ready(State(admin): State<Admin>) -> Response<Body> {
    let engaged = admin.guards.switch.is_engaged();
    match ready::check(&admin.guards).await {
        Ok(()) => json_page(
            StatusCode::OK,
            &json!({ "status": "ready", "kill_switch": engaged }),
        ),
        Err(error) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            error.code(),
            error.to_string(),
        )
        .response(),
    }
}

async fn version(State(admin): State<Admin>) -> Json<Value> {
    let status = admin.guards.buyer.reloader().status();
    Json(json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "policy_revision": status.revision.to_string(),
        "policy_loaded_at": status.loaded_at.map(|at| time(at.as_millis())),
        "policy_error": status.last_error.map(|error| error.code),
    }))
}

async fn page(State(admin): State<Admin>) -> Response<Body> {
    admin.budgets.measure(&admin.guards).await;
    let mut response = Response::new(Body::from(admin.metrics.page()));
    let kind = http::HeaderValue::from_static("text/plain; version=0.0.4");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

async fn reload(State(admin): State<Admin>, request: Request) -> Response<Body> {
    if let Err(problem) = admin.check(request.headers()) {
        return problem.response();
    }
    let guards = Arc::clone(&admin.guards);
    match tokio::task::spawn_blocking(move || guards.reload()).await {
        Ok(Ok(revision)) => {
            tracing::info!(%revision, "the policy was loaded again");
            json_page(StatusCode::OK, &json!({ "policy_revision": revision }))
        }
        Ok(Err(error)) => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "admin.reload_failed",
            error.to_string(),
        )
        .response(),
        Err(_) => Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "admin.reload_failed",
            "reading the policy broke off; what held before holds on",
        )
        .response(),
    }
}

async fn switch(State(admin): State<Admin>) -> Json<Value> {
    Json(json!({ "engaged": admin.guards.switch.is_engaged() }))
}

async fn engage(State(admin): State<Admin>, request: Request) -> Response<Body> {
    if let Err(problem) = admin.check(request.headers()) {
        return problem.response();
    }
    admin.guards.switch.engage();
    tracing::warn!("the kill switch is engaged: nothing is paid");
    switch(State(admin)).await.into_page()
}

async fn release(State(admin): State<Admin>, request: Request) -> Response<Body> {
    if let Err(problem) = admin.check(request.headers()) {
        return problem.response();
    }
    admin.guards.switch.release();
    tracing::warn!("the kill switch is released");
    switch(State(admin)).await.into_page()
}

trait IntoPage {
    fn into_page(self) -> Response<Body>;
}

impl IntoPage for Json<Value> {
    fn into_page(self) -> Response<Body> {
        json_page(StatusCode::OK, &self.0)
    }
}

fn json_page(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let kind = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
