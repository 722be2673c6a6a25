//! The store as its callers see it.

use core::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::books::Books;
use super::caller::Caller;
use super::claims::Wanted;
use super::fault::Fault;
use super::job::{Asked, Kind, TakeBack, Undo};
use super::ledger::Wish;
use super::open_error::SqliteOpenError;
use super::options::SqliteOptions;
use super::queue::Queue;
use super::signed::Parcel;
use crate::clock::UnixMillis;
use crate::money::Usd;
use crate::payment::PaymentId;
use crate::step::Step;
use crate::store::span::Span;
use crate::store::{
    Claim, ClaimKey, Claims, Entry, EntryQuery, Kept, Ledger, LimitKey, MAX_KEPT_BYTES, Put, Reach,
    RequestKey, Reservation, Reserved, Resolution, SentPayment, SignedPayments, StoreError, Usage,
};

/// [`Ledger`], [`Claims`] and [`SignedPayments`] in a SQLite file: for everything that has to outlive its process.
///
/// Clones share one connection. Any number of processes on one machine may open the same file, on a local disk. Dropping
/// the last clone waits until what was asked for is done and the file is closed.
///
/// # What it promises
///
/// - **Durable.** A step is answered after its transaction is on the disk (write-ahead log, `synchronous=FULL`), so that
///   neither `kill -9` nor a power cut undoes what somebody was told (attacks 69 and 70). Steps that wait at the same
///   time share a transaction; one that is refused does not undo the others.
/// - **Atomic**, also between processes: each transaction holds SQLite's write lock from its first read on, so no two
///   see the same room (attacks 66 to 68).
/// - **Nothing without an answer.** A future that is dropped, or that does not hear within the
///   [deadline](SqliteOptions::deadline), leaves nothing taken: a reservation or claim that comes through later is taken
///   back; where that fails as well, it ends by itself. After a failed commit all its steps are refused.
/// - **Fail closed.** A full disk, a read-only or damaged file, another process that holds the lock for longer than the
///   deadline, a full queue: each refuses with a [`StoreError`] that says what to do (attack 72).
/// - **Private.** The files have mode 0600 and belong to the user of the process. A link, a file that others can reach, a
///   folder that everybody may write in: refused (attack 72), and looked for again before each commit, where
///   [`StoreError::Replaced`] says that a file was exchanged. Members of a group that may write in the folder can still
///   delete the file. On systems other than Unix none of this is checked.
/// - **An older copy is refused** (attack 71). Each change counts a generation up, and `<file>.mark` beside the file names
///   the last one. A file that is behind its mark, gone, or another one is refused; a mark that is gone is refused too,
///   as a lone file out of a backup has none. Who restores both files of an older backup together is not noticed: the
///   audit log is what tells then.
/// - **Bounded** (attack 82), by the capacities of the [options](Self::options); full means refused. A window is cut into
///   64 buckets and keeps their sum, so the work per payment does not grow with the payments in it; a payment leaves with
///   its bucket, never early and at most 1/64 of the window late. What has ended is cleared away in small steps and its
///   pages go back to the system.
/// - **Removed is removed.** What a signed payment leaves in the file is written over with zeros, and the write-ahead log
///   is emptied when the store has nothing else to do and when it is closed. Under constant load its bytes may stay in the
///   log, which is as private as the file, until then.
/// - A caller's clock that steps back frees nothing: the latest moment at which anything was written holds, also after a
///   restart (attack 77). A clock that jumps ahead therefore stays ahead.
///
/// Waiting for an answer needs a tokio runtime with its timer. A runtime whose time is paused skips to the deadline while
/// the disk works.
///
/// ```
/// use std::time::Duration;
/// use x402_tower::store::{Ledger, Limit, LimitKey, Quota, Reservation, Reserved, SqliteStore};
/// use x402_tower::payment::PaymentId;
/// use x402_tower::{UnixMillis, Usd};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ledger.sqlite");
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let day = Duration::from_secs(86_400);
/// let limits = [Limit::new(LimitKey::from_bytes([7; 32]), day, Quota::Amount(Usd::parse("0.05")?))];
/// let now = UnixMillis::from_secs(1_700_000_000);
/// let soon = now.saturating_add(Duration::from_secs(60));
/// let cents = Usd::parse("0.03")?;
///
/// let store = SqliteStore::open(&path)?;
/// let first = Reservation::new(PaymentId::from_bytes([1; 16]), cents, &limits, now, soon);
/// assert_eq!(store.reserve(&first).await?, Reserved::Granted);
/// drop(store);
///
/// let store = SqliteStore::open(&path)?;
/// let second = Reservation::new(PaymentId::from_bytes([2; 16]), cents, &limits, now, soon);
/// assert!(matches!(store.reserve(&second).await?, Reserved::Refused { .. }), "two cents are left");
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SqliteStore {
    queue: Arc<Queue>,
    deadline: Duration,
}

