//! Building a request of a guarded client.

use core::fmt::{self, Display};
use std::time::Duration;

use http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, RequestBuilder, Response};
use serde::Serialize;
use x402_tower::AgentId;
use x402_tower::payment::ApprovalSignatures;

use crate::client::GuardedClient;
use crate::error::X402Error;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A request of a [`GuardedClient`]. What cannot be built is an error of [`send`](Self::send).
#[must_use = "a request does nothing until it is sent"]
pub struct GuardedRequestBuilder {
    client: GuardedClient,
    inner: RequestBuilder,
    agent: Option<AgentId>,
    approvals: Option<ApprovalSignatures>,
}

impl GuardedRequestBuilder {
    pub(crate) fn new(client: GuardedClient, inner: RequestBuilder) -> Self {
        Self {
            client,
            inner,
            agent: None,
            approvals: None,
        }
    }

    fn map(mut self, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Self {
        self.inner = change(self.inner);
        self
    }

    /// Adds a header.
    pub fn header<K, V>(self, name: K, value: V) -> Self
    where
        HeaderName: TryFrom<K>,
        <HeaderName as TryFrom<K>>::Error: Into<http::Error>,
        HeaderValue: TryFrom<V>,
        <HeaderValue as TryFrom<V>>::Error: Into<http::Error>,
    {
        self.map(|inner| inner.header(name, value))
    }

    /// Sets headers, in place of those of the same names.
    pub fn headers(self, headers: HeaderMap) -> Self {
        self.map(|inner| inner.headers(headers))
    }

    /// Adds to the URL's query.
    pub fn query<T: Serialize + ?Sized>(self, query: &T) -> Self {
        self.map(|inner| inner.query(query))
    }

    /// Sends `json` as the body.
    pub fn json<T: Serialize + ?Sized>(self, json: &T) -> Self {
        self.map(|inner| inner.json(json))
    }

    /// Sends `form` as the body, URL-encoded.
    pub fn form<T: Serialize + ?Sized>(self, form: &T) -> Self {
        self.map(|inner| inner.form(form))
    }

    /// Sends `body`. One that is a stream, or larger than
    /// [`MAX_REPLAY_BODY_BYTES`](x402_tower::pay::MAX_REPLAY_BODY_BYTES), cannot be sent again and so not be paid for.
    pub fn body(self, body: impl Into<Body>) -> Self {
        self.map(|inner| inner.body(body))
    }

    /// How long each attempt may take, from connecting to the end of the response's body: the first one, every redirect
    /// and the paid one. Where it runs out after the payment left, the outcome is unknown.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.map(|inner| inner.timeout(timeout))
    }

    /// Authenticates with a bearer token.
    pub fn bearer_auth(self, token: impl Display) -> Self {
        self.map(|inner| inner.bearer_auth(token))
    }

    /// Names this logical request in its `Idempotency-Key` header: 1 to 256 visible ASCII characters.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.map(|inner| match HeaderValue::from_str(key) {
            Ok(value) => inner.headers(HeaderMap::from_iter([(IDEMPOTENCY_KEY, value)])),
            Err(_) => inner.header(IDEMPOTENCY_KEY, key),
        })
    }

    /// Spends in the name of `agent`, in place of the configuration's.
    pub fn agent(mut self, agent: AgentId) -> Self {
        self.agent = Some(agent);
        self
    }

    /// Brings countersignatures for the payment, where an attempt before was denied because they were missing:
    /// [`X402Error::approval_request`] says what has to be signed.
    pub fn approval_signatures(mut self, signatures: ApprovalSignatures) -> Self {
        self.approvals = Some(signatures);
        self
    }

    /// Sends the request, and pays if it is asked to and may.
    ///
    /// Where something was paid, [`payment_record`](crate::payment_record) of the response tells what and how it ended,
    /// whatever the response's status.
    ///
    /// # Errors
    ///
    /// [`X402Error`]: a denial, a payment whose outcome is unknown, or a request that failed without the guard having a
    /// part in it.
    pub async fn send(self) -> Result<Response, X402Error> {
        let request = self.inner.build().map_err(X402Error::request)?;
        let mut extensions = Extensions::new();
        if let Some(agent) = self.agent {
            extensions.insert(agent);
        }
        if let Some(signatures) = self.approvals {
            extensions.insert(signatures);
        }
        self.client.run(request, extensions).await
    }
}

/// Leaves out the request: its headers, URL and body may hold credentials and personal data.
impl fmt::Debug for GuardedRequestBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedRequestBuilder")
            .field("agent", &self.agent)
            .field("approvals", &self.approvals)
            .finish_non_exhaustive()
    }
}
