//! A store that answers late, wrongly or never.

mod forward;

use std::sync::Arc;

use parking_lot::Mutex;

use crate::clock::UnixMillis;
use crate::step::Step;
use crate::store::{MemoryStore, Reach, StoreError};

/// What a [`ScriptedStore`] does when it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreConduct {
    /// As the store behind it does.
    Answer,
    /// Waits once before and once after, as one behind a network would.
    Wait,
    /// Does nothing, and says that it is not there.
    Fail,
    /// As the store behind it does so many times, then [`Fail`](Self::Fail).
    FailAfter(usize),
    /// Does it, and says that it is not there.
    DoAndFail,
    /// Does it, and never says so.
    DoAndHang,
}

/// A store that behaves as it is told, in front of one that does its work. Clones share both.
///
/// ```
/// use x402_tower::store::{ClaimKey, Claims, MemoryStore, StoreError};
/// use x402_tower::testing::{ScriptedStore, StoreConduct};
/// use x402_tower::UnixMillis;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let memory = MemoryStore::new();
/// let store = ScriptedStore::new(memory.clone(), StoreConduct::Fail);
/// let read = async || store.read(ClaimKey::from_bytes([7; 32]), UnixMillis::from_secs(1)).await;
/// assert_eq!(read().await, Err(StoreError::Unavailable));
///
/// store.behave(StoreConduct::Wait);
/// assert_eq!(read().await, Ok(None));
/// # });
/// ```
#[derive(Debug)]
pub struct ScriptedStore<S = MemoryStore>(Arc<Shared<S>>);

#[derive(Debug)]
struct Shared<S> {
    store: S,
    reach: Option<Reach>,
    conduct: Mutex<StoreConduct>,
    claim_ends: Mutex<Vec<UnixMillis>>,
}

impl<S> Clone for ScriptedStore<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> ScriptedStore<S> {
    /// In front of `store`.
    #[must_use]
    pub fn new(store: S, conduct: StoreConduct) -> Self {
        Self::shared(store, conduct, None)
    }

    /// The same, which says that it reaches as far as it is told.
    #[must_use]
    pub fn with_reach(store: S, conduct: StoreConduct, reach: Reach) -> Self {
        Self::shared(store, conduct, Some(reach))
    }

    fn shared(store: S, conduct: StoreConduct, reach: Option<Reach>) -> Self {
        Self(Arc::new(Shared {
            store,
            reach,
            conduct: Mutex::new(conduct),
            claim_ends: Mutex::default(),
        }))
    }

    /// Behaves like that from the next call on.
    pub fn behave(&self, conduct: StoreConduct) {
        *self.0.conduct.lock() = conduct;
    }

    /// The ends of the claims that it was asked for, in their order.
    #[must_use]
    pub fn claim_ends(&self) -> Vec<UnixMillis> {
        self.0.claim_ends.lock().clone()
    }

    /// What it does this time.
    fn next(&self) -> StoreConduct {
        let mut conduct = self.0.conduct.lock();
        match &mut *conduct {
            StoreConduct::FailAfter(0) => StoreConduct::Fail,
            StoreConduct::FailAfter(left) => {
                *left -= 1;
                StoreConduct::Answer
            }
            other => *other,
        }
    }

    fn answer<'a, T: Send + 'a>(
        &'a self,
        call: impl FnOnce(&'a S) -> Step<'a, Result<T, StoreError>> + Send + 'a,
    ) -> Step<'a, Result<T, StoreError>>
    where
        S: Sync,
    {
        let store = &self.0.store;
        match self.next() {
            StoreConduct::Answer | StoreConduct::FailAfter(_) => call(store),
            StoreConduct::Fail => Step::ready(Err(StoreError::Unavailable)),
            StoreConduct::Wait => Step::wait(async move {
                tokio::task::yield_now().await;
                let answer = call(store).await;
                tokio::task::yield_now().await;
                answer
            }),
            StoreConduct::DoAndFail => Step::wait(async move {
                let _: Result<T, StoreError> = call(store).await;
                Err(StoreError::Unavailable)
            }),
            StoreConduct::DoAndHang => Step::wait(async move {
                let _: Result<T, StoreError> = call(store).await;
                core::future::pending().await
            }),
        }
    }

    /// The store, where it is there for what cannot be answered.
    fn reached(&self) -> Option<&S> {
        let conduct = *self.0.conduct.lock();
        let away = matches!(conduct, StoreConduct::Fail | StoreConduct::FailAfter(0));
        (!away).then_some(&self.0.store)
    }
}
