//! A tower service over `reqwest`, and what left through it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, Request, Response};
use parking_lot::Mutex;
use reqwest::{Body, redirect::Policy};
use tower_service::Service;

use crate::interop::PaymentHeader;

/// The payment headers that passed a place, in order. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct SeenPayments(Arc<Mutex<Vec<PaymentHeader>>>);

impl SeenPayments {
    /// Everything so far.
    #[must_use]
    pub fn all(&self) -> Vec<PaymentHeader> {
        self.0.lock().clone()
    }

    pub(crate) fn note(&self, headers: &HeaderMap) {
        for name in ["payment-signature", "x-payment"] {
            for value in headers.get_all(name) {
                let raw = value.to_str().expect("base64 is ASCII");
                self.0.lock().push(PaymentHeader::new(name, raw));
            }
        }
    }
}

/// Sends requests with a client that follows no redirect, and remembers the payments among them.
#[derive(Clone, Debug)]
pub struct Transport {
    http: reqwest::Client,
    left: SeenPayments,
}

impl Transport {
    /// A transport that has sent nothing.
    ///
    /// # Panics
    ///
    /// If TLS cannot be set up.
    #[must_use]
    pub fn new() -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .build()
            .expect("TLS can be set up");
        Self {
            http,
            left: SeenPayments::default(),
        }
    }

    /// The payments that left.
    #[must_use]
    pub fn left(&self) -> SeenPayments {
        self.left.clone()
    }
}

impl Default for Transport {
    fn default() -> Self {
        Self::new()
    }
}

impl Service<Request<Body>> for Transport {
    type Response = Response<Body>;
    type Error = reqwest::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, reqwest::Error>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), reqwest::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.left.note(request.headers());
        let http = self.http.clone();
        Box::pin(async move {
            let request = reqwest::Request::try_from(request)?;
            http.execute(request).await.map(Response::from)
        })
    }
}
