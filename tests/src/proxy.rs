//! A reverse proxy out of the guard's layers, for buyers that know nothing of them.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{CONNECTION, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use tower::{ServiceBuilder, ServiceExt};
use x402_tower::{ControlService, GuardConfig, X402GuardLayer};

use crate::loopback::spawn_app;
use crate::transport::{SeenPayments, Transport};

/// Largest request that is passed on, in bytes.
const MAX_REQUEST_BYTES: usize = 1 << 20;

/// Forwards every request to one upstream, through a guard that watches payments that somebody else signs.
#[derive(Debug)]
pub struct GuardedProxy {
    address: String,
    arrived: SeenPayments,
    left: SeenPayments,
}

#[derive(Clone)]
struct Forward {
    upstream: String,
    arrived: SeenPayments,
    guarded: ControlService<Transport>,
}

impl GuardedProxy {
    /// Starts one in front of `upstream` (`http://127.0.0.1:PORT`).
    ///
    /// # Panics
    ///
    /// If no port can be had.
    pub async fn spawn(upstream: &str, guard: GuardConfig) -> Self {
        let (arrived, transport) = (SeenPayments::default(), Transport::new());
        let left = transport.left();
        let forward = Forward {
            upstream: upstream.to_owned(),
            arrived: arrived.clone(),
            guarded: ServiceBuilder::new()
                .layer(X402GuardLayer::new(guard))
                .service(transport),
        };
        let app = Router::new().fallback(move |request| forward.clone().run(request));
        Self {
            address: spawn_app(app).await,
            arrived,
            left,
        }
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The payments that the buyer sent to it.
    #[must_use]
    pub fn arrived(&self) -> SeenPayments {
        self.arrived.clone()
    }

    /// The payments that went on to the upstream.
    #[must_use]
    pub fn left(&self) -> SeenPayments {
        self.left.clone()
    }
}

impl Forward {
    async fn run(self, request: Request) -> Response {
        self.arrived.note(request.headers());
        let (mut parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, MAX_REQUEST_BYTES).await else {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        };
        // Before the guard, so that it decides on the URL that is really asked.
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        parts.uri = format!("{}{path}", self.upstream)
            .parse()
            .expect("a URL and a path make a URL");
        parts.headers.insert(HOST, host(&parts.uri));
        remove_hop_by_hop(&mut parts.headers);
        let request = http::Request::from_parts(parts, reqwest::Body::from(body));
        match self.guarded.oneshot(request).await {
            Ok(mut response) => {
                remove_hop_by_hop(response.headers_mut());
                response.map(Body::new)
            }
            Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        }
    }
}

fn host(uri: &Uri) -> HeaderValue {
    let authority = uri.authority().expect("an absolute URL has an authority");
    HeaderValue::from_str(authority.as_str()).expect("an authority is ASCII")
}

/// What concerns one connection is not passed on to the next (RFC 9110, section 7.6.1).
fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for name in [CONNECTION, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
}
