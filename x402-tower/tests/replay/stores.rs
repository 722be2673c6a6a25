//! Claims that can be looked into, hang or fail.

use std::sync::Arc;

use parking_lot::Mutex;
use x402_tower::store::{Claim, ClaimKey, Claims, MemoryStore, Reach, StoreError};
use x402_tower::{PaymentId, Step, UnixMillis};

/// Writes down how long each claim was asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watched {
    store: MemoryStore,
    asked: Arc<Mutex<Vec<UnixMillis>>>,
}

impl Watched {
    /// The ends of the claims, in the order in which they were asked for.
    pub(crate) fn ends(&self) -> Vec<UnixMillis> {
        self.asked.lock().clone()
    }
}

impl Claims for Watched {
    fn claim(
        &self,
        key: ClaimKey,
        holder: PaymentId,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Step<'_, Result<Claim, StoreError>> {
        self.asked.lock().push(until);
        self.store.claim(key, holder, value, now, until)
    }

    fn read(
        &self,
        key: ClaimKey,
        now: UnixMillis,
    ) -> Step<'_, Result<Option<Vec<u8>>, StoreError>> {
        self.store.read(key, now)
    }

    fn give_back(&self, key: ClaimKey, holder: PaymentId) -> Step<'_, Result<(), StoreError>> {
        self.store.give_back(key, holder)
    }

    fn give_back_now(&self, key: ClaimKey, holder: PaymentId) {
        self.store.give_back_now(key, holder);
    }

    fn reach(&self) -> Reach {
        Reach::Process
    }
}

/// What a [`Slow`] store does with the next claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conduct {
    /// Takes it, and never says so.
    TakeAndHang,
    /// Takes it, and says that it is not there.
    TakeAndFail,
    /// As it should.
    Answer,
}

/// A store behind a network.
#[derive(Debug, Clone)]
pub(crate) struct Slow {
    pub(crate) store: MemoryStore,
    pub(crate) conduct: Arc<Mutex<Conduct>>,
}

impl Slow {
    pub(crate) fn new(conduct: Conduct) -> Self {
        Self {
            store: MemoryStore::new(),
            conduct: Arc::new(Mutex::new(conduct)),
        }
    }
}

impl Claims for Slow {
    fn claim(
        &self,
        key: ClaimKey,
        holder: PaymentId,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Step<'_, Result<Claim, StoreError>> {
        let value = value.to_vec();
        Step::wait(async move {
            let answer = self.store.claim(key, holder, &value, now, until).await;
            let conduct = *self.conduct.lock();
            match conduct {
                Conduct::TakeAndHang => core::future::pending().await,
                Conduct::TakeAndFail => Err(StoreError::Unavailable),
                Conduct::Answer => answer,
            }
        })
    }

    fn read(
        &self,
        key: ClaimKey,
        now: UnixMillis,
    ) -> Step<'_, Result<Option<Vec<u8>>, StoreError>> {
        Step::wait(async move { self.store.read(key, now).await })
    }

    fn give_back(&self, key: ClaimKey, holder: PaymentId) -> Step<'_, Result<(), StoreError>> {
        Step::wait(async move { self.store.give_back(key, holder).await })
    }

    fn give_back_now(&self, key: ClaimKey, holder: PaymentId) {
        self.store.give_back_now(key, holder);
    }

    fn reach(&self) -> Reach {
        Reach::Network
    }
}
