//! The plainest ledger there is: a list of payments, and sums over it.

use std::time::Duration;

use super::super::engine::{later, limit_key};
use super::windows::bucket_millis;
use crate::clock::UnixMillis;
use crate::store::{EntryState, Limit, LimitKey, Quota, SentPayment};

/// When something happened: one moment under a clock that stands still, else some moment between two.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    pub(super) earliest: UnixMillis,
    pub(super) latest: UnixMillis,
}

impl When {
    pub(super) fn plus(self, by: Duration) -> Self {
        Self {
            earliest: self.earliest.saturating_add(by),
            latest: self.latest.saturating_add(by),
        }
    }
}

/// What counts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) key: LimitKey,
    pub(super) window: Duration,
}

impl Scope {
    pub(super) fn new(n: u64, window: Duration) -> Self {
        let key = limit_key(n);
        Self { key, window }
    }

    pub(super) fn of(limit: Limit) -> Self {
        Self {
            key: limit.key,
            window: limit.window,
        }
    }

    pub(super) fn limit(self, quota: Quota) -> Limit {
        Limit::new(self.key, self.window, quota)
    }
}

/// How far a payment of the list has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Reserved,
    Sent,
    Unknown,
    Settled,
    /// Given back or expired.
    Gone,
}

impl Fate {
    /// The state in which it is listed, where it is.
    pub(super) fn entry_state(self) -> Option<EntryState> {
        match self {
            Self::Reserved | Self::Gone => None,
            Self::Sent => Some(EntryState::Sent),
            Self::Unknown => Some(EntryState::Unknown),
            Self::Settled => Some(EntryState::Settled),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Payment {
    pub(super) number: u64,
    pub(super) fate: Fate,
    pub(super) counted: u64,
    pub(super) at: When,
    pub(super) expires: When,
    pub(super) scopes: Vec<Scope>,
    pub(super) left: Option<SentPayment>,
}

/// Whether something is so. A clock that runs by itself leaves some things open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    So,
    NotSo,
    Open,
}

impl Is {
    fn of(surely: bool, surely_not: bool) -> Self {
        match (surely, surely_not) {
            (true, _) => Self::So,
            (_, true) => Self::NotSo,
            _ => Self::Open,
        }
    }
}

impl Payment {
    /// Whether its reservation has not expired; what was sent does not expire.
    fn lasts(&self, now: When) -> Is {
        match self.fate {
            Fate::Gone => Is::NotSo,
            Fate::Reserved => Is::of(
                now.latest <= self.expires.earliest,
                now.earliest > self.expires.latest,
            ),
            _ => Is::So,
        }
    }

    fn counts_in(&self, scope: Scope, now: When) -> Is {
        if !self.scopes.contains(&scope) {
            return Is::NotSo;
        }
        let leaves = self.at.plus(scope.window);
        let bucket = bucket_millis(scope.window);
        let inside = Is::of(
            now.latest < leaves.earliest,
            now.earliest >= later(leaves.latest, bucket),
        );
        match (self.lasts(now), inside) {
            (Is::So, inside) => inside,
            (_, Is::NotSo) | (Is::NotSo, _) => Is::NotSo,
            _ => Is::Open,
        }
    }

    /// Whether a ledger has to know it: what nothing counts any more it may have forgotten.
    pub(super) fn is_known(&self, now: When) -> Is {
        match (self.fate, self.counts(now)) {
            (Fate::Gone | Fate::Reserved, _) => self.lasts(now),
            (_, Is::So) => Is::So,
            _ => Is::Open,
        }
    }

    /// Whether anything counts it.
    pub(super) fn counts(&self, now: When) -> Is {
        let all = || self.scopes.iter().map(|scope| self.counts_in(*scope, now));
        Is::of(
            all().any(|counts| counts == Is::So),
            all().all(|counts| counts == Is::NotSo),
        )
    }
}

/// What a scope counts at least and at most.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bounds {
    pub(super) amount: (u64, u64),
    pub(super) count: (u64, u64),
}

#[derive(Debug, Default)]
pub(super) struct PlainLedger {
    pub(super) payments: Vec<Payment>,
}

impl PlainLedger {
    pub(super) fn bounds(&self, scope: Scope, now: When) -> Bounds {
        let mut bounds = Bounds::default();
        for payment in &self.payments {
            let counts = payment.counts_in(scope, now);
            if counts == Is::So {
                bounds.amount.0 += payment.counted;
                bounds.count.0 += 1;
            }
            if counts != Is::NotSo {
                bounds.amount.1 += payment.counted;
                bounds.count.1 += 1;
            }
        }
        bounds
    }
}
