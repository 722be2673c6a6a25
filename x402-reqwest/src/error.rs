//! The typed error of this crate, and how it travels through other middleware.

use core::fmt;
use std::error::Error;
use std::sync::Arc;

use x402_tower::mpa::{ApprovalRequest, NotApproved};
use x402_tower::{Denial, DenialKind, PaymentRecord};

/// Why a guarded request has no answer.
///
/// Clones share what they hold. No variant's text carries a secret, a signature or a URL.
///
/// ```
/// use x402_tower_reqwest::X402Error;
///
/// fn advise(error: &X402Error) -> &'static str {
///     match error {
///         X402Error::PolicyViolation(_) => "ask for a larger budget",
///         X402Error::OutcomeUnknown { .. } => "send the same request again: it is paid once",
///         _ if error.denial().is_some() => "nothing was paid",
///         _ => "try again",
///     }
/// }
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum X402Error {
    /// The payment would have carried personal data.
    #[error(transparent)]
    PiiBlocked(Denial),
    /// The payment is outside the spending policy.
    #[error(transparent)]
    PolicyViolation(Denial),
    /// This was paid, or is being paid, already.
    #[error(transparent)]
    ReplayDetected(Denial),
    /// The challenge, the signature or the machinery itself was not fit to pay with.
    #[error(transparent)]
    PaymentError(Denial),
    /// Too few approvals.
    #[error(transparent)]
    MpaDenied(Denial),
    /// Approvals did not come in time.
    #[error(transparent)]
    MpaTimeout(Denial),
    /// The transport failed after the payment may have left. Its money stays counted as spent. Sending the same request
    /// again is safe: it sends the same payment again.
    #[error("the payment {} may have left, but no response came: {source}", record.id())]
    OutcomeUnknown {
        /// The payment.
        record: PaymentRecord,
        /// What failed.
        source: Arc<reqwest_middleware::Error>,
    },
    /// The request failed on its way, in the client or in other middleware.
    #[error("the request failed: {0}")]
    Transport(#[source] Arc<reqwest_middleware::Error>),
    /// The request could not be built; nothing was sent.
    #[error("the request cannot be built: {0}")]
    Request(#[source] Arc<reqwest::Error>),
}

impl X402Error {
    /// The typed error inside what a middleware stack answered, however many other middlewares have wrapped it.
    ///
    /// Both `source()` chains and [`anyhow`](https://docs.rs/anyhow) contexts are walked. `reqwest-retry` wraps every
    /// error, also with no retries; this sees through it.
    #[must_use]
    pub fn from_middleware(error: &reqwest_middleware::Error) -> Option<&Self> {
        match error {
            reqwest_middleware::Error::Middleware(error) => error.chain().find_map(Self::of),
            reqwest_middleware::Error::Reqwest(error) => {
                let mut cause = error.source();
                while let Some(error) = cause {
                    if let Some(found) = Self::of(error) {
                        return Some(found);
                    }
                    cause = error.source();
                }
                None
            }
        }
    }

    fn of<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        let carried = error.downcast_ref::<Carried>().map(|Carried(error)| error);
        carried.or_else(|| error.downcast_ref())
    }

    /// The stable code: the denial's own, `payment.outcome_unknown`, `transport.failed` or `request.invalid`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::PiiBlocked(denial)
            | Self::PolicyViolation(denial)
            | Self::ReplayDetected(denial)
            | Self::PaymentError(denial)
            | Self::MpaDenied(denial)
            | Self::MpaTimeout(denial) => denial.code(),
            Self::OutcomeUnknown { .. } => "payment.outcome_unknown",
            Self::Transport(_) => "transport.failed",
            Self::Request(_) => "request.invalid",
        }
    }

    /// The denial, where the guard refused: this attempt paid nothing.
    #[must_use]
    pub fn denial(&self) -> Option<&Denial> {
        match self {
            Self::PiiBlocked(denial)
            | Self::PolicyViolation(denial)
            | Self::ReplayDetected(denial)
            | Self::PaymentError(denial)
            | Self::MpaDenied(denial)
            | Self::MpaTimeout(denial) => Some(denial),
            _ => None,
        }
    }

    /// The payment that may have left, where its outcome is unknown. Sending the same request again sends the same payment
    /// again, and pays nothing twice.
    #[must_use]
    pub fn payment_record(&self) -> Option<&PaymentRecord> {
        match self {
            Self::OutcomeUnknown { record, .. } => Some(record),
            _ => None,
        }
    }

    /// What is left to be countersigned, where that is why the payment was denied. Have it signed, and send the request
    /// again with [`approval_signatures`](crate::GuardedRequestBuilder::approval_signatures).
    #[must_use]
    pub fn approval_request(&self) -> Option<&ApprovalRequest> {
        NotApproved::of(self.denial()?)?.request.as_ref()
    }

    /// Whether personal data was the reason.
    #[must_use]
    pub fn is_pii_blocked(&self) -> bool {
        matches!(self, Self::PiiBlocked(_))
    }

    /// Whether a rule or limit was hit.
    #[must_use]
    pub fn is_policy_violation(&self) -> bool {
        matches!(self, Self::PolicyViolation(_))
    }

    /// Whether this was paid, or is being paid, already.
    #[must_use]
    pub fn is_replay_detected(&self) -> bool {
        matches!(self, Self::ReplayDetected(_))
    }

    /// Whether the challenge, the signature or the machinery was not fit to pay with.
    #[must_use]
    pub fn is_payment_error(&self) -> bool {
        matches!(self, Self::PaymentError(_))
    }

    /// Whether approvals were missing, refused or late.
    #[must_use]
    pub fn is_not_approved(&self) -> bool {
        matches!(self, Self::MpaDenied(_) | Self::MpaTimeout(_))
    }

    /// Whether a payment may have left and nobody knows how it ended.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::OutcomeUnknown { .. })
    }

    /// Whether the request failed on its way without the guard having a part in it.
    #[must_use]
    pub fn is_transport(&self) -> bool {
        matches!(self, Self::Transport(_))
    }

    pub(crate) fn outcome_unknown(record: PaymentRecord, error: reqwest_middleware::Error) -> Self {
        Self::OutcomeUnknown {
            record,
            source: Arc::new(error.without_url()),
        }
    }

    pub(crate) fn request(error: reqwest::Error) -> Self {
        Self::Request(Arc::new(error.without_url()))
    }

    /// Puts it on its way out through the middleware stack.
    pub(crate) fn into_middleware(self) -> reqwest_middleware::Error {
        reqwest_middleware::Error::middleware(Carried(self))
    }
}

impl From<Denial> for X402Error {
    fn from(denial: Denial) -> Self {
        match denial.kind() {
            DenialKind::PiiBlocked => Self::PiiBlocked(denial),
            DenialKind::PolicyViolation => Self::PolicyViolation(denial),
            DenialKind::ReplayDetected => Self::ReplayDetected(denial),
            DenialKind::MpaDenied => Self::MpaDenied(denial),
            DenialKind::MpaTimeout => Self::MpaTimeout(denial),
            _ => Self::PaymentError(denial),
        }
    }
}

/// What [`from_middleware`](X402Error::from_middleware) finds, else [`Transport`](X402Error::Transport) without the URL,
/// which may hold personal data.
impl From<reqwest_middleware::Error> for X402Error {
    fn from(error: reqwest_middleware::Error) -> Self {
        match Self::from_middleware(&error) {
            Some(found) => found.clone(),
            None => Self::Transport(Arc::new(error.without_url())),
        }
    }
}

/// Carries the typed error through `#[error(transparent)]` wrappers: those hide the error itself and show only what it
/// names as its source, so the typed one has to be a source.
#[derive(Debug)]
struct Carried(X402Error);

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the x402 guard stopped the request ({})", self.0.code())
    }
}

impl Error for Carried {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}
