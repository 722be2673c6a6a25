//! What a person found out about a payment.

use crate::pii::PiiControl;
use crate::store::Resolution;

/// What an operator says about an open payment, and why: for [`Reconciler::resolve`](super::Reconciler::resolve).
///
/// The reason goes on record. Personal data in it is redacted before that.
///
/// ```
/// use x402_tower::reconcile::OperatorVerdict;
///
/// let verdict = OperatorVerdict::settled("the seller's invoice 17 lists it, says bob@example.com")?;
/// assert_eq!(verdict.why(), "the seller's invoice 17 lists it, says <REDACTED>");
/// # Ok::<(), x402_tower::reconcile::VerdictError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorVerdict {
    resolution: Resolution,
    why: String,
    redacted: Vec<&'static str>,
    although_it_may_settle: bool,
}

impl OperatorVerdict {
    /// Longest reason, in bytes.
    pub const MAX_WHY_BYTES: usize = 1024;

    /// It was settled: it stays counted, and is open no longer.
    ///
    /// # Errors
    ///
    /// [`VerdictError`] for a reason that is empty or too long.
    pub fn settled(why: &str) -> Result<Self, VerdictError> {
        Self::new(Resolution::Settled, why)
    }

    /// It was not settled and cannot be any more: it counts no longer, and its request may be paid anew.
    ///
    /// # Errors
    ///
    /// [`VerdictError`] for a reason that is empty or too long.
    pub fn released(why: &str) -> Result<Self, VerdictError> {
        Self::new(Resolution::Released, why)
    }

    /// Either.
    ///
    /// # Errors
    ///
    /// [`VerdictError`] for a reason that is empty or too long.
    pub fn new(resolution: Resolution, why: &str) -> Result<Self, VerdictError> {
        let why = why.trim();
        if why.is_empty() {
            return Err(VerdictError::NoReason);
        }
        if why.len() > Self::MAX_WHY_BYTES {
            return Err(VerdictError::LongReason);
        }
        let (redacted, why) = PiiControl::new()
            .hide(why, false)
            .unwrap_or_else(|| (Vec::new(), why.to_owned()));
        Ok(Self {
            resolution,
            why,
            redacted,
            although_it_may_settle: false,
        })
    }

    /// Releases it even while it could still be settled.
    ///
    /// Whoever holds the signature can then take the money and be paid once more, and no limit has counted the first
    /// (attack 74). Only for a payment whose nonce was withdrawn, or whose money no longer matters.
    #[must_use]
    pub fn although_it_may_settle(mut self) -> Self {
        self.although_it_may_settle = true;
        self
    }

    /// What it says.
    #[must_use]
    pub const fn resolution(&self) -> Resolution {
        self.resolution
    }

    /// The reason, without personal data.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// The kinds of personal data that were taken out of the reason.
    #[must_use]
    pub fn redacted(&self) -> &[&'static str] {
        &self.redacted
    }

    pub(super) const fn is_forced(&self) -> bool {
        self.although_it_may_settle
    }
}

/// Why a verdict is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerdictError {
    /// No reason is given.
    #[error("no reason is given; say what was found and where")]
    NoReason,
    /// The reason is too long.
    #[error("the reason is longer than {} bytes", OperatorVerdict::MAX_WHY_BYTES)]
    LongReason,
}

impl VerdictError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoReason => "verdict.no_reason",
            Self::LongReason => "verdict.long_reason",
        }
    }
}
