//! Money set aside, sent, settled or given back.

use core::fmt;
use std::time::Duration;

use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;
use crate::step::Step;
use crate::store::{Entry, EntryQuery, Reach, Resolution, SentPayment, StoreError};

/// What a limit counts per: an agent, an endpoint, a recipient …, as a digest that no two scopes share.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LimitKey([u8; 32]);

impl LimitKey {
    /// From a digest. Build it over length-prefixed parts, so that no two scopes collide (attack 81).
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for LimitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "LimitKey({a:02x}{b:02x}{c:02x}{d:02x}…)")
    }
}

/// How much fits into a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quota {
    /// At most this sum.
    Amount(Usd),
    /// At most this many payments.
    Count(u64),
}

/// One limit that applies to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// What is counted together.
    pub key: LimitKey,
    /// The rolling window; one below [`MIN_WINDOW`](Self::MIN_WINDOW) counts as that long.
    pub window: Duration,
    /// How much fits into it.
    pub quota: Quota,
}

impl Limit {
    /// Shortest window.
    pub const MIN_WINDOW: Duration = Duration::from_secs(1);

    /// Pieces that an engine may cut a window into: a payment leaves at most one piece, rounded up to a millisecond, after
    /// the window would let it go.
    pub const BUCKETS: u64 = 64;

    /// A limit on what `key` counts within `window`.
    #[must_use]
    pub const fn new(key: LimitKey, window: Duration, quota: Quota) -> Self {
        Self { key, window, quota }
    }
}

/// A wish to set money aside.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Reservation<'a> {
    /// The payment that it is for.
    pub id: PaymentId,
    /// What it would cost, in micro-dollars; for `upto` the signed maximum.
    pub amount: Usd,
    /// Every limit that applies, at most [`MAX_LIMITS`](Self::MAX_LIMITS); all are checked and taken in one step, or none.
    pub limits: &'a [Limit],
    /// Now, by the caller's clock. A store with a clock of its own uses that instead.
    pub now: UnixMillis,
    /// Up to and including this moment the money is set aside; from then on it counts no longer, unless it was marked
    /// sent.
    pub expires: UnixMillis,
}

impl<'a> Reservation<'a> {
    /// Most limits that one payment may fall under; more is refused as [`StoreError::Full`].
    pub const MAX_LIMITS: usize = 64;

    /// A wish to set `amount` aside for `id` under all of `limits`.
    #[must_use]
    pub const fn new(
        id: PaymentId,
        amount: Usd,
        limits: &'a [Limit],
        now: UnixMillis,
        expires: UnixMillis,
    ) -> Self {
        Self {
            id,
            amount,
            limits,
            now,
            expires,
        }
    }
}

/// What a store says to a [`Reservation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reserved {
    /// Taken under every limit.
    Granted,
    /// Refused, and nothing taken: the limit with this index has no room.
    Refused {
        /// Index into [`Reservation::limits`].
        limit: usize,
        /// What is left under that limit.
        left: Quota,
    },
}

/// What a limit has counted in its window up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Usage {
    /// Sum of reserved, sent, settled and unknown payments.
    pub amount: Usd,
    /// How many.
    pub count: u64,
}

impl Usage {
    /// A count.
    #[must_use]
    pub const fn new(amount: Usd, count: u64) -> Self {
        Self { amount, count }
    }
}

/// Sets money aside before a signature exists, and keeps counting it until it is known where it went.
///
/// A payment moves `Reserved → Sent → Settled | Unknown | Released`. Guarantees of every engine:
///
/// - [`reserve`](Self::reserve) checks and takes under *all* limits in one atomic step (attacks 17 and 66).
/// - What is reserved, sent, settled or unknown counts; only what is released does not.
/// - Rounding of window edges is against the spender: a payment never leaves a window early, and at most one of
///   [`Limit::BUCKETS`] late.
/// - A caller's clock that steps back, or is behind another's, frees nothing and cuts nothing short (attack 77).
/// - Full, unreachable or overflowing means an error, which denies.
///
/// `testing::store_suite` (feature `testing`) holds an engine to them.
pub trait Ledger: Send + Sync + fmt::Debug + 'static {
    /// Takes the amount under every limit, or nothing at all.
    ///
    /// An engine that waits copies what it needs of the wish first, so that callers need not keep it.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownPayment`] where the id is on the books already; [`StoreError::Full`] for more than
    /// [`Reservation::MAX_LIMITS`] limits; [`StoreError::Overflow`] where a sum could not be written.
    fn reserve(&self, reservation: &Reservation<'_>) -> Step<'_, Result<Reserved, StoreError>>;

    /// Notes, before the first byte leaves, that the signature may be out: from here on the money stays counted.
    ///
    /// `sent` is what left; `None` for a count that belongs to a payment which stands under another id, and is not
    /// listed. Saying it again changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownPayment`] where the reservation has expired: nothing counts it, so it must not leave.
    fn mark_sent(
        &self,
        id: PaymentId,
        sent: Option<SentPayment>,
    ) -> Step<'_, Result<(), StoreError>>;

    /// Notes that the payment settled, for `actual` where a receipt named another amount than was reserved: from then on
    /// that counts. A second receipt may only raise what is counted. What was settled counts also where it was never
    /// marked as sent.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownPayment`] where it is not on the books.
    fn settle(&self, id: PaymentId, actual: Option<Usd>) -> Step<'_, Result<(), StoreError>>;

    /// Notes that nobody knows whether the payment settled; it stays counted, also where it was never marked as sent. What
    /// is settled stays so.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownPayment`] where it is not on the books.
    fn mark_unknown(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>>;

    /// Gives back what did not leave: a reservation, or a payment marked as sent that a service further in stopped or
    /// proved unsettled. Nothing that a server says is such a proof (attack 74), so what is unknown or settled stays
    /// counted. An unknown id is not an error: giving back twice is harmless.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownPayment`] where the payment is unknown or settled.
    fn release(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>>;

    /// Gives back without waiting, for a future that was dropped. An engine that has to wait does nothing here and
    /// lets the reservation's short expiry do it.
    fn release_now(&self, id: PaymentId);

    /// Lists payments, as far as they still count or are not forgotten.
    fn entries(&self, query: &EntryQuery) -> Step<'_, Result<Vec<Entry>, StoreError>>;

    /// One payment, where it is on the books and was told what left.
    fn entry(&self, id: PaymentId) -> Step<'_, Result<Option<Entry>, StoreError>>;

    /// Settles or releases an open payment by what somebody found out: an oracle that asked the chain, or an operator.
    /// Unlike [`release`](Self::release) this may free what is unknown. Settling again is harmless.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownPayment`] where it is not on the books, was never sent, or ended otherwise already.
    fn resolve(&self, id: PaymentId, resolution: Resolution) -> Step<'_, Result<(), StoreError>>;

    /// How far it is shared.
    fn reach(&self) -> Reach;

    /// What `key` has counted in `window` up to `now`.
    fn usage(
        &self,
        key: LimitKey,
        window: Duration,
        now: UnixMillis,
    ) -> Step<'_, Result<Usage, StoreError>>;
}
