//! The engine in a file: what it promises beyond what every engine does.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "what is missing must fail the test; a child process reports on its standard output"
)]

mod bounds;
mod child;
mod conformance;
mod durable;
mod older_copy;
mod place;
mod processes;
mod racing;
mod schema;
mod waiting;

use std::path::{Path, PathBuf};
use std::time::Duration;

use x402_tower::payment::PaymentId;
use x402_tower::store::{
    Ledger, Limit, LimitKey, Quota, Reservation, Reserved, SqliteStore, StoreError, Usage,
};
use x402_tower::{UnixMillis, Usd};

const DAY: Duration = Duration::from_secs(86_400);
const START: u64 = 1_700_000_000_000;

/// Waits as long as a slow machine takes.
const PATIENCE: Duration = Duration::from_secs(600);

fn open(path: &Path) -> SqliteStore {
    let patient = SqliteStore::options().deadline(PATIENCE);
    patient.open(path).unwrap()
}

/// A folder of its own for a ledger.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("ledger.sqlite")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("ledger.sqlite{suffix}"))
    }

    fn open(&self) -> SqliteStore {
        open(&self.path())
    }

    /// The code of the error that opening answers.
    fn refusal(&self) -> &'static str {
        SqliteStore::open(self.path()).unwrap_err().code()
    }

    /// A connection that knows nothing of ours.
    fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).unwrap()
    }
}

fn id(n: u64) -> PaymentId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    PaymentId::from_bytes(bytes)
}

fn key(n: u64) -> LimitKey {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    LimitKey::from_bytes(bytes)
}

fn at(millis: u64) -> UnixMillis {
    UnixMillis::from_millis(millis)
}

fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

fn day_limit(n: u64, most: &str) -> Limit {
    Limit::new(key(n), DAY, Quota::Amount(usd(most)))
}

/// Sets a cent aside for a minute under a limit of five cents a day.
async fn reserve_a_cent(store: &SqliteStore, n: u64, millis: u64) -> Result<Reserved, StoreError> {
    let limits = [day_limit(1, "0.05")];
    let expires = at(millis + 60_000);
    let wish = Reservation::new(id(n), usd("0.01"), &limits, at(millis), expires);
    store.reserve(&wish).await
}

/// The same, and lets it go.
async fn send_a_cent(store: &SqliteStore, n: u64, millis: u64) {
    assert_eq!(
        reserve_a_cent(store, n, millis).await,
        Ok(Reserved::Granted)
    );
    store.mark_sent(id(n), None).await.unwrap();
}

async fn used(store: &SqliteStore, millis: u64) -> Usage {
    store.usage(key(1), DAY, at(millis)).await.unwrap()
}

/// Copies a ledger as a backup does that knows nothing of SQLite.
fn copy_ledger(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let name = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        let (from, to) = (name(from), name(to));
        if from.exists() {
            std::fs::copy(from, to).unwrap();
        } else if to.exists() {
            std::fs::remove_file(to).unwrap();
        }
    }
}
