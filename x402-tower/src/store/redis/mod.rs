//! The engine on a Redis or Valkey server, for many machines.

mod address;
mod claims;
mod error;
mod keys;
mod ledger;
mod line;
mod link;
mod numbers;
mod options;
mod script;
mod server;
mod signed;
mod wish;

pub use error::RedisConnectError;
pub use options::RedisOptions;

use core::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;

use self::claims::Asked;
use self::keys::Keys;
use self::line::Line;
use self::link::Link;
use self::wish::Wish;
use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;
use crate::step::Step;
use crate::store::{
    Claim, ClaimKey, Claims, Entry, EntryQuery, Kept, Ledger, LimitKey, Put, Reach, RequestKey,
    Reservation, Reserved, Resolution, SentPayment, SignedPayments, StoreError, Usage,
};

/// [`Ledger`], [`Claims`] and [`SignedPayments`] on a Redis (7.0 or newer) or Valkey server, shared by everybody who
/// names the same server and namespace.
///
/// Clones share one connection. It needs a tokio runtime with I/O and time; a store outlives the runtime that it was
/// opened in.
///
/// What it promises:
///
/// - **Each step is one script and one round trip.** A script is one atomic step on the server. Only a server that was
///   told to forget its scripts costs a second trip, and so does clearing away more than 256 expired reservations.
///   Reservations that come while others are under way share the next trip, each still decided by itself and in order;
///   so do claims, but not on a cluster.
/// - **Time is the server's** (attack 78): what a caller says of the time is used for lengths of time only, and of a
///   claim's or signed payment's end the later of both clocks counts. A server clock that steps back frees nothing
///   (attack 77); one that jumps ahead stays ahead for a ledger.
/// - **Windows** are cut into 64 buckets, as in the [memory store](crate::store::MemoryStore): nothing leaves early, and at
///   most 1/64 of the window late. The work per payment does not grow with the payments in the window. Windows longer
///   than 139 years count as 139 years.
/// - **Sums** are exact, also beyond the 53 bits that a number of a script holds.
/// - **All keys of a ledger lie in one slot of a cluster**, because all limits of a payment are one step. That bounds a
///   ledger to what one core of the server does; claims and signed payments spread. Keys hold digests only.
/// - **Bounded** (attack 82): every key has a time to live, windows and payments are [capped](RedisOptions::capacity), and
///   a server without memory left refuses. Give the server a `maxmemory`.
/// - **No answer denies** (attack 80): a step has a deadline, and [`StoreError::Unavailable`] at its end. So do a replica
///   that takes no writes, a failover and a partition. Each new connection is checked before its first step, so that a
///   server that evicts, or became a replica, is not used.
/// - **A lost answer counts nothing twice.** The connection is made anew and the step repeated once; a step knows its own
///   earlier run. What was reserved for a caller who was told nothing expires by itself.
/// - **Durability is the server's**: with `appendonly yes` and `appendfsync always`
///   ([`require_persistence`](RedisOptions::require_persistence)) nothing that was answered for is lost in a crash; a
///   failover loses what the promoted replica has not got, unless one
///   [waits for replicas](RedisOptions::wait_for_replicas).
///
/// ```no_run
/// use x402_tower::store::{RedisOptions, RedisStore};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let options = RedisOptions::new("agents of the research team").require_persistence();
/// let store = RedisStore::connect("rediss://guard:secret@redis.internal:6379", options).await?;
/// # Ok::<(), x402_tower::store::RedisConnectError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct RedisStore(Arc<Shared>);

struct Shared {
    link: Link,
    keys: Keys,
    reservations: Line<Wish>,
    claims: Line<Asked>,
    /// Counts calls, from a random number on: nobody else's numbers are near.
    calls: AtomicU64,
}

impl RedisStore {
    /// Connects to the server at `address`, and sees whether money may be trusted to it: its version, that it is no
    /// replica, that it [evicts](RedisOptions::allow_eviction_to_forget_spent_money) nothing, and what else `options`
    /// demand.
    ///
    /// An address is `redis://user:password@host:port/database`, `rediss://…` for TLS, or `redis+unix:///path`. It is shown
    /// in no error, log or `Debug`. With TLS, rustls' process-wide crypto provider is set to aws-lc-rs where none is set.
    ///
    /// # Errors
    ///
    /// [`RedisConnectError`] says what to change. A server that is not there when a process starts is an error here, and a
    /// denial of each step from then on.
    pub async fn connect(address: &str, options: RedisOptions) -> Result<Self, RedisConnectError> {
        let keys = Keys::of(&options.namespace);
        let calls = getrandom::u64().map_err(|_| RedisConnectError::Random)?;
        let link = Link::open(address, options).await?;
        Ok(Self(Arc::new(Shared {
            link,
            keys,
            reservations: Line::default(),
            claims: Line::default(),
            calls: AtomicU64::new(calls),
        })))
    }

