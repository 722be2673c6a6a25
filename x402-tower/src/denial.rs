//! A typed refusal with a stable reason code.

use core::fmt;
use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

use crate::money::Usd;

/// Which family a [`Denial`] belongs to: the error kinds of the reference implementation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DenialKind {
    /// Personal data was found and the action is to block.
    PiiBlocked,
    /// A rule or limit of the policy was hit.
    PolicyViolation,
    /// This was paid, or is being paid, already.
    ReplayDetected,
    /// Too few approvals.
    MpaDenied,
    /// Approvals did not come in time.
    MpaTimeout,
    /// The challenge, the signature or the machinery itself was not fit to pay with.
    PaymentError,
}

impl DenialKind {
    /// The stable name: `pii_blocked`, `policy_violation`, …
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PiiBlocked => "pii_blocked",
            Self::PolicyViolation => "policy_violation",
            Self::ReplayDetected => "replay_detected",
            Self::MpaDenied => "mpa_denied",
            Self::MpaTimeout => "mpa_timeout",
            Self::PaymentError => "payment_error",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::PiiBlocked => StatusCode::UNPROCESSABLE_ENTITY,
            Self::PolicyViolation | Self::MpaDenied => StatusCode::FORBIDDEN,
            Self::ReplayDetected => StatusCode::CONFLICT,
            Self::MpaTimeout => StatusCode::GATEWAY_TIMEOUT,
            Self::PaymentError => StatusCode::BAD_GATEWAY,
        }
    }
}

/// A payment, challenge or message was refused, and nothing was paid by it.
///
/// [`code`](Self::code) is stable and meant for programs. The text says what to do next and holds no secret and no
/// unredacted text. Over the network only the code and its title are told, never a limit or an amount, so that a
/// seller cannot probe a budget (attack 143).
///
/// ```
/// use x402_tower::{Denial, DenialKind};
///
/// let denial = Denial::new(DenialKind::PolicyViolation, "policy.per_call", "0.25 USD is over the limit of 0.10 USD");
/// let response = denial.to_response();
/// assert_eq!(response.status(), 403);
/// assert_eq!(response.headers()["content-type"], "application/problem+json");
/// assert!(!response.body().windows(4).any(|part| part == b"0.10"));
/// ```
#[derive(Clone)]
pub struct Denial {
    kind: DenialKind,
    code: &'static str,
    detail: Cow<'static, str>,
    status: StatusCode,
    limit: Option<Usd>,
    even_in_shadow: bool,
    source: Option<Arc<dyn Error + Send + Sync>>,
    /// Further members of the response's JSON object, each with a comma before it.
    members: Option<Arc<str>>,
}

impl Denial {
    /// A denial with a dotted lower-case `code` and a text for logs and people.
    #[must_use]
    pub fn new(kind: DenialKind, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            code,
            detail: detail.into(),
            status: kind.status(),
            limit: None,
            even_in_shadow: false,
            source: None,
            members: None,
        }
    }

    /// Answers with another status than the kind's own.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Holds also where the control that denies is in shadow: for a stop that somebody asked for, such as the kill switch.
    #[must_use]
    pub const fn even_in_shadow(mut self) -> Self {
        self.even_in_shadow = true;
        self
    }

    /// Whether it holds also where the control that denies is in shadow.
    #[must_use]
    pub const fn holds_in_shadow(&self) -> bool {
        self.even_in_shadow
    }

    /// Keeps the typed error that caused it, for [`Error::source`].
    #[must_use]
    pub fn with_source(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Names the limit that was met, for the audit record. It is never told to the network (attack 143).
    #[must_use]
    pub const fn with_limit(mut self, limit: Usd) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The limit that was met, where one was.
    #[must_use]
    pub const fn limit(&self) -> Option<Usd> {
        self.limit
    }

    /// Tells more in the response: members of its JSON object, each with a comma before it. They leave this process.
    pub(crate) fn with_members(mut self, members: Arc<str>) -> Self {
        self.members = Some(members);
        self
    }

    /// The family.
    #[must_use]
    pub const fn kind(&self) -> DenialKind {
        self.kind
    }

    /// The stable reason code, such as `policy.per_call`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What happened, for logs and people in this process.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The HTTP status of the response that carries it.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The response that a caller gets: `application/problem+json` (RFC 9457), with the denial itself in the extensions.
    #[must_use]
    pub fn to_response(&self) -> Response<Bytes> {
        let body = format!(
            r#"{{"type":"urn:x402-tower:denial:{code}","title":"{title}","status":{status},"code":"{code}","kind":"{kind}"{members}}}"#,
            code = self.code,
            title = self.title(),
            status = self.status.as_u16(),
            kind = self.kind.as_str(),
            members = self.members.as_deref().unwrap_or_default(),
        );
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.extensions_mut().insert(self.clone());
        response
    }

    const fn title(&self) -> &'static str {
        match self.kind {
            DenialKind::PiiBlocked => "Refused: the payment would have carried personal data",
            DenialKind::PolicyViolation => "Refused: the payment is outside the spending policy",
            DenialKind::ReplayDetected => "Refused: this was paid or is being paid already",
            DenialKind::MpaDenied => "Refused: the payment was not approved",
            DenialKind::MpaTimeout => "Refused: approvals did not arrive in time",
            DenialKind::PaymentError => "Refused: the payment could not be made safely",
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl fmt::Debug for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Denial")
            .field("kind", &self.kind)
            .field("code", &self.code)
            .field("detail", &self.detail)
            .finish_non_exhaustive()
    }
}

impl Error for Denial {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_ref()
            .map(|source| source.as_ref() as &(dyn Error + 'static))
    }
}
