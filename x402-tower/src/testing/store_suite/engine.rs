//! A handle on the store that is put to the test, with the wishes that the facts have in common.

use core::fmt;
use core::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;

use super::Subject;
use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;
use crate::store::{
    Claim, ClaimKey, Claims, Kept, Ledger, Limit, LimitKey, Put, Quota, RequestKey, Reservation,
    Reserved, SignedPayments, StoreError, Usage,
};

pub(super) const MINUTE: Duration = Duration::from_secs(60);
pub(super) const HOUR: Duration = Duration::from_secs(3_600);
pub(super) const DAY: Duration = Duration::from_secs(86_400);

/// Handles that racers share: enough to be several processes, few enough to be opened on any machine.
const HANDLES: u64 = 4;

pub(super) fn id(n: u64) -> PaymentId {
    PaymentId::from_bytes(u128::from(n).to_be_bytes())
}

/// A digest that differs from others in its last bytes only.
pub(super) fn digest(n: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    if let Some(end) = bytes.last_chunk_mut() {
        *end = n.to_be_bytes();
    }
    bytes
}

/// Digests that an engine which shortens, splits or quotes them might take for one another.
pub(super) fn look_alikes() -> Vec<[u8; 32]> {
    let mut digests = vec![
        [0; 32],
        [0xff; 32],
        *b"{agent}:{agent}\r\n\0'\";--%_*?\\  {}",
        *b"{agent}:{agent}\r\n\0'\";--%_*?\\  {!",
    ];
    for (place, byte) in [
        (0, 1),
        (0, b'{'),
        (8, 1),
        (15, b':'),
        (16, 1),
        (31, 1),
        (31, 0x80),
    ] {
        let mut digest = [0; 32];
        if let Some(there) = digest.get_mut(place) {
            *there = byte;
        }
        digests.push(digest);
    }
    digests
}

pub(super) fn limit_key(n: u64) -> LimitKey {
    LimitKey::from_bytes(digest(n))
}

pub(super) fn usd(micros: u64) -> Usd {
    Usd::from_micros(micros)
}

/// At most `micros` a day.
pub(super) fn daily(n: u64, micros: u64) -> Limit {
    Limit::new(limit_key(n), DAY, Quota::Amount(usd(micros)))
}

/// At most `most` payments a day.
pub(super) fn daily_count(n: u64, most: u64) -> Limit {
    Limit::new(limit_key(n), DAY, Quota::Count(most))
}

pub(super) fn usage(micros: u64, count: u64) -> Usage {
    Usage::new(usd(micros), count)
}

pub(super) fn later(moment: UnixMillis, millis: u64) -> UnixMillis {
    moment.saturating_add(Duration::from_millis(millis))
}

pub(super) fn earlier(moment: UnixMillis, by: Duration) -> UnixMillis {
    let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
    UnixMillis::from_millis(moment.as_millis().saturating_sub(by))
}

/// When something ends: it is there up to and including `last`, and no longer at `gone`.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) last: UnixMillis,
    pub(super) gone: UnixMillis,
}

impl End {
    /// Of what lasts for `lifetime` from some moment between two on, its last millisecond included.
    pub(super) fn after(lifetime: Duration, before: UnixMillis, after: UnixMillis) -> Self {
        Self {
            last: before.saturating_add(lifetime),
            gone: later(after.saturating_add(lifetime), 1),
        }
    }
}

/// How long it is from one moment to another.
pub(super) fn between(from: UnixMillis, to: UnixMillis) -> Duration {
    Duration::from_millis(to.as_millis().saturating_sub(from.as_millis()))
}

/// What the store answered, where it had to answer.
#[track_caller]
#[allow(clippy::panic)] // a suite fails loudly
pub(super) fn told<T>(answer: Result<T, StoreError>) -> T {
    match answer {
        Ok(answer) => answer,
        Err(error) => panic!("the store failed with {}: {error}", error.code()),
    }
}

