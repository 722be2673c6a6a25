//! Calls webhooks over HTTP, and only where they may go.

use core::fmt;
use core::net::SocketAddr;
use std::error::Error;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use url::{Host, Url};

use super::{MAX_ANSWER_BYTES, Reach, WebhookFault, WebhookTransport, is_host, reach};
use crate::mpa::MpaError;
use crate::step::Step;

/// Calls webhooks with `reqwest` over HTTP/1.1 or 2, with rustls and the system's root certificates.
///
/// A name is resolved by the client itself, and the addresses are checked on their way to the connector: what is
/// connected to is what was checked, and a name that changes its mind in between changes nothing (attack 100). One
/// forbidden address among several forbids the name. There are no redirects, no proxies, no retries and no decompression.
pub struct HttpWebhooks {
    client: reqwest::Client,
    private_hosts: Arc<[String]>,
}

impl HttpWebhooks {
    /// A client that goes to public addresses only, and for `private_hosts` to loopback and private ones as well.
    ///
    /// # Errors
    ///
    /// [`MpaError::Transport`] where the system offers no root certificates or no randomness.
    pub fn new(private_hosts: impl IntoIterator<Item = String>) -> Result<Self, MpaError> {
        Self::resolving_with(private_hosts, System)
    }

    fn resolving_with(
        private_hosts: impl IntoIterator<Item = String>,
        lookup: impl Lookup,
    ) -> Result<Self, MpaError> {
        let private_hosts: Arc<[String]> = private_hosts.into_iter().collect();
        let resolver = Checked {
            lookup,
            private_hosts: Arc::clone(&private_hosts),
        };
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::new(resolver))
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .referer(false)
            .build()
            .map_err(|_| MpaError::Transport)?;
        Ok(Self {
            client,
            private_hosts,
        })
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, WebhookFault> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| WebhookFault::Connection)?;
        // A host that is an address already is never resolved, so it is checked here.
        let private = self.private_hosts.iter().any(|host| is_host(&url, host));
        let allowed = match url.host() {
            Some(Host::Ipv4(address)) => is_allowed(reach(address.into()), private),
            Some(Host::Ipv6(address)) => is_allowed(reach(address.into()), private),
            Some(Host::Domain(_)) => true,
            None => false,
        };
        if !allowed {
            return Err(WebhookFault::ForbiddenAddress);
        }
        let request = reqwest::Request::try_from(request).map_err(|_| WebhookFault::Connection)?;
        let mut response = self.client.execute(request).await.map_err(|error| fault(&error))?;
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| fault(&error))? {
            if body.len().saturating_add(chunk.len()) > MAX_ANSWER_BYTES {
                return Err(WebhookFault::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = Response::new(body.freeze());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = core::mem::take(response.headers_mut());
        Ok(answer)
    }
}

impl WebhookTransport for HttpWebhooks {
    fn post(&self, request: Request<Bytes>) -> Step<'_, Result<Response<Bytes>, WebhookFault>> {
        Step::wait(self.send(request))
    }
}

impl fmt::Debug for HttpWebhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpWebhooks")
            .field("private_hosts", &self.private_hosts)
            .finish_non_exhaustive()
    }
}

/// Finds a forbidden address among the causes; the rest is a connection that failed. The error itself is not kept: it
/// names the URL, whose path may be a secret.
fn fault(error: &reqwest::Error) -> WebhookFault {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(fault) = error.downcast_ref::<WebhookFault>() {
            return *fault;
        }
        cause = error.source();
    }
    WebhookFault::Connection
}

fn is_allowed(reach: Reach, private: bool) -> bool {
    match reach {
        Reach::Public => true,
        Reach::Private => private,
        Reach::Never => false,
    }
}

/// Turns a name into addresses.
trait Lookup: Clone + Send + Sync + 'static {
    fn lookup(&self, host: String) -> impl Future<Output = std::io::Result<Vec<SocketAddr>>> + Send;
}

/// The system's resolver.
#[derive(Clone, Copy)]
struct System;

impl Lookup for System {
    async fn lookup(&self, host: String) -> std::io::Result<Vec<SocketAddr>> {
        // The connector sets the port.
        Ok(tokio::net::lookup_host((host, 0)).await?.collect())
    }
}

/// A resolver whose answers may all be connected to.
struct Checked<L> {
    lookup: L,
    private_hosts: Arc<[String]>,
}

impl<L: Lookup> Resolve for Checked<L> {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, private_hosts) = (self.lookup.clone(), Arc::clone(&self.private_hosts));
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let bare = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
            let private = private_hosts.iter().any(|known| bare(known) == bare(&host));
            let addresses = lookup.lookup(host).await?;
            let allowed = |address: &SocketAddr| is_allowed(reach(address.ip()), private);
            if !addresses.iter().all(allowed) {
                return Err(WebhookFault::ForbiddenAddress.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}
