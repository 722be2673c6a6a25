//! How a payment ended.

use crate::denial::Denial;
use crate::wire::Receipt;

/// How a payment ended.
///
/// Only [`NotSent`](Self::NotSent) frees money by itself. A server's word that a payment failed does not: the
/// authorization could still be settled until it runs out (attack 74).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// The server sent a receipt that fits what was signed. It is the server's claim: receipts are not signed.
    Settled(Receipt),
    /// The server refused a payment that was sent again, because its authorization has been used: it had settled before,
    /// and its receipt was lost. The server's word, which counts the money.
    SettledEarlier(Refusal),
    /// The server refused the payment. The money stays counted until the authorization cannot be settled any more.
    Rejected(Refusal),
    /// The payment left, and nobody knows whether it settled. The money stays counted.
    Unknown(Uncertainty),
    /// No signature left this process.
    NotSent(NotSent),
}

impl Outcome {
    /// The stable name: `settled`, `settled_earlier`, `rejected`, `unknown`, `not_sent`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Settled(_) => "settled",
            Self::SettledEarlier(_) => "settled_earlier",
            Self::Rejected(_) => "rejected",
            Self::Unknown(_) => "unknown",
            Self::NotSent(_) => "not_sent",
        }
    }
}

/// What a server said when it refused a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The response's status.
    pub status: u16,
    /// The receipt's `errorReason` where it is a plain error code (`[a-z0-9_]`, at most 64 bytes), else nothing.
    pub reason: Option<String>,
}

impl Refusal {
    /// Whether a server's words say that the authorization has been used: the revert of the token contract
    /// (`FiatTokenV2: authorization is used or canceled`), or a facilitator's code for it. Nobody but the payer can cancel
    /// one, and this payer never does.
    pub(crate) fn says_used(words: &str) -> bool {
        let words = words.to_ascii_lowercase();
        let says = |word: &str| words.contains(word);
        (says("nonce") || says("authorization"))
            && (says("used") || says("already"))
            && !says("unused")
            && !says("not used")
            && !says("not_used")
    }

    pub(crate) fn new(status: u16, reason: Option<&str>) -> Self {
        let plain = |text: &&str| {
            (1..=64).contains(&text.len())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        Self {
            status,
            reason: reason.filter(plain).map(str::to_owned),
        }
    }
}

/// Why an outcome is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Uncertainty {
    /// The transport failed after the payment may have left.
    Transport,
    /// The caller went away after the payment may have left.
    Cancelled,
    /// The store did not say whether it keeps the signed payment: nothing has left, but a retry may find it and send it.
    KeepingUnsaid,
    /// The server answered without a receipt.
    NoReceipt,
    /// The receipt cannot be read, or there is more than one.
    UnreadableReceipt,
    /// The receipt names another network, payer or more money than was signed.
    MismatchedReceipt,
    /// A facilitator found the payment good; whether it is settled is decided by another call.
    OnlyVerified,
    /// A facilitator has sent the transaction and does not know yet whether it went through.
    SettlementPending,
}

impl Uncertainty {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::Cancelled => "cancelled",
            Self::KeepingUnsaid => "keeping_unsaid",
            Self::NoReceipt => "no_receipt",
            Self::UnreadableReceipt => "unreadable_receipt",
            Self::MismatchedReceipt => "mismatched_receipt",
            Self::OnlyVerified => "only_verified",
            Self::SettlementPending => "settlement_pending",
        }
    }
}

/// Why no signature left.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum NotSent {
    /// A control refused.
    Denied(Denial),
    /// The caller went away before the payment left.
    Cancelled,
    /// A service inside proved that the payment will not be settled.
    Returned,
}
