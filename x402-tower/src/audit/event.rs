//! The kinds of events that a log holds.

use core::fmt;

/// What a record tells. The names in the log follow presidio-hardened-x402 0.3 where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AuditEventType {
    /// All controls said yes, and a signature is about to be made or forwarded.
    PaymentIntent,
    /// The payment was settled.
    PaymentAllowed,
    /// A signed payment was sent again, byte for byte, under the intent it already has.
    PaymentResent,
    /// The challenge, the signature or the machinery itself was not fit to pay with, and nothing was paid.
    PaymentError,
    /// The PII control denied the payment.
    PiiBlocked,
    /// The PII control redacted something and let the payment pass.
    PiiRedacted,
    /// The policy control denied the payment.
    PolicyBlocked,
    /// The replay control denied the payment.
    ReplayBlocked,
    /// The multi-party approval control denied the payment.
    MpaBlocked,
    /// The counterparty refused the payment.
    PaymentRejected,
    /// The signature may have left, and nobody knows whether it was settled.
    PaymentUnknown,
    /// The signature never left.
    PaymentNotSent,
    /// What became of a payment was found out afterwards, from its chain or by an operator: written before the ledger is
    /// changed.
    PaymentResolved,
    /// A challenge was refused before there was a payment.
    ChallengeDenied,
    /// The end of the log was torn by a crash, and was set aside; or records before this one could not be written.
    LogRecovered,
    /// An operator has a ledger used of which nobody knows whether it is an older copy.
    LedgerAccepted,
}

impl AuditEventType {
    /// Every event type, in the order of the summary.
    pub const ALL: [Self; 16] = [
        Self::PaymentIntent,
        Self::PaymentAllowed,
        Self::PaymentResent,
        Self::PaymentError,
        Self::PiiBlocked,
        Self::PiiRedacted,
        Self::PolicyBlocked,
        Self::ReplayBlocked,
        Self::MpaBlocked,
        Self::PaymentRejected,
        Self::PaymentUnknown,
        Self::PaymentNotSent,
        Self::PaymentResolved,
        Self::ChallengeDenied,
        Self::LogRecovered,
        Self::LedgerAccepted,
    ];

    /// The name in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PaymentIntent => "PAYMENT_INTENT",
            Self::PaymentAllowed => "PAYMENT_ALLOWED",
            Self::PaymentResent => "PAYMENT_RESENT",
            Self::PaymentError => "PAYMENT_ERROR",
            Self::PiiBlocked => "PII_BLOCKED",
            Self::PiiRedacted => "PII_REDACTED",
            Self::PolicyBlocked => "POLICY_BLOCKED",
            Self::ReplayBlocked => "REPLAY_BLOCKED",
            Self::MpaBlocked => "MPA_BLOCKED",
            Self::PaymentRejected => "PAYMENT_REJECTED",
            Self::PaymentUnknown => "PAYMENT_UNKNOWN",
            Self::PaymentNotSent => "PAYMENT_NOT_SENT",
            Self::PaymentResolved => "PAYMENT_RESOLVED",
            Self::ChallengeDenied => "CHALLENGE_DENIED",
            Self::LogRecovered => "LOG_RECOVERED",
            Self::LedgerAccepted => "LEDGER_ACCEPTED",
        }
    }

    /// The event type of that name, or `None` for a name that this version does not know.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == name)
    }

    /// Whether the event ends a payment: an outcome, a denial after the intent, or what was found out later.
    #[must_use]
    pub const fn ends_payment(self) -> bool {
        match self {
            Self::PaymentAllowed
            | Self::PaymentError
            | Self::PiiBlocked
            | Self::PolicyBlocked
            | Self::ReplayBlocked
            | Self::MpaBlocked
            | Self::PaymentRejected
            | Self::PaymentUnknown
            | Self::PaymentNotSent
            | Self::PaymentResolved => true,
            Self::PaymentIntent
            | Self::PaymentResent
            | Self::PiiRedacted
            | Self::ChallengeDenied
            | Self::LogRecovered
            | Self::LedgerAccepted => false,
        }
    }
}

impl fmt::Display for AuditEventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
