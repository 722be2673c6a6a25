//! A log in a file.

mod end;
mod group;
mod head_file;
mod on_disk;
mod sync;
mod torn;
mod turn;

#[cfg(test)]
mod tests;

use core::sync::atomic::{AtomicBool, Ordering};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::commit::Commit;
use super::error::AuditError;
use super::head::HeadSeal;
use super::sink::{AuditSink, KeptHead, SinkTail};
use crate::private_file::{Reach, create_private, is_linked, open_plain, sync_folder};
use end::End;
use group::Group;
pub(super) use group::Ticket;
use head_file::HeadFile;
pub(super) use head_file::read_head;
use on_disk::start_group;
pub use sync::{SyncPolicy, SyncPolicyError};
use turn::{TRIES_TO_OPEN, TRIES_TO_WRITE, give_turn, take_turn};

/// Appends to one file, which belongs to this process as long as it is open, or which several processes of one
/// machine share ([`open_shared`](Self::open_shared)).
///
/// The file is made with mode 0600. A link, a file that others can write to, and a file that another
/// process has for itself are refused. A file that is cut or deleted under way takes no more records, nor does one that
/// somebody else adds to who does not share it; with [`SyncPolicy::Never`], up to 15 records may still go to a deleted
/// file before that is noticed.
///
/// Beside the log stands its head file, `<log>.head`: how many records there are, under the log's key. A log that is
/// shorter than its head says was cut, and is neither continued nor verified. The head is written after each record,
/// with [`SyncPolicy::Never`] after every 64th and on closing. Move or copy both files together.
///
/// A line that a crash cut short is moved to a file beside the log, `<log>.torn-<offset>`. The log
/// cannot sit on storage that forbids truncation (`chattr +a`) if it is to recover from that.
///
/// Locks are advisory (`flock`) and meant for one machine: over a network file system they hold where that system says
/// so.
#[derive(Debug)]
pub struct FileSink {
    path: PathBuf,
    sync: SyncPolicy,
    shared: bool,
    tries: u32,
    end: Mutex<End>,
    head: Arc<HeadFile>,
    head_is_due: AtomicBool,
    group: Option<Group>,
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
        Self::open_as(path.as_ref(), sync, false)
    }

    /// As [`open_with`](Self::open_with), for a file that other processes of this machine write to as well, each through
    /// a shared sink of its own. They take turns, record by record, and continue one chain.
    ///
    /// A turn lasts microseconds, because the disk is waited for after it. A process that was stopped in the middle of
    /// its turn is waited for about five seconds, by blocking; then the record is refused.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); [`AuditError::Locked`] where a process has the file for itself.
    ///
    /// ```
    /// use x402_tower::audit::{
    ///     AuditEventType, AuditKey, AuditLog, AuditRecord, FileSink, SyncPolicy, verify_file,
    /// };
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("audit.jsonl");
    /// let key = AuditKey::generate()?;
    /// let one = AuditLog::open(FileSink::open_shared(&path, SyncPolicy::Grouped)?, &key)?;
    /// let other = AuditLog::open(FileSink::open_shared(&path, SyncPolicy::Grouped)?, &key)?;
    ///
    /// let record = AuditRecord::new(AuditEventType::PaymentIntent, 1_767_225_600_000);
    /// assert_eq!(one.write(&record.clone().decision_id("d-1"))?, 1);
    /// assert_eq!(other.write(&record.decision_id("d-2"))?, 2);
    /// assert_eq!(verify_file(&path, &key)?.writers, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_shared(path: impl AsRef<Path>, sync: SyncPolicy) -> Result<Self, AuditError> {
        Self::open_as(path.as_ref(), sync, true)
    }

    fn open_as(path: &Path, sync: SyncPolicy, shared: bool) -> Result<Self, AuditError> {
        let (file, is_new) = open_or_create(path)?;
        let tries = if shared { TRIES_TO_OPEN } else { 0 };
        take_turn(&file, path, tries)?;
        let head = Arc::new(HeadFile::open(path, shared)?);
        if is_new {
            head.create()?;
            sync_folder(path).map_err(AuditError::io("sync the log's folder"))?;
        }
        let mut end = End::new(file);
        read_on(&mut end, path)?;
        end.synced = end.whole;
        if shared {
            give_turn(&end.file)?;
        }
        let group = match sync {
            SyncPolicy::Grouped => Some(start_group(&end, &head)?),
            _ => None,
        };
        Ok(Self {
            path: path.to_owned(),
            sync,
            shared,
            tries: TRIES_TO_WRITE,
            end: Mutex::new(end),
            head,
            head_is_due: AtomicBool::new(false),
            group,
        })
    }

    /// Asks for its turn a few times only, so that a test need not wait for it.
    #[cfg(test)]
    pub(super) const fn impatient(mut self) -> Self {
        self.tries = 0;
        self
    }

    /// The file's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn changed(&self) -> AuditError {
        AuditError::Changed {
            path: self.path.clone(),
        }
    }

    /// How the log ends, read anew.
    fn tail_of(&self, end: &mut End) -> Result<SinkTail, AuditError> {
        let last_line = read_on(end, &self.path)?;
        Ok(SinkTail {
            last_line,
            torn: torn::kept_at(&self.path, end.whole)?,
            head: match self.head.line()? {
                Some(line) => KeptHead::Is(line),
                None => KeptHead::Missing,
            },
        })
    }

    /// What other processes have added since the last turn.
    fn news(&self, end: &mut End) -> Result<Option<SinkTail>, AuditError> {
        let looked = AuditError::io("look at the log file");
        if end.is_ours(self.sync.syncs()).map_err(looked)? {
            return Ok(None);
        }
        let found = end
            .file
            .metadata()
            .map_err(AuditError::io("look at the log file"))?;
        if found.len() < end.whole || !is_linked(&found) {
            return Err(self.changed());
        }
        self.tail_of(end).map(Some)
    }

    /// Brings what was written to the disk.
    fn sync(&self) -> Result<(), AuditError> {
        let mut end = self.end.lock();
        match end.file.sync_data() {
            Ok(()) => {
                end.synced = end.whole;
                Ok(())
            }
            Err(source) => {
                // After a failed sync the system may drop what it held in memory, so that only opening the
                // file again tells what it contains; whether this cut succeeds, changes nothing. What other
                // processes may have added is not ours to cut.
                if !self.shared {
                    let _cut = end.file.set_len(end.synced);
                }
                Err(AuditError::Torn {
                    action: "bring the record to the disk",
                    source,
                })
            }
        }
    }
}

