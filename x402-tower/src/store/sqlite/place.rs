//! Where a ledger may be: in files and a folder that nobody else can change (attack 72).
//!
//! Nothing here opens the database: closing a second handle of it would end the locks that SQLite holds in this
//! process. Paths are looked at, SQLite is told not to follow links, and the paths are looked at again before each
//! commit.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::open_error::SqliteOpenError;
use crate::private_file::{
    PrivateFileError, Reach, check_mode, create_private, same_file, sync_folder,
};
use crate::store::StoreError;

/// What SQLite keeps beside a database in WAL mode.
const LOG: &str = "-wal";
const INDEX: &str = "-shm";
/// What it would roll back if it found it.
const JOURNAL: &str = "-journal";

/// The path of a ledger, with no link left in its folder, once the folder and the files have passed.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) database: PathBuf,
    /// Whether there is something in it.
    pub(super) has_database: bool,
}

impl Place {
    pub(super) fn find(path: &Path) -> Result<PathBuf, SqliteOpenError> {
        let name = path.file_name().ok_or(SqliteOpenError::NoFileName)?;
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let folder = fs::canonicalize(folder).map_err(SqliteOpenError::io("find its folder"))?;
        check_folder(&folder)?;
        Ok(folder.join(name))
    }

    /// Looks at the files that are there. No other opening may be at it meanwhile.
    pub(super) fn check(database: PathBuf) -> Result<Self, SqliteOpenError> {
        for suffix in [LOG, INDEX, JOURNAL] {
            check_file(&beside(&database, suffix))?;
        }
        let found = check_file(&database)?;
        let has_database = found.is_some_and(|found| found.len() > 0);
        Ok(Self {
            database,
            has_database,
        })
    }

    /// Makes an empty file of ours alone where there is none: SQLite gives the files beside it the same mode.
    pub(super) fn create(&self) -> Result<(), SqliteOpenError> {
        let options = fs::OpenOptions::new().write(true).clone();
        match create_private(&self.database, &options) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(SqliteOpenError::io("make the file")(error)),
        }
        sync_folder(&self.database).map_err(SqliteOpenError::io("bring the folder to the disk"))
    }

    /// The files as they are now that SQLite has them open.
    pub(super) fn files(&self) -> Result<Files, SqliteOpenError> {
        let paths = [
            self.database.clone(),
            beside(&self.database, LOG),
            beside(&self.database, INDEX),
        ];
        let mut known = Vec::with_capacity(paths.len());
        for path in paths {
            let found = check_file(&path)?
                .ok_or_else(|| PrivateFileError::NotAFile { path: path.clone() })?;
            known.push((path, found));
        }
        Ok(Files { known })
    }
}

/// The files that SQLite has open.
#[derive(Debug)]
pub(super) struct Files {
    known: Vec<(PathBuf, Metadata)>,
}

impl Files {
    /// # Errors
    ///
    /// [`StoreError::Replaced`] where a path leads to another file than when it was opened, or to none.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        for (path, known) in &self.known {
            let found = fs::symlink_metadata(path).map_err(|_| StoreError::Replaced)?;
            if !found.is_file() || !same_file(&found, known) {
                return Err(StoreError::Replaced);
            }
        }
        Ok(())
    }
}

/// `<database><suffix>`
pub(super) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.file_name().map(OsString::from).unwrap_or_default();
    name.push(suffix);
    database.with_file_name(name)
}

/// Looks at a file that must be plain and ours alone, if it is there.
fn check_file(path: &Path) -> Result<Option<Metadata>, SqliteOpenError> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(SqliteOpenError::io("look at the file")(error)),
    };
    if !found.is_file() {
        let path = path.to_owned();
        return Err(PrivateFileError::NotAFile { path }.into());
    }
    check_mode(path, &found, Reach::Nobody)?;
    check_owner(path, &found)?;
    if found.permissions().readonly() {
        let path = path.to_owned();
        return Err(SqliteOpenError::ReadOnly { path });
    }
    Ok(Some(found))
}

#[cfg(unix)]
fn check_folder(folder: &Path) -> Result<(), SqliteOpenError> {
    use std::os::unix::fs::MetadataExt;

    const ANYBODY_WRITES: u32 = 0o002;
    const STICKY: u32 = 0o1000;
    for (height, path) in folder.ancestors().enumerate() {
        let found = fs::metadata(path).map_err(SqliteOpenError::io("look at its folder"))?;
        let mode = found.mode() & 0o7777;
        // In a sticky folder further up nobody can exchange what is ours.
        let kept = height > 0 && mode & STICKY != 0;
        if mode & ANYBODY_WRITES != 0 && !kept {
            let path = path.to_owned();
            return Err(SqliteOpenError::ExposedFolder { path, mode });
        }
        // Who owns the folder can exchange what is in it.
        if height == 0 && found.uid() != 0 {
            check_owner(path, &found)?;
        }
    }
    Ok(())
}

/// Whether a file is ours: its owner could change it whatever its mode is.
#[cfg(unix)]
pub(super) fn check_owner(path: &Path, found: &Metadata) -> Result<(), SqliteOpenError> {
    let owner = std::os::unix::fs::MetadataExt::uid(found);
    if owner == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    let path = path.to_owned();
    Err(SqliteOpenError::ForeignOwner { path, owner })
}

#[cfg(not(unix))]
fn check_folder(_: &Path) -> Result<(), SqliteOpenError> {
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn check_owner(_: &Path, _: &Metadata) -> Result<(), SqliteOpenError> {
    Ok(())
}
