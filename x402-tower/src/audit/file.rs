//! A log in a file.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::error::AuditError;
use super::line::MAX_LINE_BYTES;
use super::sink::{AuditSink, SinkTail, TornTail};
use crate::private_file::{Reach, create_private, is_linked, open_plain, sync_folder};

/// A torn end can be at most one line long; several crashes in one place add up in its file.
const MAX_TORN_BYTES: u64 = 1024 * 1024;

/// Of how many records to a file that is not synced one asks whether the file still has a name. Its length
/// is asked for each time, which takes a third of the time; beside a sync, neither counts.
const LINK_CHECK_EVERY: u32 = 16;

/// When a file is brought to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SyncPolicy {
    /// Before a record counts as written: it outlives a power cut.
    #[default]
    EveryRecord,
    /// When the system sees fit: a record outlives the process, but maybe not a power cut.
    Never,
}

/// Appends to one file, which belongs to this process as long as it is open.
///
/// The file is made with mode 0600. A link, a file that others can write to, and a file that another
/// process has open are refused. A file that is cut, added to or deleted under way takes no more records;
/// with [`SyncPolicy::Never`], up to 15 records may still go to a deleted file before that is noticed.
///
/// A line that a crash cut short is moved to a file beside the log, `<log>.torn-<offset>`. The log
/// cannot sit on storage that forbids truncation (`chattr +a`) if it is to recover from that.
#[derive(Debug)]
pub struct FileSink {
    path: PathBuf,
    sync: SyncPolicy,
    end: Mutex<End>,
}

/// The file, the length of its whole lines, the bytes of a torn line after them, and how many appends ago
/// its name was asked for.
#[derive(Debug)]
struct End {
    file: File,
    whole: u64,
    torn: u64,
    since_link_check: u32,
}

impl End {
    /// Whether the file is as the last append left it, as far as that can be asked at this price.
    fn is_ours(&mut self, sync: SyncPolicy) -> io::Result<bool> {
        let known = self.whole.saturating_add(self.torn);
        let ours = if sync == SyncPolicy::Never && self.since_link_check > 0 {
            self.file.seek(SeekFrom::End(0))? == known
        } else {
            let found = self.file.metadata()?;
            found.len() == known && is_linked(&found)
        };
        // What was noticed once is looked for again each time.
        self.since_link_check = if ours {
            (self.since_link_check + 1) % LINK_CHECK_EVERY
        } else {
            0
        };
        Ok(ours)
    }
}

impl FileSink {
    /// Opens or makes the file, and brings each record to the disk.
    ///
    /// # Errors
    ///
    /// If the file is a link, reachable by others, in use, or ends in something that is no torn line.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, AuditError> {
        Self::open_with(path, SyncPolicy::EveryRecord)
    }

    /// As [`open`](Self::open), with a choice of when to bring records to the disk.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_with(path: impl AsRef<Path>, sync: SyncPolicy) -> Result<Self, AuditError> {
        let path = path.as_ref();
        let mut options = OpenOptions::new();
        options.read(true).append(true);
        let mut file = match open_plain(path, &options, Reach::ReadOnly)? {
            Some(file) => file,
            None => {
                let file = create_private(path, &options)
                    .map_err(AuditError::io("create the log file"))?;
                sync_folder(path).map_err(AuditError::io("sync the log's folder"))?;
                file
            }
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(AuditError::Locked {
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(source)) => {
                return Err(AuditError::Io {
                    action: "lock the log file",
                    source,
                });
            }
        }
        let read = read_end(&mut file).map_err(AuditError::io("read the end of the log file"))?;
        let EndOfFile { whole, torn, .. } = read.ok_or(AuditError::BrokenTail)?;
        if !torn.is_empty() {
            set_aside(&torn_path(path, whole), &torn)?;
        }
        let torn = u64::try_from(torn.len()).map_err(|_| AuditError::BrokenTail)?;
        Ok(Self {
            path: path.to_owned(),
            sync,
            end: Mutex::new(End {
                file,
                whole,
                torn,
                since_link_check: 0,
            }),
        })
    }

    /// The file's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was set aside at the end of the whole lines. A crash may have come between setting it aside
    /// and recording that, so its file is asked for also when the log itself is whole.
    fn torn_tail(&self, whole: u64) -> Result<Option<TornTail>, AuditError> {
        let path = torn_path(&self.path, whole);
        let opened = open_plain(&path, OpenOptions::new().read(true), Reach::Nobody)?;
        let Some(mut file) = opened else {
            return Ok(None);
        };
        let bytes = read_capped(&mut file)?;
        Ok(Some(TornTail {
            bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            sha256: Sha256::digest(&bytes).into(),
            kept_in: path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned()),
        }))
    }
}

