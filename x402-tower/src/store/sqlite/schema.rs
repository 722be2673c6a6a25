//! The tables, and how an older file gets them.
//!
//! A file says by SQLite's `application_id` that it is ours, and by its `user_version` which tables it has.

use rusqlite::{Connection, TransactionBehavior};

use super::open_error::SqliteOpenError;
use super::state::StoreId;

/// "x402", in the header of every file of ours.
const APPLICATION_ID: i32 = 0x7834_3032;

/// Each turns the version before it into the next one; never changed once it was released.
const MIGRATIONS: [&str; 1] = [include_str!("schema_1.sql")];

/// The version that this code reads and writes.
pub(super) fn known_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Whether a file is ours to change: new, or written by a version that we know.
pub(super) fn check(conn: &Connection) -> Result<(), SqliteOpenError> {
    let failed = SqliteOpenError::sqlite("read its header");
    let read = || -> rusqlite::Result<(i32, i64, i64)> {
        Ok((
            conn.pragma_query_value(None, "application_id", |row| row.get(0))?,
            conn.pragma_query_value(None, "user_version", |row| row.get(0))?,
            conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?,
        ))
    };
    match read().map_err(failed)? {
        (0, 0, 0) => Ok(()),
        (APPLICATION_ID, found, _) if found > known_version() => {
            Err(SqliteOpenError::NewerSchema {
                found,
                known: known_version(),
            })
        }
        (APPLICATION_ID, ..) => Ok(()),
        _ => Err(SqliteOpenError::NotALedger),
    }
}

/// Brings a file to the version of this code, in one transaction. A new one gets this `store` as its name.
pub(super) fn migrate(conn: &mut Connection, store: &StoreId) -> Result<(), SqliteOpenError> {
    run(conn, store, &MIGRATIONS).map_err(SqliteOpenError::sqlite("bring its tables up to date"))
}

fn run(conn: &mut Connection, store: &StoreId, migrations: &[&str]) -> rusqlite::Result<()> {
    let version = |conn: &Connection| {
        conn.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))
    };
    let latest = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    if version(conn)? >= latest {
        return Ok(());
    }
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    let known = usize::try_from(found).unwrap_or(usize::MAX);
    for migration in migrations.iter().skip(known) {
        transaction.execute_batch(migration)?;
    }
    if found == 0 {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.execute("INSERT INTO state (one, store) VALUES (1, ?1)", [store])?;
    }
    transaction.pragma_update(None, "user_version", latest)?;
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORE: StoreId = [7; 16];
    const SECOND: &str = "ALTER TABLE claims ADD COLUMN note TEXT";

    fn version(conn: &Connection) -> u32 {
        conn.pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap()
    }

    fn with_a_claim() -> Connection {
        let mut conn = Connection::open_in_memory().unwrap();
        run(&mut conn, &STORE, &MIGRATIONS).unwrap();
        conn.execute_batch("INSERT INTO claims VALUES (x'01', x'02', 3, x'04')")
            .unwrap();
        conn
    }

    #[test]
    fn a_migration_keeps_what_is_there() {
        let mut conn = with_a_claim();
        run(&mut conn, &[8; 16], &[MIGRATIONS[0], SECOND]).unwrap();
        assert_eq!(version(&conn), 2);
        let kept = "SELECT ends_at FROM claims WHERE note IS NULL";
        assert_eq!(conn.query_row(kept, [], |row| row.get(0)), Ok(3));
        let name = "SELECT store FROM state";
        assert_eq!(conn.query_row(name, [], |row| row.get(0)), Ok(STORE));
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let mut conn = with_a_claim();
        let broken = format!("{SECOND}; INSERT INTO nothing VALUES (1)");
        run(&mut conn, &STORE, &[MIGRATIONS[0], &broken]).unwrap_err();
        assert_eq!(version(&conn), 1);
        assert!(conn.prepare("SELECT note FROM claims").is_err());
    }

    #[test]
    fn a_file_that_is_up_to_date_is_not_written() {
        let mut conn = with_a_claim();
        let before = conn.total_changes();
        run(&mut conn, &STORE, &MIGRATIONS).unwrap();
        assert_eq!(conn.total_changes(), before);
    }
}
