//! Webhook approvers that answer from a script, without a socket.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use parking_lot::Mutex;
use serde_json::{Value, json};
use x402_tower::Step;
use x402_tower::mpa::{Approver, WebhookFault, WebhookTransport};

use crate::ground::secret;

type Script = Arc<dyn Fn(&Request<Bytes>) -> Response<Bytes> + Send + Sync>;

/// What one approver does.
#[derive(Clone)]
pub(crate) enum Conduct {
    /// Answers by itself.
    Answers(Script),
    /// Never answers.
    Hangs,
    /// Cannot be reached.
    Breaks,
}

/// Approvers by the last segment of their URL. Clones share what was asked.
#[derive(Clone, Default)]
pub(crate) struct Approvers {
    conduct: HashMap<String, Conduct>,
    asked: Arc<Mutex<Vec<Request<Bytes>>>>,
}

impl Approvers {
    pub(crate) fn with(mut self, name: &str, conduct: Conduct) -> Self {
        self.conduct.insert(name.to_owned(), conduct);
        self
    }

    pub(crate) fn asked(&self) -> Vec<Request<Bytes>> {
        self.asked.lock().clone()
    }

    /// The bodies of what was asked.
    pub(crate) fn questions(&self) -> Vec<Value> {
        let asked = self.asked();
        let bodies = asked
            .iter()
            .map(|asked| serde_json::from_slice(asked.body()));
        bodies.collect::<Result<_, _>>().unwrap()
    }
}

impl core::fmt::Debug for Approvers {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_set().entries(self.conduct.keys()).finish()
    }
}

impl WebhookTransport for Approvers {
    fn post(&self, request: Request<Bytes>) -> Step<'_, Result<Response<Bytes>, WebhookFault>> {
        self.asked.lock().push(request.clone());
        let name = request.uri().path().trim_start_matches('/');
        match self.conduct.get(name) {
            Some(Conduct::Answers(script)) => Step::ready(Ok(script(&request))),
            Some(Conduct::Hangs) => Step::wait(core::future::pending()),
            Some(Conduct::Breaks) | None => Step::ready(Err(WebhookFault::Connection)),
        }
    }
}

/// An approver with a webhook and a secret of its own.
pub(crate) fn webhook(name: &str) -> Approver {
    unsigned(name).with_shared_secret(secret(name))
}

/// An approver with a webhook and no secret.
pub(crate) fn unsigned(name: &str) -> Approver {
    Approver::webhook(name, &format!("https://approvals.example.com/{name}"))
}

/// What a right answer to `question` says.
pub(crate) fn bound(question: &Value, approved: bool) -> String {
    json!({
        "approved": approved,
        "request_id": question["request"]["request_id"],
        "digest": question["request"]["digest"],
    })
    .to_string()
}

/// Answers as `name` should.
pub(crate) fn says(name: &str, approved: bool) -> Conduct {
    let name = name.to_owned();
    answers(move |request| {
        let question = serde_json::from_slice(request.body()).unwrap();
        sealed(&name, bound(&question, approved))
    })
}

/// Answers whatever is asked with `body`, sealed with the secret of `name`.
pub(crate) fn replies(name: &str, body: &'static str) -> Conduct {
    let name = name.to_owned();
    answers(move |_| sealed(&name, body.to_owned()))
}

pub(crate) fn answers(
    script: impl Fn(&Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
) -> Conduct {
    Conduct::Answers(Arc::new(script))
}

/// A response with the HMAC of `name` over `body`.
pub(crate) fn sealed(name: &str, body: String) -> Response<Bytes> {
    let tag = secret(name).sign(body.as_bytes());
    let response = Response::builder().header("x-mpa-hmac", tag);
    response.body(body.into()).unwrap()
}
