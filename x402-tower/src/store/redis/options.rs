//! What an operator decides about a Redis store.

use core::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;

/// How a [`RedisStore`](super::RedisStore) behaves, and what it demands of its server.
///
/// ```
/// use std::time::Duration;
/// use x402_tower::store::RedisOptions;
///
/// let options = RedisOptions::new("agents of the research team")
///     .deadline(Duration::from_millis(500))
///     .require_persistence();
/// ```
#[derive(Clone)]
#[must_use]
pub struct RedisOptions {
    pub(super) namespace: Vec<u8>,
    pub(super) deadline: Duration,
    pub(super) max_windows: u64,
    pub(super) max_payments: u64,
    pub(super) evicting_allowed: bool,
    pub(super) persistence_required: bool,
    pub(super) replicas: Option<Replicas>,
    pub(super) root_certificates: Option<Vec<u8>>,
    pub(super) clock: Option<Arc<dyn Clock>>,
}

/// Replicas that have to have a write before it counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Replicas {
    pub(super) many: NonZeroU32,
    pub(super) timeout: Duration,
}

impl RedisOptions {
    /// How long a step may take, unless said otherwise.
    pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(2);
    /// Most windows (a limit key and a length of time) that are counted at once, unless said otherwise.
    pub const DEFAULT_WINDOWS: u64 = 1_048_576;
    /// Most payments that are on the books at once, unless said otherwise.
    pub const DEFAULT_PAYMENTS: u64 = 1_048_576;

    /// The defaults. Stores with one namespace share everything, others share nothing: it is digested, so that no two
    /// collide whatever they consist of (attack 81).
    pub fn new(namespace: impl AsRef<[u8]>) -> Self {
        Self {
            namespace: namespace.as_ref().to_vec(),
            deadline: Self::DEFAULT_DEADLINE,
            max_windows: Self::DEFAULT_WINDOWS,
            max_payments: Self::DEFAULT_PAYMENTS,
            evicting_allowed: false,
            persistence_required: false,
            replicas: None,
            root_certificates: None,
            clock: None,
        }
    }

    /// How long a step may take, connecting again included; after that it is
    /// [`Unavailable`](crate::store::StoreError::Unavailable).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Counts at most `max_windows` windows and keeps at most `max_payments` payments; what is full refuses
    /// ([`Full`](crate::store::StoreError::Full), attack 82). Everybody who shares the namespace should say the same.
    pub const fn capacity(mut self, max_windows: u64, max_payments: u64) -> Self {
        self.max_windows = max_windows;
        self.max_payments = max_payments;
        self
    }

    /// Takes a server that throws entries away when its memory is full, **and spent money with them**: budgets are then
    /// no bound any more, and a payment may be made twice. For caches that hold nothing else and never fill up.
    pub const fn allow_eviction_to_forget_spent_money(mut self) -> Self {
        self.evicting_allowed = true;
        self
    }

    /// Takes only a server that has on disk what it answers for: `appendonly yes` and `appendfsync always`. It has to
    /// allow `CONFIG GET`.
    ///
    /// Without this a store warns where nothing is appended to a file; a crash of the server may then forget payments.
    pub const fn require_persistence(mut self) -> Self {
        self.persistence_required = true;
        self
    }

    /// Lets a step count only when so many replicas have it (`WAIT`), and denies after `timeout`: a failover then loses
    /// no payment that was let through, as long as one of these replicas is promoted (attack 80).
    ///
    /// Steps of one store wait behind each other for this, so it costs throughput. What was denied for it stays
    /// reserved until it expires.
    pub const fn wait_for_replicas(mut self, replicas: NonZeroU32, timeout: Duration) -> Self {
        self.replicas = Some(Replicas {
            many: replicas,
            timeout,
        });
        self
    }

    /// Trusts exactly these certificate authorities, as PEM, in place of the system's. Needs a `rediss://` address.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates = Some(pem.into());
        self
    }

    /// Takes time from `clock` in place of the server's, so that a test can move it.
    #[cfg(any(test, feature = "testing"))]
    pub fn test_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }
}

impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisOptions")
            .field("deadline", &self.deadline)
            .field("max_windows", &self.max_windows)
            .field("max_payments", &self.max_payments)
            .field("evicting_allowed", &self.evicting_allowed)
            .field("persistence_required", &self.persistence_required)
            .field("replicas", &self.replicas)
            .finish_non_exhaustive()
    }
}
