//! Where a layer stands, what time it is, who spends and what things are worth.

use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use url::Url;

use crate::assets::AssetTable;
use crate::clock::{Clock, SystemClock, UnixMillis};
use crate::denial::{Denial, DenialKind};
use crate::offers::OfferBook;
use crate::outgoing::ScreenedRequest;
use crate::payment::{AgentId, ApprovalSignatures, Exchange, Position};
use crate::requested_url::KnownOrigins;
use crate::telemetry::Counted;

/// How a challenge's own `resource.url` must fit the URL that was requested (attack 47).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ResourceMatch {
    /// Scheme, host and port must be the same.
    #[default]
    SameOrigin,
    /// The whole URL must be the same, but for the fragment.
    Exact,
    /// Not looked at: for sellers behind proxies that do not know their own address.
    Any,
}

impl ResourceMatch {
    /// The word for it in a policy file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameOrigin => "same-origin",
            Self::Exact => "exact",
            Self::Any => "any",
        }
    }

    /// Whether a challenge that says `claimed` may answer a request for `requested`.
    #[must_use]
    pub fn allows(self, requested: &Url, claimed: &str) -> bool {
        if self == Self::Any {
            return true;
        }
        if self == Self::SameOrigin && begins_with_origin(claimed, requested) {
            return true;
        }
        let Ok(claimed) = requested.join(claimed) else {
            return false;
        };
        match self {
            Self::Exact => without_fragment(&claimed) == without_fragment(requested),
            _ => claimed.origin() == requested.origin() && claimed.origin().is_tuple(),
        }
    }
}

/// Whether a text is the very origin of `url` and then a path: true of what honest sellers say, and cheaper to see than
/// by parsing. A slash ends the authority, so nothing behind it can name another.
fn begins_with_origin(text: &str, url: &Url) -> bool {
    let origin = &url[..url::Position::BeforePath];
    text.strip_prefix(origin)
        .is_some_and(|path| path.starts_with('/'))
}

fn without_fragment(url: &Url) -> &str {
    &url[..url::Position::AfterQuery]
}

/// Longest body of a request that comes with a payment, unless said otherwise.
const DEFAULT_PAID_BODY_BYTES: usize = 1024 * 1024;

/// What every layer needs to know besides its control.
///
/// Clones share the clock, the asset table and the book of offers.
#[derive(Debug, Clone)]
pub struct Context {
    pub(crate) position: Position,
    pub(crate) agent: AgentId,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) assets: Arc<AssetTable>,
    pub(crate) resource_match: ResourceMatch,
    pub(crate) public_origin: Option<Arc<Url>>,
    pub(crate) challenge_deadline: Duration,
    pub(crate) paid_body_limit: usize,
    pub(crate) paid_body_deadline: Duration,
    pub(crate) offers: Arc<OfferBook>,
    origins: Arc<KnownOrigins>,
    pub(crate) policy_revision: Option<Arc<str>>,
}

impl Context {
    /// Around a client that pays: by our signer, or by whoever put a payment header on the request.
    #[must_use]
    pub fn buyer() -> Self {
        Self::at(Position::ThirdPartyPayer)
    }

    /// Around a service that sells.
    #[must_use]
    pub fn seller() -> Self {
        Self::at(Position::Seller)
    }

    /// Around the client that a seller calls its facilitator with.
    #[must_use]
    pub fn facilitator_bound() -> Self {
        Self::at(Position::FacilitatorBound)
    }

    fn at(position: Position) -> Self {
        Self {
            position,
            agent: AgentId::default(),
            clock: Arc::new(SystemClock::new()),
            assets: Arc::new(AssetTable::builtin()),
            resource_match: ResourceMatch::default(),
            public_origin: None,
            challenge_deadline: Duration::from_secs(10),
            paid_body_limit: DEFAULT_PAID_BODY_BYTES,
            paid_body_deadline: Duration::from_secs(30),
            offers: Arc::new(OfferBook::default()),
            origins: Arc::new(KnownOrigins::default()),
            policy_revision: None,
        }
    }

    /// Who spends, where the request's extensions do not hold an [`AgentId`].
    #[must_use]
    pub fn with_agent(mut self, agent: AgentId) -> Self {
        self.agent = agent;
        self
    }

    /// Tells the time.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Which tokens there are and what they are worth.
    #[must_use]
    pub fn with_assets(mut self, assets: AssetTable) -> Self {
        self.assets = Arc::new(assets);
        self
    }

    /// How a challenge's `resource.url` must fit.
    #[must_use]
    pub fn with_resource_match(mut self, rule: ResourceMatch) -> Self {
        self.resource_match = rule;
        self
    }

    /// The seller's own origin, for requests that name none in their URL.
    #[must_use]
    pub fn with_public_origin(mut self, origin: Url) -> Self {
        self.public_origin = Some(Arc::new(origin));
        self
    }

