//! Connections to servers.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::error::Error;
use std::sync::Arc;

use axum::body::Body;
use http::{Request, Response, StatusCode, Uri, Version};
use hyper::body::Incoming;
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower_service::Service;
use x402_tower::pay::Payer;

use crate::serve::departure::Departure;
use crate::serve::egress::{AddressRule, CheckedResolver, ForbiddenAddress};
use crate::serve::error::ServeError;
use crate::serve::problem::Problem;
use crate::serve::settings::Limits;
use crate::serve::workers;

/// Sends requests to the servers that they name; answers are streamed, redirects are answers.
#[derive(Debug, Clone)]
pub(crate) struct Upstream {
    clients: Arc<Clients>,
    answer: Duration,
}

/// A client for every worker: a connection is used where it was opened.
#[derive(Debug)]
struct Clients {
    of_workers: Vec<HttpClient>,
    elsewhere: HttpClient,
}

impl Clients {
    fn here(&self) -> &HttpClient {
        let of_worker = workers::number().and_then(|number| self.of_workers.get(number));
        of_worker.unwrap_or(&self.elsewhere)
    }
}

type HttpClient = Client<HttpsConnector<HttpConnector<CheckedResolver>>, Body>;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpstreamError {
    #[error("the server did not begin to answer in time")]
    Late,
    #[error(transparent)]
    Forbidden(ForbiddenAddress),
    #[error("the server cannot be reached, or broke off: {0}")]
    Transport(#[source] hyper_util::client::legacy::Error),
}

impl UpstreamError {
    fn of(error: hyper_util::client::legacy::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
        while let Some(this) = cause {
            if let Some(forbidden) = this.downcast_ref::<ForbiddenAddress>() {
                return Self::Forbidden(*forbidden);
            }
            cause = this.source();
        }
        Self::Transport(error)
    }

    /// What the agent is told.
    pub(crate) fn problem(&self) -> Problem {
        let (status, code) = match self {
            Self::Late => (StatusCode::GATEWAY_TIMEOUT, "gateway.late"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "egress.forbidden_address"),
            Self::Transport(_) => (StatusCode::BAD_GATEWAY, "gateway.unreachable"),
        };
        Problem::new(status, code, self.to_string())
    }
}

impl Upstream {
    /// Connects to what `rule` allows.
    pub(crate) fn new(rule: AddressRule, limits: &Limits) -> Result<Self, ServeError> {
        let mut http = HttpConnector::new_with_resolver(CheckedResolver::new(rule));
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(limits.connect));
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let tls = rustls::ClientConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()
            .map_err(|error| ServeError::Tls(std::io::Error::other(error)))?
            .try_with_platform_verifier()
            .map_err(|error| ServeError::Tls(std::io::Error::other(error)))?
            .with_no_client_auth();
        let https = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(http);
        let client = || {
            Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .timer(TokioTimer::new())
                .build(https.clone())
        };
        Ok(Self {
            clients: Arc::new(Clients {
                of_workers: (0..workers::count()).map(|_| client()).collect(),
                elsewhere: client(),
            }),
            answer: limits.answer,
        })
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<Response<Incoming>, UpstreamError>> + Send>>;

impl Service<Request<Body>> for Upstream {
    type Response = Response<Incoming>;
    type Error = UpstreamError;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if let Some(departure) = request.extensions().get::<Departure>()
            && Payer::carries_payment(request.headers())
        {
            departure.tell();
        }
        // Which version is spoken is between us and the server.
        *request.version_mut() = Version::HTTP_11;
        let asked = self.clients.here().request(request);
        let limit = self.answer;
        Box::pin(async move {
            match tokio::time::timeout(limit, asked).await {
                Ok(answer) => answer.map_err(UpstreamError::of),
                Err(_) => Err(UpstreamError::Late),
            }
        })
    }
}

/// Sends every request to one server: innermost in the seller's position, where the guard decides on the public URL.
#[derive(Debug, Clone)]
pub(crate) struct ToOrigin {
    inner: Upstream,
    origin: url::Url,
}

impl ToOrigin {
    pub(crate) fn new(inner: Upstream, origin: url::Url) -> Self {
        Self { inner, origin }
    }

    fn readdressed(&self, uri: &Uri) -> Option<Uri> {
        let base = self.origin.path().trim_end_matches('/');
        let rest = uri.path_and_query().map_or("/", |rest| rest.as_str());
        let origin = &self.origin[..url::Position::BeforePath];
        format!("{origin}{base}{rest}").parse().ok()
    }
}

impl Service<Request<Body>> for ToOrigin {
    type Response = Response<Incoming>;
    type Error = UpstreamError;
    type Future = Answer;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if let Some(uri) = self.readdressed(request.uri()) {
            *request.uri_mut() = uri;
        }
        self.inner.call(request)
    }
}
