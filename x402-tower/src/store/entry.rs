//! Payments on the books, for whoever reconciles them.

use super::SentPayment;
use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;

/// How far a payment has come: `Reserved → Sent → Settled | Unknown | Released`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EntryState {
    /// Money is set aside; no signature has left.
    Reserved,
    /// The signature may be out, and no answer is known yet.
    Sent,
    /// The signature may be out, and nobody knows whether it was settled.
    Unknown,
    /// It was settled.
    Settled,
    /// It cannot be settled any more, or never left: it counts no longer. An engine may forget it at once.
    Released,
}

impl EntryState {
    /// The stable name: `reserved`, `sent`, `unknown`, `settled`, `released`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::Settled => "settled",
            Self::Released => "released",
        }
    }

    /// Whether it is sent or unknown: money of which nobody can say yet where it is.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Unknown)
    }
}

/// One payment on the books.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The payment.
    pub id: PaymentId,
    /// How far it has come.
    pub state: EntryState,
    /// What its windows count for it, in micro-dollars.
    pub counted: Usd,
    /// When the money was set aside, by the store's clock.
    pub reserved_at: UnixMillis,
    /// What left, where something did and it was told.
    pub sent: Option<SentPayment>,
}

impl Entry {
    /// A payment on the books.
    #[must_use]
    pub const fn new(
        id: PaymentId,
        state: EntryState,
        counted: Usd,
        reserved_at: UnixMillis,
        sent: Option<SentPayment>,
    ) -> Self {
        Self {
            id,
            state,
            counted,
            reserved_at,
            sent,
        }
    }
}

/// Which payments to list: every one that was [told what left](super::Ledger::mark_sent), in the order of their ids, unless
/// narrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntryQuery {
    /// Only what is [open](EntryState::is_open).
    pub open_only: bool,
    /// Only what could be settled until before this moment at most.
    pub valid_before: Option<UnixMillis>,
    /// Only ids that come after this one, to go on where the last answer ended.
    pub after: Option<PaymentId>,
    /// At most so many.
    pub limit: usize,
}

impl EntryQuery {
    /// Most entries of one answer.
    pub const MAX_LIMIT: usize = 1024;

    /// The first of all.
    #[must_use]
    pub const fn all() -> Self {
        Self {
            open_only: false,
            valid_before: None,
            after: None,
            limit: Self::MAX_LIMIT,
        }
    }

    /// The first of those that are open.
    #[must_use]
    pub const fn open() -> Self {
        Self {
            open_only: true,
            ..Self::all()
        }
    }

    /// Only those that could be settled until before `moment` at most.
    #[must_use]
    pub const fn valid_before(mut self, moment: UnixMillis) -> Self {
        self.valid_before = Some(moment);
        self
    }

    /// Only those whose ids come after `id`.
    #[must_use]
    pub const fn after(mut self, id: PaymentId) -> Self {
        self.after = Some(id);
        self
    }

    /// At most `limit`, and never more than [`MAX_LIMIT`](Self::MAX_LIMIT).
    #[must_use]
    pub const fn limit(mut self, limit: usize) -> Self {
        self.limit = if limit < Self::MAX_LIMIT {
            limit
        } else {
            Self::MAX_LIMIT
        };
        self
    }

    /// Whether an entry is asked for, whatever the order and the limit.
    #[must_use]
    pub fn wants(&self, id: PaymentId, state: EntryState, sent: &SentPayment) -> bool {
        (state.is_open() || !self.open_only)
            && self
                .valid_before
                .is_none_or(|moment| sent.valid_before < moment)
            && self.after.is_none_or(|after| id > after)
    }
}

/// What somebody found out about an open payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Resolution {
    /// It was settled: it stays counted, and is open no longer.
    Settled,
    /// It was not settled and cannot be any more: it counts no longer.
    Released,
}

impl Resolution {
    /// The stable name: `settled`, `released`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Released => "released",
        }
    }
}
