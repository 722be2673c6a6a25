//! The seller's gateway, and the relay to its facilitator.

use axum::body::Body;
use http::header::HOST;
use http::{Extensions, HeaderValue, Request, Response, StatusCode};
use tower::{Layer as _, ServiceExt as _};
use url::Url;
use x402_tower::facilitator::FacilitatorGuardService;
use x402_tower::{ControlService, FacilitatorGuardLayer, GuardConfig, X402GuardLayer};

use crate::serve::hop;
use crate::serve::problem::Problem;
use crate::serve::upstream::{ToOrigin, Upstream};

/// Stands in front of a seller: every payment is served once, and nothing personal leaves in a challenge.
#[derive(Debug, Clone)]
pub(crate) struct Seller {
    guarded: ControlService<ToOrigin>,
}

impl Seller {
    pub(crate) fn new(guard: &GuardConfig, upstream: Upstream, origin: Url) -> Self {
        let inner = ToOrigin::new(upstream, origin);
        Self {
            guarded: X402GuardLayer::new(guard.clone()).layer(inner),
        }
    }

    /// Answers a buyer.
    pub(crate) async fn answer(self, request: Request<Body>) -> Response<Body> {
        let request = at_origin(request);
        match self.guarded.oneshot(request).await {
            Ok(response) => relayed(response),
            Err(error) => error.problem().response(),
        }
    }
}

/// Hands on what a seller asks its facilitator, without what is nobody's business there.
#[derive(Debug, Clone)]
pub(crate) struct FacilitatorRelay {
    guarded: FacilitatorGuardService<ToOrigin>,
    host: Option<HeaderValue>,
}

/// Where the relay is found.
pub(crate) const FACILITATOR: &str = "/facilitator";

impl FacilitatorRelay {
    pub(crate) fn new(guard: &GuardConfig, upstream: Upstream, facilitator: Url) -> Self {
        let host = HeaderValue::from_str(
            &facilitator[url::Position::BeforeHost..url::Position::AfterPort],
        );
        let inner = ToOrigin::new(upstream, facilitator);
        Self {
            guarded: FacilitatorGuardLayer::new(guard).layer(inner),
            host: host.ok(),
        }
    }

    /// Answers the seller; only what a facilitator is asked for is handed on.
    pub(crate) async fn answer(self, request: Request<Body>) -> Response<Body> {
        let mut request = at_origin(request);
        let path = request.uri().path().strip_prefix(FACILITATOR);
        let uri = match path {
            Some(path @ ("/verify" | "/settle" | "/supported")) => path.parse().ok(),
            _ => None,
        };
        let Some(uri) = uri else {
            let detail = "the relay knows /facilitator/verify, /facilitator/settle and /facilitator/supported";
            return Problem::new(StatusCode::NOT_FOUND, "facilitator.unknown_path", detail)
                .response();
        };
        *request.uri_mut() = uri;
        if let Some(host) = &self.host {
            request.headers_mut().insert(HOST, host.clone());
        }
        match self.guarded.oneshot(request).await {
            Ok(response) => relayed(response),
            Err(error) => error.problem().response(),
        }
    }
}

/// The request as its path: what host it was sent to is for the guard to know from its settings, or from `Host`.
fn at_origin(request: Request<Body>) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    hop::remove(&mut parts.headers);
    let authority = parts.uri.authority().map(|authority| authority.as_str());
    // In HTTP/2 the host is in the URL alone.
    if let Some(host) = authority.and_then(|host| HeaderValue::from_str(host).ok()) {
        parts.headers.insert(HOST, host);
    }
    if let Some(path) = parts.uri.path_and_query().cloned() {
        parts.uri = http::Uri::from(path);
    }
    parts.extensions = Extensions::new();
    Request::from_parts(parts, body)
}

fn relayed<R>(response: Response<R>) -> Response<Body>
where
    R: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    R::Error: Into<axum::BoxError>,
{
    let mut response = response.map(Body::new);
    hop::remove(response.headers_mut());
    response
}
