//! The HTTP exchange that a payment belongs to.

use core::fmt;
use std::borrow::Cow;
use std::sync::Arc;

use http::Method;
use url::Url;

use super::{ApprovalSignatures, Findings};
use crate::clock::UnixMillis;
use crate::denial::Denial;

/// Longest agent name, in bytes.
pub const MAX_AGENT_ID_BYTES: usize = 128;

/// Who spends. Put one into a request's extensions to override the configuration's.
///
/// It is set by the process that holds the guard (from a token, a certificate or its configuration), never read from a
/// header that the agent chooses (attack 83).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AgentId(Arc<str>);

impl AgentId {
    /// An agent's name: 1 to 128 printable ASCII characters.
    ///
    /// # Errors
    ///
    /// [`AgentIdError`] for anything else.
    pub fn new(name: &str) -> Result<Self, AgentIdError> {
        let fits = (1..=MAX_AGENT_ID_BYTES).contains(&name.len());
        if fits && name.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
            Ok(Self(name.into()))
        } else {
            Err(AgentIdError)
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for AgentId {
    fn default() -> Self {
        Self("agent".into())
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AgentId({})", self.0)
    }
}

/// Not an agent's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an agent id is 1 to 128 printable ASCII characters")]
#[non_exhaustive]
pub struct AgentIdError;

impl AgentIdError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "agent_id.invalid"
    }
}

/// Where the guard stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Position {
    /// Around a client whose payments our own signer makes.
    Buyer,
    /// Around a client whose payments somebody else signs: an official SDK, another crate.
    ThirdPartyPayer,
    /// Around a service that sells.
    Seller,
    /// Around the client that a seller calls its facilitator with.
    FacilitatorBound,
}

impl Position {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::ThirdPartyPayer => "third_party_payer",
            Self::Seller => "seller",
            Self::FacilitatorBound => "facilitator_bound",
        }
    }

    /// Whether money of ours moves here.
    #[must_use]
    pub const fn spends(self) -> bool {
        matches!(self, Self::Buyer | Self::ThirdPartyPayer)
    }
}

/// What was asked of whom, by whom and when: everything that is known without believing the challenge.
#[derive(Clone)]
pub struct Exchange {
    pub(crate) position: Position,
    pub(crate) agent: AgentId,
    pub(crate) method: Method,
    pub(crate) url: Arc<Url>,
    pub(crate) now: UnixMillis,
    pub(crate) body_digest: Option<[u8; 32]>,
    pub(crate) idempotency_key: Option<Arc<str>>,
    pub(crate) objection: Option<Denial>,
    pub(crate) findings: Findings,
    pub(crate) policy_revision: Option<Arc<str>>,
    pub(crate) counted: bool,
    pub(crate) approval_signatures: Option<ApprovalSignatures>,
}

impl Exchange {
    /// An exchange with `url` as it was requested.
    #[must_use]
    pub fn new(
        position: Position,
        agent: AgentId,
        method: Method,
        url: Url,
        now: UnixMillis,
    ) -> Self {
        Self {
            position,
            agent,
            method,
            url: Arc::new(url),
            now,
            body_digest: None,
            idempotency_key: None,
            objection: None,
            findings: Findings::new(),
            policy_revision: None,
            counted: false,
            approval_signatures: None,
        }
    }

    /// Whether a guard further out counts this payment in its metrics.
    pub(crate) fn is_counted(&self) -> bool {
        self.counted
    }

    /// Why nothing may be paid in this exchange, where the request itself is the reason. Kept until a payment is asked
    /// for, so that the denial is on record like any other.
    pub(crate) fn check(&self) -> Result<(), Denial> {
        self.objection.clone().map_or(Ok(()), Err)
    }

    /// With the SHA-256 of the request's body.
    #[must_use]
    pub fn with_body_digest(mut self, digest: [u8; 32]) -> Self {
        self.body_digest = Some(digest);
        self
    }

    /// With the caller's own key for this logical request.
    #[must_use]
    pub fn with_idempotency_key(mut self, key: &str) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// With countersignatures that the caller has collected for it.
    #[must_use]
    pub fn with_approval_signatures(mut self, signatures: ApprovalSignatures) -> Self {
        self.approval_signatures = Some(signatures);
        self
    }

    /// Where the guard stands.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// Who spends.
    #[must_use]
    pub fn agent(&self) -> &AgentId {
        &self.agent
    }

    /// The request's method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The URL that was requested, unredacted: for decisions, never for logs.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Scheme, host and port of the requested URL: fit for logs.
    #[must_use]
    pub fn origin(&self) -> Cow<'_, str> {
        if self.url.username().is_empty() && self.url.password().is_none() {
            return Cow::Borrowed(&self.url[..url::Position::BeforePath]);
        }
        Cow::Owned(self.url.origin().ascii_serialization())
    }

    /// When the decision is made.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        self.now
    }

    /// SHA-256 of the request's body, where it is known.
    #[must_use]
    pub fn body_digest(&self) -> Option<&[u8; 32]> {
        self.body_digest.as_ref()
    }

    /// What kinds of personal data were found in the request itself, before it left.
    #[must_use]
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The revision of the policy that the guard decides by, where it has one: it stands on the record also of what is
    /// denied before there is a payment.
    #[must_use]
    pub fn policy_revision(&self) -> Option<&str> {
        self.policy_revision.as_deref()
    }

    /// The caller's own key for this logical request.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    /// Countersignatures that the caller has collected for it.
    #[must_use]
    pub fn approval_signatures(&self) -> Option<&ApprovalSignatures> {
        self.approval_signatures.as_ref()
    }
}

/// Shows the origin only: path and query may hold personal data.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("position", &self.position)
            .field("agent", &self.agent)
            .field("method", &self.method)
            .field("origin", &self.origin())
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}
