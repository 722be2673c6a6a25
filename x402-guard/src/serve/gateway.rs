//! The buyer's gateway: agents ask through it, and it pays, or looks at what they pay with.

use std::sync::Arc;

use axum::body::Body;
use http::header::{HeaderValue, PROXY_AUTHENTICATE};
use http::{Extensions, Request, Response, StatusCode};
use tower::{Layer as _, ServiceExt as _};
use tower_service::Service;
use x402_tower::guard::{Paying, Watching};
use x402_tower::pay::PayService;
use x402_tower::{ControlService, GuardConfig, Signer, X402GuardLayer};

use crate::serve::agents::Agents;
use crate::serve::departure::{Departure, Followed};
use crate::serve::egress::AddressRule;
use crate::serve::error::ServeError;
use crate::serve::hop;
use crate::serve::problem::{Problem, explain};
use crate::serve::settings::ModeFile;
use crate::serve::target::{Target, TargetError};
use crate::serve::upstream::{Upstream, UpstreamError};

/// The gateway.
#[derive(Debug)]
pub(crate) struct Gateway {
    agents: Arc<Agents>,
    rule: AddressRule,
    paying: PayService<Upstream>,
    screening: ControlService<Upstream>,
    explains: bool,
    followed: Followed,
}

impl Gateway {
    pub(crate) fn new(
        agents: Arc<Agents>,
        rule: AddressRule,
        guard: &GuardConfig,
        signer: impl Signer,
        upstream: Upstream,
        explains: bool,
        followed: Followed,
    ) -> Result<Self, ServeError> {
        let watching: X402GuardLayer<Watching> = X402GuardLayer::new(guard.clone());
        let paying: X402GuardLayer<Paying> = watching.clone().with_signer(signer)?;
        Ok(Self {
            agents,
            rule,
            paying: paying.layer(upstream.clone()),
            screening: watching.layer(upstream),
            explains,
            followed,
        })
    }

    /// Answers a request of an agent.
    pub(crate) async fn answer(&self, request: Request<Body>) -> Response<Body> {
        match self.relay(request).await {
            Ok(response) => response,
            Err(Refused::Unidentified { proxy }) => unidentified(proxy),
            Err(Refused::Problem(problem)) => problem.response(),
        }
    }

    async fn relay(&self, request: Request<Body>) -> Result<Response<Body>, Refused> {
        let (mut parts, body) = request.into_parts();
        let target = Target::of(&parts.method, &parts.uri, parts.version, &parts.headers);
        let proxy = parts.uri.authority().is_some();
        // A tunnel is refused to everybody in the same words: they say what to do.
        if let Err(TargetError::Tunnel) = &target {
            return Err(Refused::target(TargetError::Tunnel));
        }
        let agent = self
            .agents
            .of_gateway(&parts.headers, parts.extensions.get().copied())
            .map_err(|_| Refused::Unidentified { proxy })?;
        let target = target.map_err(Refused::target)?;
        if let Some(address) = target.literal {
            self.rule.check(address).map_err(|forbidden| {
                Refused::Problem(UpstreamError::Forbidden(forbidden).problem())
            })?;
        }
        hop::readdress(&mut parts.headers, &target.uri);
        parts.uri = target.uri;
        // What the connection left there is nobody's on the other side.
        parts.extensions = Extensions::new();
        parts.extensions.insert(agent.id.clone());
        let departure = Departure::default();
        parts.extensions.insert(departure.clone());
        let request = Request::from_parts(parts, body);
        match agent.mode {
            ModeFile::Pay => self.through(self.paying.clone(), departure, request).await,
            ModeFile::Screen => {
                self.through(self.screening.clone(), departure, request)
                    .await
            }
        }
    }

    async fn through<S, R>(
        &self,
        service: S,
        departure: Departure,
        request: Request<Body>,
    ) -> Result<Response<Body>, Refused>
    where
        S: Service<Request<Body>, Response = Response<R>, Error = UpstreamError> + Send + 'static,
        S::Future: Send,
        R: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        R::Error: Into<axum::BoxError>,
    {
        let asked = service.oneshot(request);
        let response = self.followed.follow(departure, asked).await;
        let response = response.map_err(|error| Refused::Problem(error.problem()))?;
        let mut response = response.map(Body::new);
        hop::remove(response.headers_mut());
        Ok(if self.explains {
            explain(response).await
        } else {
            response
        })
    }
}

enum Refused {
    Unidentified { proxy: bool },
    Problem(Problem),
}

impl Refused {
    fn target(error: TargetError) -> Self {
        let (status, code) = match error {
            TargetError::Tunnel => (StatusCode::METHOD_NOT_ALLOWED, "gateway.tunnel"),
            TargetError::Unreadable | TargetError::Header => {
                (StatusCode::BAD_REQUEST, "gateway.target")
            }
        };
        Self::Problem(Problem::new(status, code, error.to_string()))
    }
}

fn unidentified(proxy: bool) -> Response<Body> {
    let detail = "no identity, no payment: send the agent's token, as Proxy-Authorization to a proxy \
                  (HTTP_PROXY=http://agent:TOKEN@HOST:PORT), else as X-X402-Agent-Token";
    if !proxy {
        return Problem::new(StatusCode::UNAUTHORIZED, "gateway.unidentified", detail).response();
    }
    let status = StatusCode::PROXY_AUTHENTICATION_REQUIRED;
    let mut response = Problem::new(status, "gateway.unidentified", detail).response();
    let challenge = HeaderValue::from_static("Basic realm=\"x402-guard\"");
    response.headers_mut().insert(PROXY_AUTHENTICATE, challenge);
    response
}
