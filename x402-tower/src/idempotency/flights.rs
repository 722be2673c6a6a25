//! One flight at a time for one logical request in this process.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::store::RequestKey;

type Lock = Arc<AsyncMutex<()>>;

/// The logical requests that are being paid for. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Flights(Arc<Mutex<HashMap<RequestKey, Lock>>>);

impl Flights {
    /// Begins a flight where none is under way.
    pub(super) fn try_begin(&self, key: RequestKey) -> Option<InFlight> {
        let lock = self.lock(key);
        match Arc::clone(&lock).try_lock_owned() {
            Ok(guard) => Some(self.in_flight(key, guard)),
            Err(_) => {
                drop(lock);
                self.forget(key);
                None
            }
        }
    }

    /// Begins a flight, at the latest when another one's time is up; `None` where that takes longer than `wait`.
    pub(super) async fn begin(&self, key: RequestKey, wait: Duration) -> Option<InFlight> {
        if let Some(begun) = self.try_begin(key) {
            return Some(begun);
        }
        // Held from here on, so that dropping this future tidies up as well.
        let waiting = Waiting { flights: self, key };
        let guard = tokio::time::timeout(wait, self.lock(key).lock_owned()).await;
        let begun = guard.ok().map(|guard| self.in_flight(key, guard));
        drop(waiting);
        begun
    }

    fn lock(&self, key: RequestKey) -> Lock {
        Arc::clone(self.0.lock().entry(key).or_default())
    }

    fn in_flight(&self, key: RequestKey, guard: OwnedMutexGuard<()>) -> InFlight {
        InFlight {
            flights: self.clone(),
            key,
            guard: Some(guard),
        }
    }

    /// Removes the lock of a request that nobody holds or waits for.
    fn forget(&self, key: RequestKey) {
        let mut locks = self.0.lock();
        if locks
            .get(&key)
            .is_some_and(|lock| Arc::strong_count(lock) == 1)
        {
            locks.remove(&key);
        }
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.0.lock().len()
    }
}

struct Waiting<'a> {
    flights: &'a Flights,
    key: RequestKey,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.flights.forget(self.key);
    }
}

/// A flight of this process; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct InFlight {
    flights: Flights,
    key: RequestKey,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        drop(self.guard.take());
        self.flights.forget(self.key);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const KEY: RequestKey = RequestKey::from_bytes([7; 32]);

    #[tokio::test]
    async fn a_second_flight_waits_for_the_first() {
        let flights = Flights::default();
        let first = flights.try_begin(KEY).unwrap();
        assert!(flights.try_begin(KEY).is_none());
        let mut second = Box::pin(flights.begin(KEY, Duration::from_secs(60)));
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        assert!(second.await.is_some());
        assert_eq!(flights.count(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever() {
        let flights = Flights::default();
        let first = flights.try_begin(KEY).unwrap();
        assert!(flights.begin(KEY, Duration::from_secs(1)).await.is_none());
        drop(first);
        assert_eq!(flights.count(), 0);
    }

    #[tokio::test]
    async fn who_goes_away_while_waiting_leaves_nothing() {
        let flights = Flights::default();
        let first = flights.try_begin(KEY).unwrap();
        let mut second = Box::pin(flights.begin(KEY, Duration::from_secs(60)));
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        drop(second);
        assert!(flights.try_begin(KEY).is_some());
        assert_eq!(flights.count(), 0);
    }
}