impl AuditSink for FileSink {
    fn append(&self, line: &[u8]) -> Result<(), AuditError> {
        let mut end = self.end.lock();
        let added = u64::try_from(line.len()).map_err(|_| AuditError::Full)?;
        let grown = end.whole.checked_add(added).ok_or(AuditError::Full)?;
        let ours = end
            .is_ours(self.sync)
            .map_err(AuditError::io("look at the log file"))?;
        if !ours {
            return Err(AuditError::Changed {
                path: self.path.clone(),
            });
        }
        if end.torn > 0 {
            end.file
                .set_len(end.whole)
                .map_err(AuditError::io("cut the torn line off"))?;
            end.torn = 0;
        }
        if let Err(source) = end.file.write_all(line) {
            let action = "write the record";
            return Err(match end.file.set_len(end.whole) {
                Ok(()) => AuditError::Io { action, source },
                Err(_) => AuditError::Torn { action, source },
            });
        }
        if self.sync == SyncPolicy::EveryRecord
            && let Err(source) = end.file.sync_data()
        {
            // After a failed sync the system may drop what it held in memory, so that only opening the
            // file again tells what it contains; whether this cut succeeds, changes nothing.
            let _cut = end.file.set_len(end.whole);
            return Err(AuditError::Torn {
                action: "bring the record to the disk",
                source,
            });
        }
        end.whole = grown;
        Ok(())
    }

    fn tail(&self) -> Result<SinkTail, AuditError> {
        let mut end = self.end.lock();
        let read =
            read_end(&mut end.file).map_err(AuditError::io("read the end of the log file"))?;
        let EndOfFile {
            whole, last_line, ..
        } = read.ok_or(AuditError::BrokenTail)?;
        Ok(SinkTail {
            last_line,
            torn: self.torn_tail(whole)?,
        })
    }
}

struct EndOfFile {
    whole: u64,
    last_line: Option<Vec<u8>>,
    torn: Vec<u8>,
}

/// Reads the last whole line and what follows it; `None` if one of them is longer than a line can be.
fn read_end(file: &mut File) -> io::Result<Option<EndOfFile>> {
    let max = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
    let len = file.seek(SeekFrom::End(0))?;
    // One byte more than the two longest pieces: the line break before them.
    let from = len.saturating_sub(max.saturating_mul(2).saturating_add(1));
    file.seek(SeekFrom::Start(from))?;
    let mut last = Vec::new();
    file.take(len.saturating_sub(from)).read_to_end(&mut last)?;

    let is_break = |byte: &u8| *byte == b'\n';
    let after_break = last
        .iter()
        .rposition(is_break)
        .map(|at| at.saturating_add(1));
    let torn = last.split_off(after_break.unwrap_or(0));
    let line_start = last
        .split_last()
        .and_then(|(_, before)| before.iter().rposition(is_break))
        .map(|at| at.saturating_add(1));
    let starts_in_sight = line_start.is_some() || from == 0;
    let line = last.split_off(line_start.unwrap_or(0));
    if torn.len() > MAX_LINE_BYTES || line.len() > MAX_LINE_BYTES || !starts_in_sight {
        return Ok(None);
    }
    let torn_len = u64::try_from(torn.len()).unwrap_or(u64::MAX);
    let whole = len.saturating_sub(torn_len);
    Ok(Some(EndOfFile {
        whole,
        last_line: (!line.is_empty()).then_some(line),
        torn,
    }))
}

fn torn_path(log: &Path, offset: u64) -> PathBuf {
    let mut name = log.file_name().map(OsString::from).unwrap_or_default();
    name.push(format!(".torn-{offset}"));
    log.with_file_name(name)
}

/// Keeps torn bytes in their own file, once, however often a crash interrupts this.
fn set_aside(path: &Path, torn: &[u8]) -> Result<(), AuditError> {
    let action = "set the torn line aside";
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    let mut file = match open_plain(path, &options, Reach::Nobody)? {
        Some(file) => file,
        None => create_private(path, &options).map_err(AuditError::io(action))?,
    };
    if !read_capped(&mut file)?.ends_with(torn) {
        file.write_all(torn).map_err(AuditError::io(action))?;
    }
    file.sync_all().map_err(AuditError::io(action))?;
    sync_folder(path).map_err(AuditError::io(action))
}

fn read_capped(file: &mut File) -> Result<Vec<u8>, AuditError> {
    let action = "read what was set aside";
    let len = file.metadata().map_err(AuditError::io(action))?.len();
    if len > MAX_TORN_BYTES {
        return Err(AuditError::BrokenTail);
    }
    let mut bytes = Vec::new();
    file.take(MAX_TORN_BYTES)
        .read_to_end(&mut bytes)
        .map_err(AuditError::io(action))?;
    Ok(bytes)
}