    /// How long the body of a 402 may take to arrive (attack 25). Ten seconds by default.
    #[must_use]
    pub fn with_challenge_deadline(mut self, deadline: Duration) -> Self {
        self.challenge_deadline = deadline;
        self
    }

    /// The revision of the policy that decides here, for the records.
    #[must_use]
    pub fn with_policy_revision(mut self, revision: Arc<str>) -> Self {
        self.policy_revision = Some(revision);
        self
    }

    /// The revision of the policy that decides here, where it is known.
    #[must_use]
    pub fn policy_revision(&self) -> Option<&str> {
        self.policy_revision.as_deref()
    }

    /// How long the body of a request that comes with a payment may be, in bytes. One mebibyte by default.
    ///
    /// A replay control binds a payment to the body of its request, so the body is held in memory; a longer one is
    /// denied before anything is claimed.
    #[must_use]
    pub fn with_paid_body_limit(mut self, bytes: usize) -> Self {
        self.paid_body_limit = bytes;
        self
    }

    /// How long the body of a request that comes with a payment may take to arrive. Thirty seconds by default.
    #[must_use]
    pub fn with_paid_body_deadline(mut self, deadline: Duration) -> Self {
        self.paid_body_deadline = deadline;
        self
    }

    /// Where it stands.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// The time by its clock.
    ///
    /// # Errors
    ///
    /// A [`Denial`] where the clock cannot tell: nothing is paid without it.
    pub fn now(&self) -> Result<UnixMillis, Denial> {
        self.clock.now().ok_or_else(|| {
            Denial::new(
                DenialKind::PaymentError,
                "clock.missing",
                "the clock cannot tell the time; nothing is paid without it",
            )
            .with_status(http::StatusCode::INTERNAL_SERVER_ERROR)
        })
    }

    /// The exchange that a request begins.
    pub(crate) fn exchange(&self, position: Position, parts: &Parts) -> Result<Exchange, Denial> {
        let url = self.requested_url(parts)?;
        let agent = parts.extensions.get::<AgentId>().unwrap_or(&self.agent);
        let mut exchange = Exchange::new(
            position,
            agent.clone(),
            parts.method.clone(),
            url,
            self.now()?,
        );
        if let Some(screened) = parts.extensions.get::<ScreenedRequest>() {
            exchange.findings = screened.findings().clone();
        }
        exchange.policy_revision.clone_from(&self.policy_revision);
        exchange.counted = Counted::by_others(position, &parts.extensions);
        exchange.approval_signatures = parts.extensions.get::<ApprovalSignatures>().cloned();
        match idempotency_key(parts) {
            Ok(key) => exchange.idempotency_key = key,
            Err(denial) => exchange.objection = Some(denial),
        }
        if carries_credential(exchange.url()) {
            exchange.objection = Some(credential_in_url());
        }
        Ok(exchange)
    }

    /// The URL that was requested.
    fn requested_url(&self, parts: &Parts) -> Result<Url, Denial> {
        self.origins
            .url(parts, self.public_origin.as_deref())
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| {
                Denial::new(
                    DenialKind::PaymentError,
                    "request.no_origin",
                    "the request names no http(s) origin; send an absolute URL or set the public origin",
                )
                .with_status(http::StatusCode::BAD_REQUEST)
            })
    }
}

/// Whether a query parameter is named like a payment header: URLs are logged and cached along the way (attack 45).
fn carries_credential(url: &Url) -> bool {
    let named_like_a_header = |name: &str| {
        ["xpayment", "paymentsignature"].iter().any(|header| {
            let letters = name.chars().filter(|c| !matches!(c, '-' | '_' | ' '));
            letters.map(|c| c.to_ascii_lowercase()).eq(header.chars())
        })
    };
    url.query().is_some()
        && url
            .query_pairs()
            .any(|(name, _)| named_like_a_header(&name))
}

fn credential_in_url() -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        "request.credential_in_url",
        "a query parameter is named like a payment header, and URLs end up in logs; send payments in headers only",
    )
    .with_status(http::StatusCode::BAD_REQUEST)
}

/// Longest idempotency key, in bytes.
const MAX_IDEMPOTENCY_KEY_BYTES: usize = 256;

fn idempotency_key(parts: &Parts) -> Result<Option<Arc<str>>, Denial> {
    let mut values = parts.headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value
        .to_str()
        .ok()
        .filter(|text| (1..=MAX_IDEMPOTENCY_KEY_BYTES).contains(&text.len()));
    match (text, values.next()) {
        (Some(text), None) => Ok(Some(text.into())),
        _ => Err(Denial::new(
            DenialKind::PaymentError,
            "request.idempotency_key",
            "Idempotency-Key must be one value of 1 to 256 visible ASCII characters",
        )
        .with_status(http::StatusCode::BAD_REQUEST)),
    }
}
