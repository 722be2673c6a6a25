//! The engine that lives in memory and ends with the process.

mod claims;
mod index;
mod ledger;
mod shards;
mod signed;
#[cfg(test)]
mod tests;

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use self::claims::ClaimBook;
use self::ledger::Book;
use self::signed::Shelf;
use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;
use crate::step::Step;
use crate::store::lifetime::shifted;
use crate::store::span::Span;
use crate::store::{
    Claim, ClaimKey, Claims, Entry, EntryQuery, Kept, Ledger, LimitKey, Put, Reach, RequestKey,
    Reservation, Reserved, Resolution, SentPayment, SignedPayments, StoreError, Usage,
};

/// [`Ledger`], [`Claims`] and [`SignedPayments`] in memory: for tests and for agents whose budget may start afresh with the process.
///
/// Clones share what they hold. Nothing survives a restart, so a budget over a day needs an engine that does
/// (attack 70).
///
/// - A window is cut into 64 buckets and a payment leaves with its whole bucket: never early, and at most 1/64 of the
///   window late. The work per payment does not grow with the payments in the window.
/// - Windows shorter than a second count as a second.
/// - A caller's clock that steps back frees nothing: the latest moment that was ever named holds (attack 77). A clock
///   that jumps ahead therefore stays ahead.
/// - What is full refuses ([`StoreError::Full`], attack 82): only what has expired, has rolled out or was settled makes
///   room. Memory stays below about 2.5 KB a window in constant use (0.5 KB for one used once), 0.4 KB a payment under
///   a handful of limits, and 0.2 KB a claim and what is stored with it; with the default capacities that is some
///   0.2 GB for the ledger and 0.2–0.5 GB for the claims at most.
/// - All of it is split by key into parts with a lock each. A payment locks the parts of its windows together, so its
///   limits are still checked and taken in one step.
///
/// ```
/// use std::time::Duration;
/// use x402_tower::store::{Ledger, Limit, LimitKey, MemoryStore, Quota, Reservation, Reserved};
/// use x402_tower::payment::PaymentId;
/// use x402_tower::{UnixMillis, Usd};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let store = MemoryStore::new();
/// let day = Duration::from_secs(86_400);
/// let limits = [Limit::new(LimitKey::from_bytes([7; 32]), day, Quota::Amount(Usd::parse("0.05")?))];
/// let now = UnixMillis::from_secs(1_700_000_000);
/// let soon = now.saturating_add(Duration::from_secs(60));
/// let ask = async |n| {
///     let cents = Usd::parse("0.03").unwrap();
///     let wish = Reservation::new(PaymentId::from_bytes([n; 16]), cents, &limits, now, soon);
///     store.reserve(&wish).await
/// };
/// assert_eq!(ask(1).await, Ok(Reserved::Granted));
/// assert!(matches!(ask(2).await, Ok(Reserved::Refused { .. })), "two cents are left");
/// # Ok::<(), x402_tower::UsdError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct MemoryStore(Arc<Shared>);

/// Most bytes of signed payments that are kept at once.
const MAX_SIGNED_BYTES: usize = 256 * 1024 * 1024;

struct Shared {
    book: Book,
    claims: ClaimBook,
    signed: Shelf,
}

impl MemoryStore {
    /// Most windows (a limit key and a length of time) that are counted at once, unless said otherwise.
    pub const DEFAULT_LIMITS: usize = 65_536;
    /// Most payments that are on the books at once, unless said otherwise.
    pub const DEFAULT_PAYMENTS: usize = 65_536;
    /// Most claims that are held at once, unless said otherwise.
    pub const DEFAULT_CLAIMS: usize = 1_048_576;

