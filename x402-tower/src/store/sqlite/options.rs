//! How a ledger's file is opened.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::chores::Chores;
use super::mark::{self, Mark, Marked};
use super::open_error::SqliteOpenError;
use super::place::Place;
use super::queue::Queue;
use super::schema;
use super::state::{Capacity, State, StoreId};
use super::store::SqliteStore;
use super::writer::Writer;
use crate::store::MemoryStore;

const LONGEST_DEADLINE: Duration = Duration::from_secs(86_400);

/// Most pages that SQLite can count.
const MOST_PAGES: u32 = 0xFFFF_FFFE;

/// How much a [`SqliteStore`] may hold, how long a caller waits, and what to do about an older copy.
///
/// ```no_run
/// use std::time::Duration;
/// use x402_tower::store::SqliteStore;
///
/// let store = SqliteStore::options()
///     .max_limits(10_000)
///     .deadline(Duration::from_secs(2))
///     .open("/var/lib/agent/ledger.sqlite")?;
/// # Ok::<(), x402_tower::store::SqliteOpenError>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "options open nothing by themselves"]
pub struct SqliteOptions {
    max_limits: usize,
    max_payments: usize,
    max_claims: usize,
    max_signed_bytes: u64,
    max_file_bytes: u64,
    deadline: Duration,
    accept_older_copy: bool,
}

impl SqliteOptions {
    /// How long a caller waits for an answer, unless said otherwise.
    pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(5);
    /// Most bytes of signed payments that are kept at once, unless said otherwise.
    pub const DEFAULT_SIGNED_BYTES: u64 = 256 * 1024 * 1024;
    /// Most bytes that the file may have, unless said otherwise.
    pub const DEFAULT_FILE_BYTES: u64 = 4 * 1024 * 1024 * 1024;

    pub(super) const fn new() -> Self {
        Self {
            max_limits: MemoryStore::DEFAULT_LIMITS,
            max_payments: MemoryStore::DEFAULT_PAYMENTS,
            max_claims: MemoryStore::DEFAULT_CLAIMS,
            max_signed_bytes: Self::DEFAULT_SIGNED_BYTES,
            max_file_bytes: Self::DEFAULT_FILE_BYTES,
            deadline: Self::DEFAULT_DEADLINE,
            accept_older_copy: false,
        }
    }

    /// Counts at most so many windows: a limit key and a length of time each.
    pub const fn max_limits(mut self, windows: usize) -> Self {
        self.max_limits = windows;
        self
    }

    /// Keeps at most so many payments on the books, and as many signed payments.
    pub const fn max_payments(mut self, payments: usize) -> Self {
        self.max_payments = payments;
        self
    }

    /// Holds at most so many claims.
    pub const fn max_claims(mut self, claims: usize) -> Self {
        self.max_claims = claims;
        self
    }

    /// Keeps at most so many bytes of signed payments.
    pub const fn max_signed_bytes(mut self, bytes: u64) -> Self {
        self.max_signed_bytes = bytes;
        self
    }

    /// Lets the file grow to so many bytes; beyond them a step is refused with
    /// [`StoreError::OutOfSpace`](crate::store::StoreError::OutOfSpace). A file that is larger already is not cut.
    pub const fn max_file_bytes(mut self, bytes: u64) -> Self {
        self.max_file_bytes = bytes;
        self
    }