/// What has to be there.
#[track_caller]
#[allow(clippy::panic)] // a suite fails loudly
pub(super) fn present<T>(there: Option<T>) -> T {
    match there {
        Some(there) => there,
        None => panic!("the store lost what has to be there"),
    }
}

#[track_caller]
pub(super) fn assert_fails<T: fmt::Debug>(answer: Result<T, StoreError>, with: &StoreError) {
    assert_eq!(answer.err().as_ref(), Some(with));
}

/// A handle on the store of a subject.
pub(super) struct Engine<'a, S: Subject> {
    pub(super) subject: &'a S,
    pub(super) store: Arc<S::Store>,
}

impl<'a, S: Subject> Engine<'a, S> {
    pub(super) async fn of(subject: &'a S) -> Self {
        let store = subject.open().await;
        Self { subject, store }
    }

    pub(super) fn now(&self) -> UnixMillis {
        self.subject.now()
    }

    pub(super) async fn wait(&self, by: Duration) {
        self.subject.advance(by).await;
    }

    /// Waits for `moment`, unless it has passed.
    pub(super) async fn wait_until(&self, moment: UnixMillis) {
        self.wait(between(self.now(), moment)).await;
    }

    /// Asserts that something `holds` until its end and no longer.
    pub(super) async fn assert_ends(&self, end: End, holds: impl AsyncFn() -> bool) {
        let End { last, gone } = end;
        let shortly_before = earlier(last, between(self.now(), last) / 10);
        for moment in [shortly_before, last] {
            self.wait_until(moment).await;
            let held = holds().await;
            // A clock that runs by itself may have passed the last moment meanwhile.
            assert!(held || self.now() > last, "ended before {last:?}");
        }
        self.wait_until(gone).await;
        assert!(!holds().await, "has not ended at {gone:?}");
    }

    /// Ends every handle and the engine's processes, and opens the store again. Answers `None` where that cannot be done.
    pub(super) async fn restarted(self) -> Option<Self> {
        let Self { subject, store } = self;
        drop(store);
        if !subject.restart().await {
            return None;
        }
        Some(Self::of(subject).await)
    }

    /// Runs `racers` tasks that start together, over several handles.
    pub(super) async fn race<T, F>(
        &self,
        racers: u64,
        run: impl Fn(Arc<S::Store>, u64) -> F,
    ) -> Vec<T>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let mut handles = vec![Arc::clone(&self.store)];
        for _ in 1..HANDLES.min(racers) {
            handles.push(self.subject.open().await);
        }
        let start = Arc::new(Barrier::new(usize::try_from(racers).unwrap_or(usize::MAX)));
        let tasks: Vec<_> = (0..racers)
            .zip(handles.iter().cycle())
            .map(|(racer, store)| {
                let (start, run) = (Arc::clone(&start), run(Arc::clone(store), racer));
                tokio::spawn(async move {
                    start.wait().await;
                    run.await
                })
            })
            .collect();
        let mut answers = Vec::with_capacity(tasks.len());
        for task in tasks {
            match task.await {
                Ok(answer) => answers.push(answer),
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        }
        answers
    }
}

