//! The file beside a log that says how long the log is.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;

use super::super::error::AuditError;
use super::super::head::{HEAD_LINE_BYTES, HeadSeal, head_line_seq};
use super::turn::TRIES_TO_WRITE;
use crate::file_lock;
use crate::private_file::{Reach, create_private, is_linked, open_plain, sync_folder};

/// The head file of the log at `path`: `<log>.head`.
fn head_path(log: &Path) -> PathBuf {
    let mut name = log.file_name().map(OsString::from).unwrap_or_default();
    name.push(".head");
    log.with_file_name(name)
}

/// What the head file of the log at `path` says; `None` if there is none, or nothing in it.
pub(in crate::audit) fn read_head(log: &Path) -> Result<Option<Vec<u8>>, AuditError> {
    let path = head_path(log);
    match open_plain(&path, OpenOptions::new().read(true), Reach::Anything)? {
        Some(mut file) => read(&mut file),
        None => Ok(None),
    }
}

/// One line of [`HEAD_LINE_BYTES`], which is written over in one piece and only ever counts up.
#[derive(Debug)]
pub(super) struct HeadFile {
    path: PathBuf,
    shared: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    file: Option<File>,
    kept: Option<u64>,
}

impl HeadFile {
    /// Opens the head file of a log if there is one.
    pub(super) fn open(log: &Path, shared: bool) -> Result<Self, AuditError> {
        let path = head_path(log);
        let file = open_plain(&path, &options(), Reach::ReadOnly)?;
        Ok(Self {
            path,
            shared,
            state: Mutex::new(State { file, kept: None }),
        })
    }

    /// Makes the file, with nothing in it, where there is none.
    pub(super) fn create(&self) -> Result<(), AuditError> {
        let mut state = self.state.lock();
        if state.file.is_none() {
            state.file = Some(self.create_or_open()?);
        }
        Ok(())
    }

    /// What it says; `None` if there is none, or nothing in it.
    pub(super) fn line(&self) -> Result<Option<Vec<u8>>, AuditError> {
        let mut state = self.state.lock();
        state.file.as_mut().map_or(Ok(None), read)
    }

    /// Keeps a head that is further on than the one that it has. The first one is brought to the disk; later ones get
    /// there when the system sees fit, which is never before the records that they count.
    pub(super) fn keep(&self, head: &HeadSeal<'_>) -> Result<(), AuditError> {
        self.keep_line(head.seq(), || head.line())
    }

    pub(super) fn keep_line(
        &self,
        seq: u64,
        line: impl FnOnce() -> String,
    ) -> Result<(), AuditError> {
        let mut state = self.state.lock();
        if state.kept.is_some_and(|kept| kept >= seq) {
            return Ok(());
        }
        let first = state.file.is_none() || seq == 0;
        if state.file.is_none() {
            state.file = Some(self.create_or_open()?);
        }
        let Some(file) = state.file.as_mut() else {
            return Ok(());
        };
        self.check_linked(file)?;
        let unkept = AuditError::io("keep the log's head");
        if self.shared {
            if !file_lock::take(file, TRIES_TO_WRITE)
                .map_err(AuditError::io("lock the head file"))?
            {
                return Err(AuditError::Locked {
                    path: self.path.clone(),
                });
            }
            let kept = advance(file, seq, line);
            file.unlock()
                .map_err(AuditError::io("unlock the head file"))?;
            kept.map_err(unkept)?;
        } else {
            write_over(file, &line()).map_err(unkept)?;
        }
        if first {
            file.sync_data()
                .and_then(|()| sync_folder(&self.path))
                .map_err(AuditError::io("bring the log's head to the disk"))?;
        }
        state.kept = Some(seq);
        Ok(())
    }

    fn create_or_open(&self) -> Result<File, AuditError> {
        match create_private(&self.path, &options()) {
            Ok(file) => Ok(file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let opened = open_plain(&self.path, &options(), Reach::ReadOnly)?;
                opened.ok_or_else(|| self.changed())
            }
            Err(error) => Err(AuditError::io("create the head file")(error)),
        }
    }

    fn check_linked(&self, file: &File) -> Result<(), AuditError> {
        let found = file
            .metadata()
            .map_err(AuditError::io("look at the head file"))?;
        if is_linked(&found) {
            Ok(())
        } else {
            Err(self.changed())
        }
    }

    fn changed(&self) -> AuditError {
        AuditError::Changed {
            path: self.path.clone(),
        }
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    options
}

fn read(file: &mut File) -> Result<Option<Vec<u8>>, AuditError> {
    read_line(file)
        .map(|line| (!line.is_empty()).then_some(line))
        .map_err(AuditError::io("read the log's head"))
}

/// Reads one byte more than a head has, so that a longer one is not taken for one.
fn read_line(file: &mut File) -> io::Result<Vec<u8>> {
    let cap = u64::try_from(HEAD_LINE_BYTES.saturating_add(1)).unwrap_or(u64::MAX);
    file.seek(SeekFrom::Start(0))?;
    let mut line = Vec::new();
    file.take(cap).read_to_end(&mut line)?;
    Ok(line)
}

/// Writes a head unless another process has kept a later one.
fn advance(file: &mut File, seq: u64, line: impl FnOnce() -> String) -> io::Result<()> {
    let there = head_line_seq(&read_line(file)?);
    if there.is_some_and(|there| there >= seq) {
        return Ok(());
    }
    write_over(file, &line())
}

fn write_over(file: &mut File, line: &str) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(line.as_bytes())
}
