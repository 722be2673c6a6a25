//! What is kept of a logical request: the one payment that was signed for it.

use core::fmt;

use crate::clock::UnixMillis;
use crate::payment::PaymentId;
use crate::step::Step;
use crate::store::{Reach, StoreError};

/// Names a logical request: the digest of the caller's idempotency key, or of what was requested.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestKey([u8; 32]);

impl RequestKey {
    /// From a digest.
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

impl fmt::Debug for RequestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "RequestKey({a:02x}{b:02x}{c:02x}{d:02x}…)")
    }
}

/// What is kept under a [`RequestKey`], and which writing of it this is.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kept {
    /// Another number after every change. Never the same twice for one key, also not after it was removed or has ended.
    pub revision: u64,
    /// What was written, byte for byte.
    pub value: Vec<u8>,
}

impl Kept {
    /// What is kept.
    #[must_use]
    pub const fn new(revision: u64, value: Vec<u8>) -> Self {
        Self { revision, value }
    }

    /// Whose signed payment it is: the sixteen bytes that every value begins with. They are in clear also where the rest
    /// is sealed, so that whoever [reconciles](crate::reconcile) forgets no other payment of the same request.
    #[must_use]
    pub fn payment(&self) -> Option<PaymentId> {
        self.value.first_chunk().copied().map(PaymentId::from_bytes)
    }
}

/// Never shows the value: a signed payment is a bearer instrument.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("revision", &self.revision)
            .field("bytes", &self.value.len())
            .finish_non_exhaustive()
    }
}

/// What a store says to a change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Put {
    /// Done: this is the revision now.
    Done(u64),
    /// Not done, because something else is there than was expected.
    Conflict(Option<Kept>),
}

/// Keeps the one payment that was signed for each logical request, so that a retry sends the same bytes again.
///
/// What it keeps is written and read by [`pay`](crate::pay); a store sees bytes. Guarantees of every engine:
///
/// - [`put`](Self::put) compares and changes in one atomic step: of any number of concurrent callers that expect the same
///   exactly one is told [`Put::Done`].
/// - What is done is durable as far as the engine's [`Reach`] says before the answer: the next step is to send it.
/// - Nothing is lost before its end: what is full refuses ([`StoreError::Full`]), and never makes room by forgetting.
pub trait SignedPayments: Send + Sync + fmt::Debug + 'static {
    /// What is kept under `key` at `now`.
    fn load(&self, key: RequestKey, now: UnixMillis) -> Step<'_, Result<Option<Kept>, StoreError>>;

    /// Keeps `value` under `key` up to and including `until`, if what is there now has the revision `expected`; `None`
    /// expects nothing.
    ///
    /// `now` is the caller's clock; a store with a clock of its own uses that instead. An engine that waits copies the
    /// value first. A value of more than [`MAX_KEPT_BYTES`] bytes is refused as
    /// [`StoreError::Full`].
    fn put(
        &self,
        key: RequestKey,
        expected: Option<u64>,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Step<'_, Result<Put, StoreError>>;

    /// Forgets what is kept under `key`, if it has the revision `expected`. Answers whether it did.
    fn remove(&self, key: RequestKey, expected: u64) -> Step<'_, Result<bool, StoreError>>;

    /// How far it is shared.
    fn reach(&self) -> Reach;
}

/// Most bytes that are kept under one key: a header of 64 KiB, its receipt, and what is noted beside them.
pub const MAX_KEPT_BYTES: usize = 144 * 1024;
