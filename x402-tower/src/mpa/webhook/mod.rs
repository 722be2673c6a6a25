//! Approvers who answer a `POST`.
//!
//! The HTTP client stands behind [`WebhookTransport`]. What is asked, and what is believed, is decided here, so that no
//! transport can loosen it.

mod address;
mod answer;
#[cfg(feature = "webhook")]
mod http_client;

use core::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Request, Response};
use serde::Serialize;
use serde_json::value::RawValue;
use url::Url;

pub use address::{Reach, reach};
pub(super) use answer::{AnswerFault, read};
#[cfg(feature = "webhook")]
pub use http_client::HttpWebhooks;

use super::shown::untrusted;
use super::{ApprovalRequest, ApprovalSecret};
use crate::payment::Payment;
use crate::step::Step;

/// Largest answer of a webhook, in bytes. A real one takes about 150.
pub const MAX_ANSWER_BYTES: usize = 4096;

/// The HMAC of an answer.
pub(super) const ANSWER_HMAC: HeaderName = HeaderName::from_static("x-mpa-hmac");
/// When the request was signed, in Unix seconds.
const TIMESTAMP: HeaderName = HeaderName::from_static("x-mpa-timestamp");
/// The HMAC of the request.
const SIGNATURE: HeaderName = HeaderName::from_static("x-mpa-signature");

/// What the request's HMAC begins with, so that it can never be taken for the HMAC of an answer.
const REQUEST_DOMAIN: &[u8] = b"x402-tower/mpa/webhook-request/v1\n";

/// Most texts of the seller that an approver is shown, and their length in characters.
const MAX_TEXTS: usize = 8;
const MAX_TEXT: usize = 200;

/// Sends one `POST` and brings back one answer.
///
/// An implementation follows no redirect, reads at most [`MAX_ANSWER_BYTES`] of the answer, connects only to addresses
/// that it has checked (see [`reach`]) and does not retry. It needs no timeout of its own: dropping the step must end
/// the request. The default one, `HttpWebhooks`, comes with the feature `webhook`.
pub trait WebhookTransport: Send + Sync + fmt::Debug + 'static {
    /// Sends `request` and answers with the response, whatever its status.
    fn post(&self, request: Request<Bytes>) -> Step<'_, Result<Response<Bytes>, WebhookFault>>;
}

/// Why a webhook gave no answer. Each counts as no approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookFault {
    /// The host's name or address leads somewhere that webhooks do not go.
    #[error(
        "the webhook's host leads to a private or reserved address; allow the host by name if it is meant to"
    )]
    ForbiddenAddress,
    /// The connection failed or broke.
    #[error("the webhook could not be reached, or the connection broke")]
    Connection,
    /// The answer is too large.
    #[error("the webhook's answer is larger than {MAX_ANSWER_BYTES} bytes")]
    TooLarge,
}

impl WebhookFault {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ForbiddenAddress => "webhook.forbidden_address",
            Self::Connection => "webhook.connection",
            Self::TooLarge => "webhook.too_large",
        }
    }
}

/// A webhook as it is configured.
#[derive(Clone)]
pub(super) struct Webhook {
    /// `None` for a text that is no URL; told when the control is made.
    url: Option<Url>,
    pub(super) secret: Option<ApprovalSecret>,
    pub(super) unbound: bool,
}

impl Webhook {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: Url::parse(url).ok(),
            secret: None,
            unbound: false,
        }
    }

    pub(super) fn url(&self) -> Option<&Url> {
        self.url.as_ref()
    }

    /// What is wrong with it, and what would be right.
    pub(super) fn problem(&self, private_hosts: &[String]) -> Option<&'static str> {
        let Some(url) = &self.url else {
            return Some("its address is not a URL; write https://host/path");
        };
        let named = || private_hosts.iter().any(|host| is_host(url, host));
        let credential = !url.username().is_empty() || url.password().is_some();
        match url.scheme() {
            _ if credential => Some(
                "its URL holds a user name or password, which logs would show; use a shared secret",
            ),
            _ if url.fragment().is_some() => Some("its URL has a fragment; take it off"),
            "https" => None,
            "http" if self.secret.is_some() && named() => None,
            "http" => Some(
                "plain http shows payments and lets anybody answer; write https, or for a private host allow the host by name and set a shared secret",
            ),
            _ => Some("its URL is neither https nor http; write https://host/path"),
        }
    }
}

/// Whether `name` is the host of `url`, in whatever case and with or without the root's dot.
pub(super) fn is_host(url: &Url, name: &str) -> bool {
    let bare = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
    url.host_str().is_some_and(|host| bare(host) == bare(name))
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Paths of webhooks are often secrets.
        f.debug_struct("Webhook")
            .field("host", &self.url.as_ref().and_then(Url::host_str))
            .field("signed", &self.secret.is_some())
            .finish_non_exhaustive()
    }
}

/// What is posted.
#[derive(Serialize)]
struct Question<'a> {
    request: &'a RawValue,
    approver_id: &'a str,
    threshold: usize,
    untrusted_texts: Vec<UntrustedText>,
}

#[derive(Serialize)]
struct UntrustedText {
    field: String,
    text: String,
}

/// The texts of the seller that an approver may see: those that were screened, and could be redacted.
///
/// Where no control has screened the payment there are none: what nobody looked at does not leave for a third party.
pub(super) fn shown_texts(payment: &Payment) -> Vec<(String, String)> {
    if payment.shown_url().is_none() {
        return Vec::new();
    }
    let texts = payment.texts().iter();
    texts
        .filter(|text| text.is_rewritable() && !text.is_url())
        .take(MAX_TEXTS)
        .map(|text| {
            (
                untrusted(text.path(), MAX_TEXT),
                untrusted(text.value(), MAX_TEXT),
            )
        })
        .collect()
}

impl Webhook {
    /// The request that asks `approver`.
    pub(super) fn question(
        &self,
        approver: &str,
        request: &ApprovalRequest,
        threshold: usize,
        texts: &[(String, String)],
        now_secs: u64,
    ) -> Option<Request<Bytes>> {
        let raw: &RawValue = serde_json::from_str(request.payload()).ok()?;
        let question = Question {
            request: raw,
            approver_id: approver,
            threshold,
            untrusted_texts: texts
                .iter()
                .map(|(field, text)| UntrustedText {
                    field: field.clone(),
                    text: text.clone(),
                })
                .collect(),
        };
        let body = Bytes::from(serde_json::to_vec(&question).ok()?);
        let json = HeaderValue::from_static("application/json");
        let mut post = Request::post(self.url.as_ref()?.as_str())
            .header(CONTENT_TYPE, json.clone())
            .header(ACCEPT, json);
        if let Some(secret) = &self.secret {
            let timestamp = now_secs.to_string();
            let signed = [REQUEST_DOMAIN, timestamp.as_bytes(), b"\n", &body];
            let mut signature = HeaderValue::from_str(&secret.sign_parts(&signed)).ok()?;
            signature.set_sensitive(true);
            post = post
                .header(TIMESTAMP, timestamp)
                .header(SIGNATURE, signature);
        }
        post.body(body).ok()
    }
}