    /// Runs what nobody waits for on the caller's runtime; where there is none, it is left undone.
    fn detached(&self, undone: impl Future<Output = Result<(), StoreError>> + Send + 'static) {
        if let Ok(runtime) = Handle::try_current() {
            // A refusal leaves it to the expiry, and there is nobody left to tell.
            drop(runtime.spawn(undone));
        }
    }
}

impl Shared {
    /// What a test says the time is, as scripts take it; nothing where the server's own counts.
    fn told(&self) -> Result<u64, StoreError> {
        match &self.link.options().clock {
            None => Ok(0),
            Some(clock) => clock
                .now()
                .map(UnixMillis::as_millis)
                .ok_or(StoreError::Unavailable),
        }
    }

    /// Tells one call from another, so that a call that is repeated is known again.
    fn token(&self) -> [u8; 8] {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        call.to_le_bytes()
    }
}

/// Never shows the address, which may hold a password.
impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}

impl Ledger for RedisStore {
    fn reserve(&self, reservation: &Reservation<'_>) -> Step<'_, Result<Reserved, StoreError>> {
        match Wish::of(reservation, self.0.token()) {
            Ok(wish) => Step::wait(self.0.reserve(wish)),
            Err(error) => Step::ready(Err(error)),
        }
    }

    fn mark_sent(
        &self,
        id: PaymentId,
        sent: Option<SentPayment>,
    ) -> Step<'_, Result<(), StoreError>> {
        let sent = sent.map(|sent| (sent.to_json(), sent.valid_before));
        Step::wait(self.0.mark_sent(id, sent))
    }

    fn settle(&self, id: PaymentId, actual: Option<Usd>) -> Step<'_, Result<(), StoreError>> {
        Step::wait(self.0.settle(id, actual))
    }

    fn mark_unknown(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>> {
        Step::wait(self.0.mark_unknown(id))
    }

    fn release(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>> {
        Step::wait(self.0.release(id))
    }

    /// Tells the server from a task of its own on the current runtime. Where that does not come through, or there is no
    /// runtime, the reservation ends at its expiry.
    fn release_now(&self, id: PaymentId) {
        let shared = Arc::clone(&self.0);
        self.detached(async move { shared.release(id).await });
    }

    fn entries(&self, query: &EntryQuery) -> Step<'_, Result<Vec<Entry>, StoreError>> {
        Step::wait(self.0.entries(*query))
    }

    fn entry(&self, id: PaymentId) -> Step<'_, Result<Option<Entry>, StoreError>> {
        Step::wait(self.0.entry(id))
    }

    fn resolve(&self, id: PaymentId, resolution: Resolution) -> Step<'_, Result<(), StoreError>> {
        match resolution {
            Resolution::Settled => Step::wait(self.0.resolve_settled(id)),
            Resolution::Released => Step::wait(self.0.resolve_released(id)),
        }
    }

    fn reach(&self) -> Reach {
        Reach::Network
    }

    fn usage(
        &self,
        key: LimitKey,
        window: Duration,
        _now: UnixMillis,
    ) -> Step<'_, Result<Usage, StoreError>> {
        Step::wait(self.0.usage(key, window))
    }
}

impl Claims for RedisStore {
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
        Step::wait(self.0.claim(key, holder, value.to_vec(), now, until))
    }

    fn read(
        &self,
        key: ClaimKey,
        _now: UnixMillis,
    ) -> Step<'_, Result<Option<Vec<u8>>, StoreError>> {
        Step::wait(self.0.read_claim(key))
    }

    fn give_back(&self, key: ClaimKey, holder: PaymentId) -> Step<'_, Result<(), StoreError>> {
        Step::wait(self.0.give_back(key, holder))
    }

    fn reach(&self) -> Reach {
        Reach::Network
    }

    /// Tells the server from a task of its own on the current runtime. Where that does not come through, or there is no
    /// runtime, the claim is held until it ends.
    fn give_back_now(&self, key: ClaimKey, holder: PaymentId) {
        let shared = Arc::clone(&self.0);
        self.detached(async move { shared.give_back(key, holder).await });
    }
}

impl SignedPayments for RedisStore {
    fn load(
        &self,
        key: RequestKey,
        _now: UnixMillis,
    ) -> Step<'_, Result<Option<Kept>, StoreError>> {
        Step::wait(self.0.load(key))
    }

    fn put(
        &self,
        key: RequestKey,
        expected: Option<u64>,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Step<'_, Result<Put, StoreError>> {
        Step::wait(self.0.put(key, expected, value.to_vec(), now, until))
    }

    fn remove(&self, key: RequestKey, expected: u64) -> Step<'_, Result<bool, StoreError>> {
        Step::wait(self.0.remove(key, expected))
    }

    fn reach(&self) -> Reach {
        Reach::Network
    }
}
