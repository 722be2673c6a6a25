//! A seller on loopback that answers as it is told and remembers what it was asked.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub(crate) const PAY_TO: &str = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";
pub(crate) const REQUIREMENT_V2: &str = r#"{"scheme":"exact","network":"eip155:84532","amount":"10000","asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","payTo":"0x209693Bc6afc0C5328bA36FaF03C514EF312287C","maxTimeoutSeconds":300,"extra":{"name":"USDC","version":"2"}}"#;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) origin: String,
}

impl Asked {
    pub(crate) fn is_paid(&self) -> bool {
        self.payment().is_some()
    }

    /// The payment header, as it arrived.
    pub(crate) fn payment(&self) -> Option<String> {
        let headers = ["payment-signature", "x-payment"];
        let value = headers.iter().find_map(|name| self.headers.get(*name))?;
        Some(value.to_str().unwrap().to_owned())
    }
}

/// What the seller does with a request.
pub(crate) enum Reply {
    Now(Response),
    /// Never answers.
    Silence,
    /// Closes the connection.
    HangUp,
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        Self::Now(response)
    }
}

pub(crate) struct Seller {
    origin: String,
    asked: watch::Receiver<Vec<Asked>>,
}

impl Seller {
    pub(crate) async fn start<R: Into<Reply>>(
        script: impl Fn(&Asked) -> R + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (sender, asked) = watch::channel(Vec::new());
        let sender = Arc::new(sender);
        let script = Arc::new(script);
        let own = origin.clone();
        let app = axum::Router::new().fallback(move |request: Request| {
            let (sender, script, origin) = (Arc::clone(&sender), Arc::clone(&script), own.clone());
            async move {
                let asked = read(request, origin).await;
                let reply = script(&asked).into();
                sender.send_modify(|all| all.push(asked));
                match reply {
                    Reply::Now(response) => response,
                    Reply::Silence => core::future::pending().await,
                    // Unwinds the connection's task without a panic message.
                    Reply::HangUp => std::panic::resume_unwind(Box::new(())),
                }
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { origin, asked }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.borrow().clone()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }

    pub(crate) fn payments(&self) -> usize {
        self.asked().iter().filter(|asked| asked.is_paid()).count()
    }

    /// Waits for a paid request.
    pub(crate) async fn paid(&self) {
        let mut asked = self.asked.clone();
        asked
            .wait_for(|all| all.iter().any(Asked::is_paid))
            .await
            .unwrap();
    }
}

async fn read(request: Request, origin: String) -> Asked {
    let (parts, body) = request.into_parts();
    Asked {
        method: parts.method,
        path: parts.uri.to_string(),
        headers: parts.headers,
        body: to_bytes(body, usize::MAX).await.unwrap(),
        origin,
    }
}

pub(crate) fn base64(json: impl AsRef<[u8]>) -> String {
    STANDARD.encode(json)
}

pub(crate) fn response(status: u16) -> axum::http::response::Builder {
    Response::builder().status(status)
}

/// The 402 of a v2 seller for the requested path.
pub(crate) fn challenge_v2(asked: &Asked) -> Response {
    challenge_for(&format!("{}{}", asked.origin, asked.path))
}

/// The 402 of a v2 seller for `resource`.
pub(crate) fn challenge_for(resource: &str) -> Response {
    let json = format!(
        r#"{{"x402Version":2,"error":"Payment required","resource":{{"url":"{resource}"}},"accepts":[{REQUIREMENT_V2}]}}"#
    );
    response(402)
        .header("payment-required", base64(json))
        .body(Body::from("{}"))
        .unwrap()
}

/// The body of a v1 seller's 402.
pub(crate) fn challenge_v1_json(asked: &Asked) -> String {
    format!(
        r#"{{"x402Version":1,"error":"X-PAYMENT header is required","accepts":[{{"scheme":"exact","network":"base-sepolia","maxAmountRequired":"10000","resource":"{}{}","description":"","mimeType":"","payTo":"{PAY_TO}","maxTimeoutSeconds":60,"asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","extra":{{"name":"USDC","version":"2"}}}}]}}"#,
        asked.origin, asked.path
    )
}

pub(crate) fn challenge_v1(asked: &Asked) -> Response {
    response(402)
        .body(Body::from(challenge_v1_json(asked)))
        .unwrap()
}

/// The answer to a settled v2 payment.
pub(crate) fn goods() -> Response {
    goods_on("eip155:84532")
}

/// The answer to a payment that was settled on `network`, as its version names it.
pub(crate) fn goods_on(network: &str) -> Response {
    let receipt = format!(
        r#"{{"success":true,"transaction":"0xabababababababababababababababababababababababababababababababab","network":"{network}"}}"#
    );
    response(200)
        .header("payment-response", base64(receipt))
        .body(Body::from("goods"))
        .unwrap()
}

pub(crate) fn redirect(status: u16, location: &str) -> Response {
    response(status)
        .header("location", location)
        .body(Body::empty())
        .unwrap()
}

pub(crate) fn status(code: StatusCode) -> Response {
    response(code.as_u16()).body(Body::empty()).unwrap()
}

/// Asks for money, and sells for it.
pub(crate) fn honest(asked: &Asked) -> Response {
    if asked.is_paid() {
        goods()
    } else {
        challenge_v2(asked)
    }
}
