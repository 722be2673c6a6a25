//! Why nothing was resolved.

use crate::audit::AuditError;
use crate::clock::UnixMillis;
use crate::store::StoreError;

/// Why a payment, or a whole run, was not reconciled. Whatever it is, what was not resolved stays counted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReconcileError {
    /// The clock cannot tell the time.
    #[error("the clock cannot tell the time; nothing was resolved, set the system's clock")]
    NoClock,
    /// The payment is not on the books, or it is known already how it ended.
    #[error("the payment is not open: it is not on the books, or it is known already how it ended")]
    NotOpen,
    /// The payment could still be settled, so releasing it could let it be paid twice (attack 74).
    #[error(
        "the payment could be settled until {} (Unix seconds), and the clocks of others may be behind; wait, or release it although it may still settle",
        .until.as_secs()
    )]
    MaySettle {
        /// From when on it may be released.
        until: UnixMillis,
    },
    /// The ledger or the store of signed payments did not do what it was asked.
    #[error("the books were not changed: {0}")]
    Store(#[from] StoreError),
    /// The resolution could not be put on record, so it was not made.
    #[error("the resolution was not made, because it could not be put on record: {0}")]
    Audit(#[from] AuditError),
}

impl ReconcileError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoClock => "reconcile.no_clock",
            Self::NotOpen => "reconcile.not_open",
            Self::MaySettle { .. } => "reconcile.may_settle",
            Self::Store(error) => error.code(),
            Self::Audit(error) => error.code(),
        }
    }
}
