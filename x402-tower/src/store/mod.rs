//! State that decides over money: the [`Ledger`], the [`Claims`] and the [`SignedPayments`].
//!
//! All are small and object-safe, so that an engine (memory here, a file or a server elsewhere) can be swapped without
//! touching a control. Every method may fail, and a failure denies the payment.

mod claims;
mod entry;
mod ledger;
mod lifetime;
mod memory;
mod reach;
#[cfg(feature = "redis")]
mod redis;
mod sent;
mod signed_payments;
mod span;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use claims::{Claim, ClaimKey, Claims};
pub use entry::{Entry, EntryQuery, EntryState, Resolution};
pub use ledger::{Ledger, Limit, LimitKey, Quota, Reservation, Reserved, Usage};
pub use memory::MemoryStore;
pub use reach::Reach;
#[cfg(feature = "redis")]
pub use redis::{RedisConnectError, RedisOptions, RedisStore};
pub use sent::SentPayment;
pub use signed_payments::{Kept, MAX_KEPT_BYTES, Put, RequestKey, SignedPayments};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteOpenError, SqliteOptions, SqliteStore};

use http::StatusCode;

use crate::denial::{Denial, DenialKind};

/// Why a store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store could not be reached, did not answer in time or refused to write.
    #[error("the store did not answer; nothing was paid, check that it runs and has room")]
    Unavailable,
    /// The store holds as many entries as it may.
    #[error("the store is full; nothing was paid, raise its capacity or wait until entries expire")]
    Full,
    /// A payment was named that the store does not know, or not in that state.
    #[error("the store does not know this payment in this state; a reservation may have expired")]
    UnknownPayment,
    /// An entry is not what this version writes.
    #[error(
        "an entry in the store cannot be read; nothing was paid, restore the store or remove the entry"
    )]
    Unreadable,
    /// There is no room for what the store has to write.
    #[error(
        "the store cannot write because its disk or its file is full; nothing was paid, make room"
    )]
    OutOfSpace,
    /// The store may only be read.
    #[error(
        "the store is read-only; nothing was paid, check its permissions and how its file system is mounted, or that it is \
         the primary"
    )]
    ReadOnly,
    /// The store found its own data damaged.
    #[error(
        "the store is damaged; nothing was paid, stop everything that uses it, keep a copy, and restore it"
    )]
    Corrupt,
    /// What the store had opened is not there any more, or an older copy of it is.
    #[error(
        "the store's file was moved, deleted or replaced while it was open; nothing was paid, find out by whom, put it \
         back, and start again"
    )]
    Replaced,
    /// A sum does not fit.
    #[error("a sum in the store would overflow; nothing was paid")]
    Overflow,
}

impl StoreError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable => "store.unavailable",
            Self::Full => "store.full",
            Self::UnknownPayment => "store.unknown_payment",
            Self::Unreadable => "store.unreadable",
            Self::OutOfSpace => "store.out_of_space",
            Self::ReadOnly => "store.read_only",
            Self::Corrupt => "store.corrupt",
            Self::Replaced => "store.replaced",
            Self::Overflow => "store.overflow",
        }
    }

    /// The denial of a payment that the store was asked about.
    pub(crate) fn denial(&self, kind: DenialKind) -> Denial {
        Denial::new(kind, self.code(), self.to_string())
            .with_status(StatusCode::SERVICE_UNAVAILABLE)
            .with_source(self.clone())
    }
}
