//! Webhooks over real sockets, honest and not.

use core::convert::Infallible;
use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use bytes::Bytes;
use futures_util::stream;
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::net::TcpListener;
use x402_tower::mpa::{Approver, HttpWebhooks, MpaConfig, WebhookFault, WebhookTransport};

use crate::approvers::bound;
use crate::ground::{Buyer, assert_paid, assert_refused, code, secret};

/// Approvers on a socket of this machine, by the path of their URL.
struct Server {
    address: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (connections, requests) =
            (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (opened, asked) = (connections.clone(), requests.clone());
        let app = Router::new().fallback(move |request: Request| {
            asked.fetch_add(1, Ordering::SeqCst);
            answer(request)
        });
        let listener = axum::serve::ListenerExt::tap_io(listener, move |_| {
            opened.fetch_add(1, Ordering::SeqCst);
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            address,
            connections,
            requests,
        }
    }

    /// An approver called `name` who does what `path` says.
    fn approver(&self, name: &str, path: &str) -> Approver {
        let url = format!("http://{}/{path}/{name}", self.address);
        Approver::webhook(name, &url).with_shared_secret(secret(name))
    }

    fn config(&self, threshold: usize, approvers: &[(&str, &str)]) -> MpaConfig {
        let config = MpaConfig::new(threshold).with_private_host("127.0.0.1");
        let approvers = approvers
            .iter()
            .map(|(name, path)| self.approver(name, path));
        approvers.fold(config, MpaConfig::with_approver)
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn answer(request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let mut path = parts.uri.path().split('/').skip(1);
    let (conduct, name) = (path.next().unwrap(), path.next().unwrap().to_owned());
    let body = body.collect().await.unwrap().to_bytes();
    let question: Value = serde_json::from_slice(&body).unwrap_or_default();
    let yes = bound(&question, true);
    let sealed = |body: String| {
        let tag = secret(&name).sign(body.as_bytes());
        Response::builder().header("x-mpa-hmac", tag)
    };
    match conduct {
        "yes" => sealed(yes.clone()).body(yes.into()).unwrap(),
        "no" => {
            let no = bound(&question, false);
            sealed(no.clone()).body(no.into()).unwrap()
        }
        "hang" => core::future::pending().await,
        "unsealed" => Response::new(yes.into()),
        "word" => {
            let word = yes.replace("true", r#""true""#);
            sealed(word.clone()).body(word.into()).unwrap()
        }
        "redirect" => Response::builder()
            .status(307)
            .header("location", format!("/yes/{name}"))
            .body(Body::empty())
            .unwrap(),
        "see-other" => Response::builder()
            .status(303)
            .header("location", format!("/yes/{name}"))
            .body(Body::empty())
            .unwrap(),
        "endless" => {
            let spaces = Bytes::from(" ".repeat(1000));
            let endless = stream::repeat_with(move || Ok::<_, Infallible>(spaces.clone()));
            sealed(yes).body(Body::from_stream(endless)).unwrap()
        }
        // A chunk a second, and never the last one.
        "drip" => {
            let drip = stream::unfold(yes.clone().into_bytes().into_iter(), |mut rest| async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let byte = rest.next()?;
                Some((Ok::<_, Infallible>(Bytes::from(vec![byte])), rest))
            });
            sealed(yes).body(Body::from_stream(drip)).unwrap()
        }
        "gzip" => {
            let response = sealed(yes.clone()).header("content-encoding", "gzip");
            response.body(yes.into()).unwrap()
        }
        other => panic!("no approver does {other}"),
    }
}

#[tokio::test]
async fn two_of_three_approve_while_one_hangs() {
    let server = Server::start().await;
    let three = [("alice", "hang"), ("bob", "yes"), ("carol", "yes")];
    assert_paid(&Buyer::asking(server.config(2, &three)).pay(500).await);
}

#[tokio::test]
async fn two_of_three_refuse_while_one_hangs() {
    let server = Server::start().await;
    let three = [("alice", "hang"), ("bob", "no"), ("carol", "no")];
    let refused = Buyer::asking(server.config(2, &three)).pay(500).await;
    assert_refused(&refused, "mpa.denied", 0, 2);
}

/// Beside one honest approver, each way of lying is no second approval.
#[tokio::test]
async fn attack_100_an_approver_who_lies_is_none() {
    let server = Server::start().await;
    for lie in ["unsealed", "word", "redirect", "see-other", "endless"] {
        let two = [("alice", "yes"), ("bob", lie)];
        let buyer = Buyer::asking(server.config(2, &two));
        let refused = buyer.pay(500).await;
        assert_eq!(code(&refused), Some("mpa.denied"), "{lie}");
        assert_eq!(buyer.signer.count(), 0);
    }
    let honest = [("alice", "yes"), ("bob", "yes")];
    assert_paid(&Buyer::asking(server.config(2, &honest)).pay(500).await);
}

/// Virtual time: every byte comes a second after the last, and the wait is over before the answer is.
#[tokio::test(start_paused = true)]
async fn attack_100_an_answer_that_drips_is_none() {
    let server = Server::start().await;
    let buyer = Buyer::asking(server.config(1, &[("alice", "drip")]));
    assert_refused(&buyer.pay(500).await, "mpa.timeout", 0, 1);
}

/// What says that it is compressed is not unpacked: the HMAC is over the bytes that came.
#[tokio::test]
async fn a_compressed_answer_is_read_as_it_came() {
    let server = Server::start().await;
    assert_paid(
        &Buyer::asking(server.config(1, &[("alice", "gzip")]))
            .pay(500)
            .await,
    );
}

/// The page behind a redirect would have approved on GET, as links in mails and chats do.
#[tokio::test]
async fn attack_101_a_redirect_to_a_page_that_approves_is_not_followed() {
    let server = Server::start().await;
    let buyer = Buyer::asking(server.config(1, &[("alice", "see-other")]));
    assert_refused(&buyer.pay(500).await, "mpa.denied", 0, 1);
    assert_eq!(server.requests(), 1, "the redirect was followed");

    let following = reqwest::Client::new();
    let url = format!("http://{}/see-other/alice", server.address);
    let answer = following.post(url).body("{}").send().await.unwrap();
    assert!(answer.text().await.unwrap().contains(r#""approved":true"#));
}

async fn post(transport: &HttpWebhooks, url: &str) -> Result<u16, WebhookFault> {
    let request = http::Request::post(url)
        .body(Bytes::from_static(b"{}"))
        .unwrap();
    let response = transport.post(request).await?;
    Ok(response.status().as_u16())
}

#[tokio::test]
async fn attack_060_a_webhook_reaches_no_private_address_unless_it_is_named() {
    let server = Server::start().await;
    let closed = HttpWebhooks::new([]).unwrap();
    let port = server.address.rsplit(':').next().unwrap();
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "127.1",
        "[::ffff:127.0.0.1]",
        "localhost",
        "LOCALHOST",
        "0.0.0.0",
        "169.254.169.254",
        "[::1]",
        "[fe80::1]",
        "10.0.0.1",
    ] {
        let url = format!("http://{host}:{port}/yes/alice");
        // A URI cannot spell every host that a URL can; a spelling that is none reaches nothing either.
        if url.parse::<http::Uri>().is_ok() {
            assert_eq!(
                post(&closed, &url).await,
                Err(WebhookFault::ForbiddenAddress),
                "{host}"
            );
        }
    }
    assert_eq!(server.connections(), 0, "a connection was opened");

    let url = format!("http://127.0.0.1:{port}/yes/alice");
    let named = HttpWebhooks::new(["127.0.0.1".to_owned()]).unwrap();
    assert_eq!(post(&named, &url).await, Ok(200));
    let open = reqwest::Client::new()
        .post(&url)
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(open.status(), 200, "a client without the check gets there");
}

#[tokio::test]
async fn attack_100_a_private_host_is_called_only_under_its_name() {
    let server = Server::start().await;
    let config = |host: &str| {
        MpaConfig::new(1)
            .with_private_host(host)
            .with_approver(server.approver("alice", "yes"))
    };
    assert_paid(&Buyer::asking(config("127.0.0.1")).pay(500).await);
    let other = x402_tower::mpa::MpaControl::new(config("localhost"));
    assert_eq!(other.unwrap_err().code(), "mpa.webhook_url");
}