impl SqliteStore {
    /// Opens the ledger at `path`, or makes one where there is none, with default [`options`](Self::options).
    ///
    /// The folder must be there. It waits for the disk: call it before the runtime starts, or from a thread that may
    /// block.
    ///
    /// # Errors
    ///
    /// [`SqliteOpenError`], which says what to do.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SqliteOpenError> {
        Self::options().open(path)
    }

    /// How much it may hold and how long a caller waits, to be changed before it is opened.
    pub const fn options() -> SqliteOptions {
        SqliteOptions::new()
    }

    pub(super) fn new(queue: Arc<Queue>, deadline: Duration) -> Self {
        Self { queue, deadline }
    }

    /// Has a step done by the thread that writes, once the answer is awaited.
    fn ask<T: Send + 'static>(
        &self,
        kind: Kind<T>,
        work: impl FnMut(&mut Books<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Step<'static, Result<T, StoreError>> {
        let (queue, deadline) = (Arc::clone(&self.queue), self.deadline);
        Step::wait(async move {
            let (caller, answer) = oneshot::channel();
            let take_back = kind.take_back;
            let asked = Asked {
                kind,
                work,
                answer: None,
                caller,
            };
            let waiting = Caller {
                answer,
                queue,
                take_back,
            };
            waiting.queue.push(Box::new(asked))?;
            waiting.wait(deadline).await
        })
    }

    fn read_at<T: Send + 'static>(
        &self,
        now: Option<UnixMillis>,
        work: impl FnMut(&mut Books<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Step<'static, Result<T, StoreError>> {
        self.ask(Kind::reads(now), work)
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl Ledger for SqliteStore {
    fn reserve(&self, reservation: &Reservation<'_>) -> Step<'_, Result<Reserved, StoreError>> {
        let wish = match Wish::of(reservation) {
            Ok(wish) => wish,
            Err(error) => return Step::ready(Err(error)),
        };
        let kind = Kind::takes(Some(wish.now), TakeBack::new(Undo::Release(wish.id)));
        self.ask(kind, move |books| books.reserve(&wish))
    }

    fn mark_sent(
        &self,
        id: PaymentId,
        sent: Option<SentPayment>,
    ) -> Step<'_, Result<(), StoreError>> {
        self.ask(Kind::leads_on(None), move |books| {
            books.mark_sent(id, sent.as_ref())
        })
    }

    fn settle(&self, id: PaymentId, actual: Option<Usd>) -> Step<'_, Result<(), StoreError>> {
        self.ask(Kind::notes(), move |books| books.settle(id, actual))
    }

    fn mark_unknown(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>> {
        self.ask(Kind::notes(), move |books| books.mark_unknown(id))
    }

    fn release(&self, id: PaymentId) -> Step<'_, Result<(), StoreError>> {
        self.ask(Kind::notes(), move |books| books.release(id))
    }

    /// Has it given back soon, by the thread that writes; where too much waits for that thread already, the
    /// reservation's expiry does it.
    fn release_now(&self, id: PaymentId) {
        self.queue.push_unanswered(Undo::Release(id));
    }

    fn entries(&self, query: &EntryQuery) -> Step<'_, Result<Vec<Entry>, StoreError>> {
        let query = *query;
        self.read_at(None, move |books| books.entries(&query))
    }

    fn entry(&self, id: PaymentId) -> Step<'_, Result<Option<Entry>, StoreError>> {
        self.read_at(None, move |books| books.entry(id))
    }

    fn resolve(&self, id: PaymentId, resolution: Resolution) -> Step<'_, Result<(), StoreError>> {
        self.ask(Kind::notes(), move |books| books.resolve(id, resolution))
    }

    fn reach(&self) -> Reach {
        Reach::Machine
    }

    fn usage(
        &self,
        key: LimitKey,
        window: Duration,
        now: UnixMillis,
    ) -> Step<'_, Result<Usage, StoreError>> {
        let span = Span::of(window);
        // Reservations that have expired by now have to be given back first, so this is no mere reading.
        self.ask(Kind::leads_on(Some(now)), move |books| {
            books.usage(key, span)
        })
    }
}

impl Claims for SqliteStore {
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
        if value.len() > Claim::MAX_VALUE_BYTES {
            return Step::ready(Err(StoreError::Full));
        }
        let wanted = Wanted {
            key,
            holder,
            value: value.into(),
            now,
            until,
        };
        let kind = Kind::takes(Some(now), TakeBack::new(Undo::GiveBack(key, holder)));
        self.ask(kind, move |books| books.claim(&wanted))
    }

    fn read(
        &self,
        key: ClaimKey,
        now: UnixMillis,
    ) -> Step<'_, Result<Option<Vec<u8>>, StoreError>> {
        self.read_at(Some(now), move |books| books.read_claim(key))
    }

    fn give_back(&self, key: ClaimKey, holder: PaymentId) -> Step<'_, Result<(), StoreError>> {
        self.ask(Kind::notes(), move |books| books.give_back(key, holder))
    }

    fn reach(&self) -> Reach {
        Reach::Machine
    }

    /// Has it given back soon, by the thread that writes; where too much waits for that thread already, it stays
    /// claimed until it ends.
    fn give_back_now(&self, key: ClaimKey, holder: PaymentId) {
        self.queue.push_unanswered(Undo::GiveBack(key, holder));
    }
}

impl SignedPayments for SqliteStore {
    fn load(&self, key: RequestKey, now: UnixMillis) -> Step<'_, Result<Option<Kept>, StoreError>> {
        self.read_at(Some(now), move |books| books.load(key))
    }

    fn put(
        &self,
        key: RequestKey,
        expected: Option<u64>,
        value: &[u8],
        now: UnixMillis,
        until: UnixMillis,
    ) -> Step<'_, Result<Put, StoreError>> {
        if value.len() > MAX_KEPT_BYTES {
            return Step::ready(Err(StoreError::Full));
        }
        let parcel = Parcel {
            key,
            expected,
            value: value.to_vec(),
            now,
            until,
        };
        self.ask(Kind::leads_on(Some(now)), move |books| books.put(&parcel))
    }

    fn remove(&self, key: RequestKey, expected: u64) -> Step<'_, Result<bool, StoreError>> {
        self.ask(Kind::notes(), move |books| books.remove(key, expected))
    }

    fn reach(&self) -> Reach {
        Reach::Machine
    }
}
