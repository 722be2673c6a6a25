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
        let mut response = self
            .client
            .execute(request)
            .await
            .map_err(|error| fault(&error))?;
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
    fn lookup(&self, host: String)
    -> impl Future<Output = std::io::Result<Vec<SocketAddr>>> + Send;
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

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Names that change their mind: one answer after another, and then the last one for ever.
    #[derive(Clone)]
    struct Fickle {
        answers: Arc<[&'static [&'static str]]>,
        asked: Arc<AtomicUsize>,
    }

    impl Fickle {
        fn answering(answers: &[&'static [&'static str]]) -> Self {
            Self {
                answers: answers.into(),
                asked: Arc::default(),
            }
        }

        fn next(&self) -> Vec<SocketAddr> {
            let at = self.asked.fetch_add(1, Ordering::SeqCst);
            let answer = self.answers[at.min(self.answers.len() - 1)];
            let parse = |ip: &&str| SocketAddr::new(ip.parse::<IpAddr>().unwrap(), 0);
            answer.iter().map(parse).collect()
        }
    }

    impl Lookup for Fickle {
        async fn lookup(&self, _: String) -> std::io::Result<Vec<SocketAddr>> {
            Ok(self.next())
        }
    }

    /// The same names without a check.
    struct Unchecked(Fickle);

    impl Resolve for Unchecked {
        fn resolve(&self, _: Name) -> Resolving {
            let addresses: Addrs = Box::new(self.0.next().into_iter());
            Box::pin(core::future::ready(Ok(addresses)))
        }
    }

    /// Something private that answers 200 to everybody; its port, and how often it was reached.
    async fn private_service() -> (u16, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let reached = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&reached);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let _ = socket.read(&mut [0; 4096]).await;
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                let _ = socket.write_all(answer).await;
            }
        });
        (port, reached)
    }

    async fn post(names: &Fickle, private: &[&str], port: u16) -> Result<u16, WebhookFault> {
        let private = private.iter().map(|host| (*host).to_owned());
        let transport = HttpWebhooks::resolving_with(private, names.clone()).unwrap();
        let url = format!("http://approver.example:{port}/yes");
        let request = Request::post(url).body(Bytes::new()).unwrap();
        let response = transport.post(request).await?;
        Ok(response.status().as_u16())
    }

    #[tokio::test]
    async fn attack_100_a_name_that_leads_inside_is_not_called() {
        let (port, reached) = private_service().await;
        for answer in [
            &["127.0.0.1"][..],
            &["93.184.215.14", "127.0.0.1"],
            &["::ffff:127.0.0.1"],
            &["::1"],
            &["10.0.0.1"],
        ] {
            let names = Fickle::answering(&[answer]);
            let refused = post(&names, &[], port).await;
            assert_eq!(refused, Err(WebhookFault::ForbiddenAddress), "{answer:?}");
        }
        assert_eq!(reached.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn attack_100_a_host_that_is_named_leads_inside_but_never_to_metadata() {
        let (port, reached) = private_service().await;
        let named = &["Approver.Example."];
        let inside = Fickle::answering(&[&["127.0.0.1"]]);
        assert_eq!(post(&inside, named, port).await, Ok(200));
        assert_eq!(reached.load(Ordering::SeqCst), 1);
        for metadata in [&["169.254.169.254"], &["fd00:ec2::254"], &["fe80::1"]] {
            let names = Fickle::answering(&[metadata]);
            let refused = post(&names, named, port).await;
            assert_eq!(refused, Err(WebhookFault::ForbiddenAddress), "{metadata:?}");
        }
    }

    /// DNS rebinding: the name is public when it is checked, and private when it is called.
    #[tokio::test]
    async fn attack_061_a_name_is_called_where_it_was_checked() {
        let (port, reached) = private_service().await;
        let rebinding: &[&[&str]] = &[&["93.184.215.14"], &["127.0.0.1"]];

        // Whoever checks first and lets the client resolve again is led inside.
        let names = Fickle::answering(rebinding);
        assert_eq!(reach(names.next()[0].ip()), Reach::Public);
        let naive = reqwest::Client::builder()
            .no_proxy()
            .dns_resolver(Arc::new(Unchecked(names)))
            .build()
            .unwrap();
        let url = format!("http://approver.example:{port}/yes");
        assert_eq!(naive.post(url).send().await.unwrap().status(), 200);
        assert_eq!(reached.load(Ordering::SeqCst), 1);

        let names = Fickle::answering(rebinding);
        assert_eq!(reach(names.next()[0].ip()), Reach::Public);
        let refused = post(&names, &[], port).await;
        assert_eq!(refused, Err(WebhookFault::ForbiddenAddress));
        assert_eq!(
            reached.load(Ordering::SeqCst),
            1,
            "only the naive one was led inside"
        );
        assert_eq!(
            names.asked.load(Ordering::SeqCst),
            2,
            "resolved once, and connected to that"
        );
    }
}