impl<S: Subject<Store: Ledger>> Engine<'_, S> {
    /// Reserves for an hour.
    pub(super) async fn reserve(
        &self,
        n: u64,
        micros: u64,
        limits: &[Limit],
    ) -> Result<Reserved, StoreError> {
        let now = self.now();
        let wish = Reservation::new(id(n), usd(micros), limits, now, now.saturating_add(HOUR));
        self.store.reserve(&wish).await
    }

    /// Reserves for as long as is asked for, and tells when that ends.
    pub(super) async fn granted_for(
        &self,
        n: u64,
        micros: u64,
        limits: &[Limit],
        lifetime: Duration,
    ) -> End {
        let before = self.now();
        let expires = before.saturating_add(lifetime);
        let wish = Reservation::new(id(n), usd(micros), limits, before, expires);
        assert_eq!(self.store.reserve(&wish).await, Ok(Reserved::Granted));
        End::after(lifetime, before, self.now())
    }

    pub(super) async fn granted(&self, n: u64, micros: u64, limits: &[Limit]) {
        assert_eq!(
            self.reserve(n, micros, limits).await,
            Ok(Reserved::Granted),
            "payment {n} of {micros} fits"
        );
    }

    /// Asserts that a reservation is refused by the limit with an index, which has `left`.
    pub(super) async fn refused(
        &self,
        n: u64,
        micros: u64,
        limits: &[Limit],
        limit: usize,
        left: Quota,
    ) {
        assert_eq!(
            self.reserve(n, micros, limits).await,
            Ok(Reserved::Refused { limit, left }),
            "payment {n} of {micros} does not fit"
        );
    }

    /// Reserves and marks as sent.
    pub(super) async fn sent(&self, n: u64, micros: u64, limits: &[Limit]) {
        self.granted(n, micros, limits).await;
        told(self.store.mark_sent(id(n), None).await);
    }

    pub(super) async fn used_in(&self, key: LimitKey, window: Duration) -> Usage {
        told(self.store.usage(key, window, self.now()).await)
    }

    /// What a limit key has counted within a day.
    pub(super) async fn used(&self, n: u64) -> Usage {
        self.used_in(limit_key(n), DAY).await
    }
}

impl<S: Subject<Store: Claims>> Engine<'_, S> {
    /// Claims for payment `n`, which leaves its number as the value.
    pub(super) async fn claim(&self, key: ClaimKey, n: u64, lifetime: Duration) -> Claim {
        let (now, value) = (self.now(), n.to_be_bytes());
        let until = now.saturating_add(lifetime);
        told(self.store.claim(key, id(n), &value, now, until).await)
    }

    /// Claims what nobody holds, and tells when the claim ends.
    pub(super) async fn taken(&self, key: ClaimKey, n: u64, lifetime: Duration) -> End {
        let before = self.now();
        assert_eq!(self.claim(key, n, lifetime).await, Claim::Taken, "{key:?}");
        End::after(lifetime, before, self.now())
    }

    pub(super) async fn read(&self, key: ClaimKey) -> Option<Vec<u8>> {
        told(self.store.read(key, self.now()).await)
    }
}

impl<S: Subject<Store: SignedPayments>> Engine<'_, S> {
    pub(super) async fn load(&self, key: RequestKey) -> Option<Kept> {
        told(self.store.load(key, self.now()).await)
    }

    pub(super) async fn put(
        &self,
        key: RequestKey,
        expected: Option<u64>,
        value: &[u8],
        lifetime: Duration,
    ) -> Result<Put, StoreError> {
        let now = self.now();
        let until = now.saturating_add(lifetime);
        self.store.put(key, expected, value, now, until).await
    }

    /// Keeps in place of what was expected, and tells the revision and when it ends.
    #[allow(clippy::panic)] // a suite fails loudly
    pub(super) async fn done_for(
        &self,
        key: RequestKey,
        expected: Option<u64>,
        value: &[u8],
        lifetime: Duration,
    ) -> (u64, End) {
        let before = self.now();
        match told(self.put(key, expected, value, lifetime).await) {
            Put::Done(revision) => (revision, End::after(lifetime, before, self.now())),
            Put::Conflict(there) => panic!("expected {expected:?}, found {there:?}"),
        }
    }

    /// Keeps for an hour.
    pub(super) async fn done(&self, key: RequestKey, expected: Option<u64>, value: &[u8]) -> u64 {
        self.done_for(key, expected, value, HOUR).await.0
    }

    /// Asserts that a change is refused, because of what is there.
    pub(super) async fn conflict(
        &self,
        key: RequestKey,
        expected: Option<u64>,
        there: Option<(u64, &[u8])>,
    ) {
        let there = there.map(|(revision, value)| Kept::new(revision, value.to_vec()));
        let answer = self.put(key, expected, b"another", HOUR).await;
        assert_eq!(answer, Ok(Put::Conflict(there)));
    }
}
