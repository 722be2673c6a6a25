//! A store that waits, and one that fails.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use x402_tower::store::{
    Claim, ClaimKey, Claims, Entry, EntryQuery, Ledger, LimitKey, MemoryStore, Reach, Reservation,
    Reserved, Resolution, SentPayment, StoreError, Usage,
};
use x402_tower::{PaymentId, Step, UnixMillis, Usd};

/// Waits once.
pub(crate) async fn pause() {
    let mut waited = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut waited, true) {
            Poll::Ready(())
        } else {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

/// Waits before and after a step, as a store behind a network would.
pub(crate) fn around<'a, T: Send + 'a>(
    step: impl FnOnce() -> Step<'a, T> + Send + 'a,
) -> Step<'a, T> {
    Step::wait(async move {
        pause().await;
        let done = step().await;
        pause().await;
        done
    })
}

/// A memory store that waits before and after everything it does. What is dropped is given back at once.
#[derive(Debug, Clone)]
pub(crate) struct Slow(pub(crate) Arc<MemoryStore>);

/// A memory store that fails from its nth claim operation on.
#[derive(Debug)]
pub(crate) struct Failing {
    store: Arc<MemoryStore>,
    left: AtomicUsize,
}

impl Failing {
    pub(crate) fn after(store: &Arc<MemoryStore>, operations: usize) -> Self {
        Self {
            store: Arc::clone(store),
            left: AtomicUsize::new(operations),
        }
    }

    fn step<'a, T: Send + 'a>(
        &'a self,
        step: impl FnOnce(&'a MemoryStore) -> Step<'a, Result<T, StoreError>>,
    ) -> Step<'a, Result<T, StoreError>> {
        let left = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        match left {
            Ok(_) => step(&self.store),
            Err(_) => Step::ready(Err(StoreError::Unavailable)),
        }
    }
}

impl Claims for Failing {
    fn claim(
        &self,
        key: ClaimKey,
        holder: PaymentId,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Step<'_, Result<Claim, StoreError>> {
        let value = value.to_vec();
        self.step(move |store| store.claim(key, holder, &value, now, until))
    }
    fn read(
        &self,
        key: ClaimKey,
        now: UnixMillis,
    ) -> Step<'_, Result<Option<Vec<u8>>, StoreError>> {
        self.step(move |store| store.read(key, now))
    }
    fn give_back(&self, key: ClaimKey, holder: PaymentId) -> Step<'_, Result<(), StoreError>> {
        self.step(move |store| store.give_back(key, holder))
    }
    fn give_back_now(&self, _key: ClaimKey, _holder: PaymentId) {}

    fn reach(&self) -> Reach {
        Reach::Process
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
        around(move || self.0.claim(key, holder, &value, now, until))
    }
    fn read(
        &self,
        key: ClaimKey,
        now: UnixMillis,
    ) -> Step<'_, Result<Option<Vec<u8>>, StoreError>> {
        around(move || self.0.read(key, now))
    }
    fn give_back(&self, key: ClaimKey, holder: PaymentId) -> Step<'_, Result<(), StoreError>> {
        around(move || self.0.give_back(key, holder))
    }
    fn give_back_now(&self, key: ClaimKey, holder: PaymentId) {
        self.0.give_back_now(key, holder);
    }

    fn reach(&self) -> Reach {
        Reach::Process
    }
}

impl Ledger for Slow {
    fn reserve(&self, wish: &Reservation<'_>) -> Step<'_, Result<Reserved, StoreError>> {
        let (id, amount, limits) = (wish.id, wish.amount, wish.limits.to_vec());
        let (now, expires) = (wish.now, wish.expires);
        around(move || {
            let wish = Reservation::new(id, amount, &limits, now, expires);
            self.0.reserve(&wish)
        })
    }
    fn mark_sent(
        &self,
        id: PaymentId,
        sent: Option<&SentPayment>,
    ) -> Step<'_, Result<(), StoreError>> {
        let sent = sent.cloned();
        around(move || self.0.mark_sent(id, sent.as_ref()))
    }
    fn settle(&self, id: PaymentId, actual: Option<Usd>) -> Step<'_, Result<(), StoreError>> {
        around(move || self.0.settle(id, actual))
    }
    fn mark_unknown(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>> {
        around(move || self.0.mark_unknown(id))
    }
    fn release(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>> {
        around(move || self.0.release(id))
    }
    fn release_now(&self, id: PaymentId) {
        self.0.release_now(id);
    }
    fn usage(
        &self,
        key: LimitKey,
        window: Duration,
        now: UnixMillis,
    ) -> Step<'_, Result<Usage, StoreError>> {
        self.0.usage(key, window, now)
    }

    fn entries(&self, query: &EntryQuery) -> Step<'_, Result<Vec<Entry>, StoreError>> {
        self.0.entries(query)
    }

    fn entry(&self, id: PaymentId) -> Step<'_, Result<Option<Entry>, StoreError>> {
        self.0.entry(id)
    }

    fn resolve(&self, id: PaymentId, resolution: Resolution) -> Step<'_, Result<(), StoreError>> {
        self.0.resolve(id, resolution)
    }

    fn reach(&self) -> Reach {
        Reach::Process
    }
}