impl AuditSink for FileSink {
    fn begin(&self) -> Result<Option<SinkTail>, AuditError> {
        if !self.shared {
            return Ok(None);
        }
        let mut end = self.end.lock();
        take_turn(&end.file, &self.path, self.tries)?;
        self.news(&mut end)
    }

    fn append(&self, line: &[u8]) -> Result<(), AuditError> {
        if let Some(group) = &self.group {
            group.check()?;
        }
        let mut end = self.end.lock();
        if !self.shared
            && !end
                .is_ours(self.sync.syncs())
                .map_err(AuditError::io("look at the log file"))?
        {
            return Err(self.changed());
        }
        end.add(line)?;
        if self.sync.syncs() || end.head_is_due() {
            self.head_is_due.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn end(&self) {
        if self.shared
            && let Err(error) = give_turn(&self.end.lock().file)
        {
            tracing::error!(
                code = error.code(),
                "the audit log could not be unlocked; other processes wait for this one"
            );
        }
    }

    fn commit(&self, head: &HeadSeal<'_>) -> Result<Commit, AuditError> {
        if !self.head_is_due.load(Ordering::Relaxed) {
            return Ok(Commit::done());
        }
        self.head_is_due.store(false, Ordering::Relaxed);
        if let Some(group) = &self.group {
            return Ok(Commit::group(group.submit(head.seq(), head.line())));
        }
        if self.sync.syncs() {
            self.sync()?;
        }
        self.head.keep(head)?;
        Ok(Commit::done())
    }

    fn tail(&self) -> Result<SinkTail, AuditError> {
        let mut end = self.end.lock();
        if self.shared {
            take_turn(&end.file, &self.path, TRIES_TO_OPEN)?;
        }
        (end.whole, end.torn) = (0, 0);
        let tail = self.tail_of(&mut end);
        if self.shared {
            give_turn(&end.file)?;
        }
        tail
    }

    fn keep_head(&self, head: &HeadSeal<'_>) -> Result<(), AuditError> {
        if self.sync == SyncPolicy::Grouped && head.seq() > 0 {
            self.sync()?;
        }
        self.head.keep(head)
    }
}

fn open_or_create(path: &Path) -> Result<(File, bool), AuditError> {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    if let Some(file) = open_plain(path, &options, Reach::ReadOnly)? {
        return Ok((file, false));
    }
    match create_private(path, &options) {
        Ok(file) => Ok((file, true)),
        // Another process was faster.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let opened = open_plain(path, &options, Reach::ReadOnly)?;
            opened
                .map(|file| (file, false))
                .ok_or_else(|| AuditError::io("create the log file")(error))
        }
        Err(error) => Err(AuditError::io("create the log file")(error)),
    }
}

/// Reads on from the lines that are known, and sets a torn line aside.
fn read_on(end: &mut End, path: &Path) -> Result<Option<Vec<u8>>, AuditError> {
    let read = end.read_on()?;
    if !read.torn.is_empty() {
        torn::set_aside(path, read.whole, &read.torn)?;
    }
    Ok(read.last_line)
}
