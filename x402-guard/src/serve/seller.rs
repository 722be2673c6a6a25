//! The seller's gateway, and the relay to its facilitator.

use std::sync::Arc;

use axum::body::Body;
use http::header::HOST;
use http::{Extensions, HeaderValue, Request, Response, StatusCode};
use tower::{Layer as _, ServiceExt as _};
use url::Url;
use x402_tower::facilitator::FacilitatorGuardService;
use x402_tower::{ControlService, FacilitatorGuardLayer, GuardConfig, X402GuardLayer};

use crate::serve::agents::{AGENT_TOKEN, Agents};
use crate::serve::hop;
use crate::serve::listen::PeerAddress;
use crate::serve::problem::Problem;
use crate::serve::upstream::{ToOrigin, Upstream};

/// Stands in front of a seller: every payment is served once, and nothing personal leaves in a challenge.
#[derive(Debug)]
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
    pub(crate) async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let request = at_origin(request);
        match self.guarded.clone().oneshot(request).await {
            Ok(response) => relayed(response),
            Err(error) => error.problem().response(),
        }
    }
}

/// Hands on what a seller asks its facilitator, without what is nobody's business there.
#[derive(Debug)]
pub(crate) struct FacilitatorRelay {
    agents: Arc<Agents>,
    guarded: FacilitatorGuardService<ToOrigin>,
    host: Option<HeaderValue>,
}

/// Where the relay is found.
pub(crate) const FACILITATOR: &str = "/facilitator";

impl FacilitatorRelay {
    pub(crate) fn new(
        agents: Arc<Agents>,
        guard: &GuardConfig,
        upstream: Upstream,
        facilitator: Url,
    ) -> Self {
        let host = HeaderValue::from_str(
            &facilitator[url::Position::BeforeHost..url::Position::AfterPort],
        );
        let inner = ToOrigin::new(upstream, facilitator);
        Self {
            agents,
            guarded: FacilitatorGuardLayer::new(guard).layer(inner),
            host: host.ok(),
        }
    }

    /// Answers the seller; only what a facilitator is asked for is handed on.
    pub(crate) async fn answer(&self, request: Request<Body>) -> Response<Body> {
        if !self.may_ask(&request) {
            let detail = "the facilitator is asked for a seller on this machine, or for who sends an agent's token as X-X402-Agent-Token";
            return Problem::new(StatusCode::UNAUTHORIZED, "facilitator.unidentified", detail)
                .response();
        }
        let mut request = at_origin(request);
        request.headers_mut().remove(AGENT_TOKEN);
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
        match self.guarded.clone().oneshot(request).await {
            Ok(response) => relayed(response),
            Err(error) => error.problem().response(),
        }
    }
}

impl FacilitatorRelay {
    /// A seller on this machine, or whoever shows a token: strangers could have a facilitator busy in the seller's name
    /// (attack 128).
    fn may_ask(&self, request: &Request<Body>) -> bool {
        let extensions = request.extensions();
        let peer = extensions.get::<PeerAddress>();
        let is_here = peer.is_some_and(|PeerAddress(address)| address.to_canonical().is_loopback());
        let certificate = extensions.get().copied();
        is_here
            || self
                .agents
                .of_gateway(request.headers(), certificate)
                .is_ok()
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::serve::egress::AddressRule;
    use crate::serve::settings::{Limits, ModeFile};

    const TOKEN: &str = "a-token-of-the-shop";

    fn relay() -> FacilitatorRelay {
        let second = Duration::from_secs(1);
        let limits = Limits {
            connections: 1,
            connect: second,
            answer: second,
            head: second,
            idle_body: second,
            drain: second,
        };
        let mut agents = Agents::default();
        agents.add_token(TOKEN, "shop", ModeFile::Pay).unwrap();
        FacilitatorRelay::new(
            Arc::new(agents),
            &GuardConfig::facilitator().build().unwrap(),
            Upstream::new(AddressRule::default(), &limits).unwrap(),
            Url::parse("https://facilitator.example/").unwrap(),
        )
    }

    fn from(address: Option<&str>, token: Option<&str>) -> Request<Body> {
        let mut request = Request::new(Body::empty());
        if let Some(address) = address {
            let peer = PeerAddress(address.parse().unwrap());
            request.extensions_mut().insert(peer);
        }
        if let Some(token) = token {
            let token = HeaderValue::from_str(token).unwrap();
            request.headers_mut().insert(AGENT_TOKEN, token);
        }
        request
    }

    #[tokio::test]
    async fn attack_128_the_facilitator_is_not_asked_for_strangers() {
        let relay = relay();
        for (address, token) in [
            (None, None),
            (Some("203.0.113.7"), None),
            (Some("10.0.0.7"), Some("a-token-of-nobody")),
            (Some("::ffff:203.0.113.7"), None),
        ] {
            assert!(!relay.may_ask(&from(address, token)), "{address:?}");
            let answer = relay.answer(from(address, token)).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
        for (address, token) in [
            (Some("127.0.0.1"), None),
            (Some("::1"), None),
            (Some("::ffff:127.0.0.1"), None),
            (Some("203.0.113.7"), Some(TOKEN)),
        ] {
            assert!(relay.may_ask(&from(address, token)), "{address:?}");
        }
    }
}
