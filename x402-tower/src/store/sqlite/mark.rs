//! The high-water mark: a file beside the ledger that says how far the ledger was.
//!
//! It is written after each commit and before the callers are answered, so it never leads, and lags only behind what
//! nobody was told. It is brought to the disk when it is made and then left to the system: after a power cut it may lag
//! further, which hides an older copy at worst and never refuses a ledger that is whole.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::open_error::SqliteOpenError;
use super::place::check_owner;
use super::state::StoreId;
use crate::file_lock;
use crate::private_file::{
    PrivateFileError, Reach, create_private, is_linked, open_plain, sync_folder,
};

/// How many tries, a millisecond apart, opening is worth while another process opens the same ledger.
const TRIES_TO_OPEN: u32 = 10_000;

const LINE_BYTES: u64 = 81;

/// What a mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) store: StoreId,
    pub(super) generation: u64,
}

impl Marked {
    /// One line of a fixed length, so that it is written over in one piece; its end says whether it is whole.
    fn line(self) -> String {
        let store = const_hex::encode(self.store);
        let said = format!("x402-mark {store} {:020}", self.generation);
        let check = check(&said);
        format!("{said} {check}\n")
    }

    fn read(line: &str) -> Option<Self> {
        let (said, end) = line.strip_suffix('\n')?.rsplit_once(' ')?;
        if end != check(said) {
            return None;
        }
        let (store, generation) = said.strip_prefix("x402-mark ")?.split_once(' ')?;
        Some(Self {
            store: const_hex::decode_to_array(store).ok()?,
            generation: generation.parse().ok()?,
        })
    }
}

fn check(said: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(said).into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    const_hex::encode([a, b, c, d, e, f, g, h])
}

/// The mark's file. While a ledger is opened, its lock keeps other openings out.
#[derive(Debug)]
pub(super) struct Mark {
    file: File,
    store: StoreId,
}

impl Mark {
    /// Opens the mark, or makes an empty one, and locks it.
    pub(super) fn open(path: &Path) -> Result<Self, SqliteOpenError> {
        let options = OpenOptions::new().read(true).write(true).clone();
        let file = match create_private(path, &options) {
            Ok(file) => {
                sync_folder(path).map_err(SqliteOpenError::io("bring the folder to the disk"))?;
                file
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let gone = || PrivateFileError::NotAFile {
                    path: path.to_owned(),
                };
                open_plain(path, &options, Reach::Nobody)?.ok_or_else(gone)?
            }
            Err(error) => return Err(SqliteOpenError::io("make the file of its mark")(error)),
        };
        let found = file
            .metadata()
            .map_err(SqliteOpenError::io("look at the file of its mark"))?;
        check_owner(path, &found)?;
        let locked = file_lock::take(&file, TRIES_TO_OPEN)
            .map_err(SqliteOpenError::io("lock the file of its mark"))?;
        if !locked {
            return Err(SqliteOpenError::Locked);
        }
        Ok(Self {
            file,
            store: StoreId::default(),
        })
    }

    /// Lets others open the ledger.
    pub(super) fn unlock(&self) -> io::Result<()> {
        self.file.unlock()
    }

    pub(super) fn store(&self) -> StoreId {
        self.store
    }

    /// What it says; `None` where it says nothing that is whole.
    pub(super) fn read(&mut self) -> io::Result<Option<Marked>> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut line = String::new();
        let read = (&self.file)
            .take(LINE_BYTES.saturating_add(1))
            .read_to_string(&mut line);
        match read {
            Ok(_) => Ok(Marked::read(&line)),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The generation that it names for this store.
    pub(super) fn generation(&mut self) -> io::Result<u64> {
        let marked = self.read()?.filter(|marked| marked.store == self.store);
        Ok(marked.map_or(0, |marked| marked.generation))
    }

    /// Moves it on; never back, as another process may have moved it further.
    pub(super) fn keep(&mut self, generation: u64) -> io::Result<()> {
        if !is_linked(&self.file.metadata()?) {
            return Err(io::ErrorKind::NotFound.into());
        }
        if self.generation()? >= generation {
            return Ok(());
        }
        self.write(generation)
    }

    /// Makes it the mark of `store`, on the disk.
    pub(super) fn begin(&mut self, marked: Marked) -> io::Result<()> {
        self.store = marked.store;
        self.write(marked.generation)?;
        self.file.set_len(LINE_BYTES)?;
        self.file.sync_data()
    }

    fn write(&mut self, generation: u64) -> io::Result<()> {
        let store = self.store;
        let line = Marked { store, generation }.line();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(line.as_bytes())
    }
}

/// Where the mark of a ledger is.
pub(super) fn path_of(database: &Path) -> PathBuf {
    super::place::beside(database, ".mark")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_one_length_and_reads_back() {
        for generation in [0, 1, u64::MAX] {
            let marked = Marked {
                store: [0xAB; 16],
                generation,
            };
            let line = marked.line();
            assert_eq!(u64::try_from(line.len()), Ok(LINE_BYTES));
            assert_eq!(Marked::read(&line), Some(marked));
        }
    }
}