    /// An empty store with the default capacities.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(
            Self::DEFAULT_LIMITS,
            Self::DEFAULT_PAYMENTS,
            Self::DEFAULT_CLAIMS,
        )
    }

    /// An empty store that counts at most `max_limits` windows and keeps at most `max_payments` payments and
    /// `max_claims` claims.
    ///
    /// It keeps at most `max_payments` signed payments, and 256 MiB of them. A settled payment stays counted when its entry
    /// makes room for another. Nothing is allocated ahead.
    #[must_use]
    pub fn with_capacity(max_limits: usize, max_payments: usize, max_claims: usize) -> Self {
        Self(Arc::new(Shared {
            book: Book::new(max_limits, max_payments),
            claims: ClaimBook::new(max_claims),
            signed: Shelf::new(max_payments, MAX_SIGNED_BYTES),
        }))
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl Ledger for MemoryStore {
    fn reserve(&self, reservation: &Reservation<'_>) -> Step<'_, Result<Reserved, StoreError>> {
        Step::ready(self.0.book.reserve(reservation))
    }

    fn mark_sent(
        &self,
        id: PaymentId,
        sent: Option<SentPayment>,
    ) -> Step<'_, Result<(), StoreError>> {
        Step::ready(self.0.book.mark_sent(id, sent))
    }

    fn settle(&self, id: PaymentId, actual: Option<Usd>) -> Step<'_, Result<(), StoreError>> {
        Step::ready(self.0.book.settle(id, actual))
    }

    fn mark_unknown(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>> {
        Step::ready(self.0.book.mark_unknown(id))
    }

    /// # Errors
    ///
    /// [`StoreError::UnknownPayment`] for a payment that was sent: its money stays counted.
    fn release(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>> {
        Step::ready(self.0.book.release(id))
    }

    fn release_now(&self, id: PaymentId) {
        // What was sent stays counted, and there is nobody left to tell.
        let _: Result<(), StoreError> = self.0.book.release(id);
    }

    fn entries(&self, query: &EntryQuery) -> Step<'_, Result<Vec<Entry>, StoreError>> {
        Step::ready(Ok(self.0.book.entries(query)))
    }

    fn entry(&self, id: PaymentId) -> Step<'_, Result<Option<Entry>, StoreError>> {
        Step::ready(Ok(self.0.book.entry(id)))
    }

    fn resolve(&self, id: PaymentId, resolution: Resolution) -> Step<'_, Result<(), StoreError>> {
        Step::ready(self.0.book.resolve(id, resolution))
    }

    fn reach(&self) -> Reach {
        Reach::Process
    }

    fn usage(
        &self,
        key: LimitKey,
        window: Duration,
        now: UnixMillis,
    ) -> Step<'_, Result<Usage, StoreError>> {
        Step::ready(Ok(self.0.book.usage(key, Span::of(window), now)))
    }
}

impl Claims for MemoryStore {
    /// A claim is held up to and including `until` (attack 79).
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] also for a value of more than [`Claim::MAX_VALUE_BYTES`] bytes.
    fn claim(
        &self,
        key: ClaimKey,
        holder: PaymentId,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Step<'_, Result<Claim, StoreError>> {
        Step::ready(self.0.claims.claim(key, holder, value, now, until))
    }

    fn read(
        &self,
        key: ClaimKey,
        now: UnixMillis,
    ) -> Step<'_, Result<Option<Vec<u8>>, StoreError>> {
        Step::ready(Ok(self.0.claims.read(key, now)))
    }

    fn give_back(&self, key: ClaimKey, holder: PaymentId) -> Step<'_, Result<(), StoreError>> {
        self.0.claims.give_back(key, holder);
        Step::ready(Ok(()))
    }

    fn give_back_now(&self, key: ClaimKey, holder: PaymentId) {
        self.0.claims.give_back(key, holder);
    }

    fn reach(&self) -> Reach {
        Reach::Process
    }
}

impl SignedPayments for MemoryStore {
    fn load(&self, key: RequestKey, now: UnixMillis) -> Step<'_, Result<Option<Kept>, StoreError>> {
        Step::ready(Ok(self.0.signed.load(key, now)))
    }

    fn put(
        &self,
        key: RequestKey,
        expected: Option<u64>,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Step<'_, Result<Put, StoreError>> {
        Step::ready(self.0.signed.put(key, expected, value, now, until))
    }

    fn remove(&self, key: RequestKey, expected: u64) -> Step<'_, Result<bool, StoreError>> {
        Step::ready(Ok(self.0.signed.remove(key, expected)))
    }

    fn reach(&self) -> Reach {
        Reach::Process
    }
}