    /// Refuses a step after so long: also what another process that writes may keep this one waiting.
    ///
    /// At most a day.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline.min(LONGEST_DEADLINE);
        self
    }

    /// Opens the file also where it is an older copy, is gone, is another ledger, or has no mark to tell by (attack 71).
    ///
    /// Dangerous: payments that the copy does not know are not counted against any limit, claims that it does not know
    /// can be taken again, and a request whose signed payment it does not know may be signed and paid a second time. Look
    /// at the audit log first, and lower the limits by what it shows.
    pub const fn dangerous_accept_older_copy(mut self) -> Self {
        self.accept_older_copy = true;
        self
    }

    /// Opens the ledger at `path`, or makes one where there is none. The folder must be there.
    ///
    /// It waits for the disk: call it before the runtime starts, or from a thread that may block.
    ///
    /// # Errors
    ///
    /// [`SqliteOpenError`], which says what to do.
    pub fn open(self, path: impl AsRef<Path>) -> Result<SqliteStore, SqliteOpenError> {
        let database = Place::find(path.as_ref())?;
        let mut mark = Mark::open(&mark::path_of(&database))?;
        let place = Place::check(database)?;
        let marked = mark.read().map_err(SqliteOpenError::io("read its mark"))?;
        self.check_missing(&place, marked)?;
        let store = match marked {
            Some(marked) if marked.generation == 0 || place.has_database => marked.store,
            _ => random_id()?,
        };
        if !place.has_database {
            let generation = 0;
            mark.begin(Marked { store, generation })
                .map_err(SqliteOpenError::io("write its mark"))?;
            place.create()?;
        }
        let mut conn = self.connect(&place)?;
        schema::migrate(&mut conn, &store)?;
        let state = self.accept(&conn, &place, &mut mark, marked)?;
        let files = place.files()?;
        mark.unlock()
            .map_err(SqliteOpenError::io("unlock the file of its mark"))?;
        let writer = Writer {
            conn,
            files,
            mark,
            capacity: self.capacity(),
            busy_timeout: self.deadline,
            generation: state.generation,
            seen: state.now,
            chores: Chores::left_behind(),
        };
        let queue = Queue::start(writer).map_err(SqliteOpenError::io("start its thread"))?;
        Ok(SqliteStore::new(Arc::new(queue), self.deadline))
    }

    fn capacity(&self) -> Capacity {
        let most = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Capacity {
            windows: most(self.max_limits),
            payments: most(self.max_payments),
            claims: most(self.max_claims),
            signed_bytes: self.max_signed_bytes,
        }
    }

    /// A ledger that is gone must not come back as an empty one.
    fn check_missing(&self, place: &Place, marked: Option<Marked>) -> Result<(), SqliteOpenError> {
        match marked {
            Some(Marked { generation, .. }) if generation > 0 && !place.has_database => self
                .unless_accepted(SqliteOpenError::Missing {
                    path: place.database.clone(),
                    expected: generation,
                }),
            _ => Ok(()),
        }
    }

    fn connect(&self, place: &Place) -> Result<Connection, SqliteOpenError> {
        // No URI, and not made by SQLite, which would let others read it.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let conn = Connection::open_with_flags(&place.database, flags)
            .map_err(SqliteOpenError::sqlite("open the file"))?;
        conn.busy_timeout(self.deadline)
            .map_err(SqliteOpenError::sqlite("set how long to wait"))?;
        schema::check(&conn)?;
        if conn.is_readonly("main").unwrap_or(true) {
            let path = place.database.clone();
            return Err(SqliteOpenError::ReadOnly { path });
        }
        self.configure(&conn)
            .map_err(SqliteOpenError::sqlite("set it up"))?;
        let found: String = conn
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
            .map_err(SqliteOpenError::sqlite("switch its write-ahead log on"))?;
        if found.eq_ignore_ascii_case("wal") {
            Ok(conn)
        } else {
            Err(SqliteOpenError::NoWal { found })
        }
    }

    fn configure(&self, conn: &Connection) -> rusqlite::Result<()> {
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        // Every statement of this store, so that none is prepared twice.
        conn.set_prepared_statement_cache_capacity(128);
        // Only heeded before there are tables.
        conn.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        // A commit is on the disk before it is answered, also on macOS, where that takes a word of its own.
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "fullfsync", true)?;
        conn.pragma_update(None, "checkpoint_fullfsync", true)?;
        // Signed payments are bearer instruments: what is removed is written over with zeros.
        conn.pragma_update(None, "secure_delete", true)?;
        conn.pragma_update(None, "temp_store", "MEMORY")?;
        conn.pragma_update(None, "cell_size_check", true)?;
        // In KiB where it is negative.
        conn.pragma_update(None, "cache_size", -16_384)?;
        let page: u32 = conn.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = self.max_file_bytes.checked_div(page.into());
        let pages = u32::try_from(pages.unwrap_or(0)).unwrap_or(MOST_PAGES);
        // SQLite takes 0 for the question how many there may be.
        conn.pragma_update(None, "max_page_count", pages.clamp(1, MOST_PAGES))
    }

    /// Compares the ledger with its mark, and sets the mark where there is none yet or the ledger is accepted as it is.
    fn accept(
        &self,
        conn: &Connection,
        place: &Place,
        mark: &mut Mark,
        marked: Option<Marked>,
    ) -> Result<State, SqliteOpenError> {
        let state = State::load(conn).map_err(|fault| SqliteOpenError::Sqlite {
            action: "read how far it is",
            source: fault.into(),
        })?;
        let path = place.database.clone();
        let refusal = match marked {
            _ if !place.has_database => None,
            Some(marked) if marked.store != state.store => {
                Some(SqliteOpenError::Exchanged { path })
            }
            Some(marked) if marked.generation > state.generation => {
                Some(SqliteOpenError::OlderCopy {
                    path,
                    found: state.generation,
                    expected: marked.generation,
                })
            }
            None if state.generation > 0 => Some(SqliteOpenError::MarkLost {
                mark: mark::path_of(&path),
            }),
            _ => None,
        };
        if let Some(refusal) = refusal {
            self.unless_accepted(refusal)?;
        }
        let now = Marked {
            store: state.store,
            generation: state.generation,
        };
        mark.begin(now)
            .map_err(SqliteOpenError::io("write its mark"))?;
        Ok(state)
    }

    fn unless_accepted(&self, refusal: SqliteOpenError) -> Result<(), SqliteOpenError> {
        if !self.accept_older_copy {
            return Err(refusal);
        }
        tracing::warn!(
            code = refusal.code(),
            "the ledger is not as far as it was, and is used all the same"
        );
        Ok(())
    }
}

fn random_id() -> Result<StoreId, SqliteOpenError> {
    let mut id = StoreId::default();
    getrandom::fill(&mut id).map_err(|_| SqliteOpenError::NoRandomness)?;
    Ok(id)
}
