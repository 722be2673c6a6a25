//! One logical request, one signature.
//!
//! A logical request is named by the caller's `Idempotency-Key`, or else by what was requested: agent, method, URL and
//! body. Before the first byte of a signed payment leaves, it is kept under that name in [`SignedPayments`], and whoever
//! makes the same request again (a retry layer outside, the application, another process after a crash) is given the
//! same bytes to send. A chain settles them once, whatever a server says and however often they arrive (attacks 43, 74, 86
//! and 87).
//!
//! ```text
//!            402                        signed, compared,           receipt
//!  nothing ───────► signing ─────────► kept ──────────────────────► settled
//!     ▲              │    │ process      │  ▲
//!     │ signer said  │    │ killed       └──┘ 402, 500, time-out, reset:
//!     └──────────────┘    ▼                   the same bytes are sent again
//!       it did not      in doubt until it cannot be settled any more
//! ```
//!
//! - **Concurrent callers** of one process share one flight: the second waits for the first, and then finds what it left.
//! - **The same name for something else** (a reused `Idempotency-Key`) is refused (attack 88).
//! - **A process that dies while the signer works** leaves `signing` behind. Nobody can know whether a signature was made,
//!   so the request is [in doubt](IN_DOUBT) until such a signature could not be settled any more.
//! - **Settled**: repeating a request that has no key of its own is what the replay control decides about. One that has is
//!   refused for as long as it is [remembered](Idempotency::with_named_ttl), or answered with the
//!   [stored receipt](SettledRepeat::Receipt).
//!
//! What is kept is a bearer instrument: with a [`SealingKey`] it is encrypted before it reaches the store.

mod denials;
mod flights;
mod name;
mod record;
mod seal;
mod ticket;

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use denials::IN_DOUBT;
pub(crate) use denials::unreadable;
pub(crate) use record::KeptPayment;
pub use seal::{SealingKey, SealingKeyError};
pub(crate) use ticket::{Begun, NotKept, Ticket};

use crate::denial::Denial;
use crate::fingerprint_key::FingerprintKey;
use crate::idempotency::flights::Flights;
use crate::payment::Exchange;
use crate::store::{MemoryStore, SignedPayments};

/// Clocks of chain, facilitator and guard differ: so much later than an authorization ends it counts as ended.
pub(crate) const SKEW: Duration = Duration::from_secs(60);

/// How long a request without a key of its own is remembered at least.
const DEFAULT_TTL: Duration = Duration::from_secs(300);

/// How long a request with a key of its own is remembered at least.
const DEFAULT_NAMED_TTL: Duration = Duration::from_secs(86_400);

/// How long a caller waits for another one's flight of the same request.
const DEFAULT_WAIT: Duration = Duration::from_secs(60);

/// What a caller gets who repeats a request that was paid and settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SettledRepeat {
    /// A denial.
    #[default]
    Deny,
    /// A response with status 200, the receipt in its header as the seller sent it and a
    /// [`PaymentRecord`](crate::PaymentRecord) in its extensions. Its body is JSON that says so, and not what was bought:
    /// that is not kept. Nothing is sent.
    Receipt,
}

/// Makes a logical request pay once.
///
/// Clones share their flights and what they keep.
#[derive(Clone)]
pub struct Idempotency(Arc<Settings>);

#[derive(Clone)]
struct Settings {
    payments: Arc<dyn SignedPayments>,
    key: Option<FingerprintKey>,
    sealing: Option<SealingKey>,
    ttl: Duration,
    named_ttl: Duration,
    wait: Duration,
    settled: SettledRepeat,
    flights: Flights,
}

impl Idempotency {
    /// Keeps signed payments in `payments`, under names that are digests by `key`: whoever reads the store learns no URL.
    /// Guards that share the store need the same key.
    #[must_use]
    pub fn new(payments: Arc<dyn SignedPayments>, key: FingerprintKey) -> Self {
        Self::with(payments, Some(key))
    }

    /// Keeps signed payments in the memory of this process.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::with(Arc::new(MemoryStore::new()), None)
    }

    fn with(payments: Arc<dyn SignedPayments>, key: Option<FingerprintKey>) -> Self {
        Self(Arc::new(Settings {
            payments,
            key,
            sealing: None,
            ttl: DEFAULT_TTL,
            named_ttl: DEFAULT_NAMED_TTL,
            wait: DEFAULT_WAIT,
            settled: SettledRepeat::Deny,
            flights: Flights::default(),
        }))
    }

    fn settings(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.0)
    }

    /// Encrypts what is kept.
    #[must_use]
    pub fn with_sealing_key(mut self, key: SealingKey) -> Self {
        self.settings().sealing = Some(key);
        self
    }

    /// Remembers a request without a key of its own for at least this long; 300 seconds by default. Longer where its
    /// authorization could be settled for longer.
    #[must_use]
    pub fn with_ttl(mut self, ttl: Duration) -> Self {
        self.settings().ttl = ttl;
        self
    }

    /// Remembers a request with an `Idempotency-Key` for at least this long; a day by default.
    #[must_use]
    pub fn with_named_ttl(mut self, ttl: Duration) -> Self {
        self.settings().named_ttl = ttl;
        self
    }

    /// Waits at most this long for another caller's flight of the same request; a minute by default.
    #[must_use]
    pub fn with_wait(mut self, wait: Duration) -> Self {
        self.settings().wait = wait;
        self
    }

    /// What a caller gets who repeats a request that was settled.
    #[must_use]
    pub fn with_settled_repeat(mut self, settled: SettledRepeat) -> Self {
        self.settings().settled = settled;
        self
    }

    /// Begins a logical request, or finds what an earlier attempt left.
    pub(crate) async fn begin(&self, exchange: &Exchange) -> Result<Begun, Denial> {
        ticket::begin(&self.0, exchange).await
    }
}

impl fmt::Debug for Idempotency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Idempotency").field(&self.0).finish()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("payments", &self.payments)
            .field("sealed", &self.sealing.is_some())
            .finish_non_exhaustive()
    }
}
