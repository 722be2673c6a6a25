//! Watching the policy file.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, Event, EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::PolicyReloader;
use crate::policy::{PolicyConfig, Rules};

/// Most that is read of the file: one byte more than a policy may have.
const MAX_BYTES: u64 = (1 << 20) + 1;

/// How often the file may change under our eyes before we look again later.
const MAX_ROUNDS: usize = 64;

/// How closely a policy file is watched.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct WatchOptions {
    /// How long the file must have stayed the same before it is read: an editor may write it in several goes. 300
    /// milliseconds by default.
    pub quiet: Duration,
    /// How often it is looked at where the system reports nothing, as on network file systems. 5 seconds by default.
    pub poll_every: Duration,
    /// Whether to ask the system for reports at all. So by default.
    pub events: bool,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self {
            quiet: Duration::from_millis(300),
            poll_every: Duration::from_secs(5),
            events: true,
        }
    }
}

impl WatchOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the file once it has stayed the same for this long.
    #[must_use]
    pub fn with_quiet(mut self, quiet: Duration) -> Self {
        self.quiet = quiet;
        self
    }

    /// Looks at the file this often where the system reports nothing.
    #[must_use]
    pub fn with_poll_every(mut self, interval: Duration) -> Self {
        self.poll_every = interval;
        self
    }

    /// Looks at the file from time to time and asks the system for no reports.
    #[must_use]
    pub fn without_events(mut self) -> Self {
        self.events = false;
        self
    }
}

/// Why a policy file is not watched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The guard was not built from a file.
    #[error(
        "this guard was not built from a policy file, so there is none to watch; build it with `policy_file`"
    )]
    NoFile,
    /// The system gave no thread.
    #[error(
        "no thread could be started to watch the policy file ({0}); raise the limit on threads"
    )]
    Thread(#[source] io::Error),
}

impl WatchError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoFile => "watch.no_file",
            Self::Thread(_) => "watch.thread",
        }
    }
}

/// A policy file that is watched, until this is dropped.
#[derive(Debug)]
#[must_use = "the file is watched only as long as this lives"]
pub struct PolicyWatch {
    stopped: Arc<AtomicBool>,
    wake: SyncSender<()>,
}

impl Drop for PolicyWatch {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Full means that it wakes anyway.
        let _ = self.wake.try_send(());
    }
}

impl PolicyReloader {
    /// Loads the policy file whenever what stands in it changes, on a thread of its own, until the watch is dropped.
    ///
    /// It follows editors that replace the file by another, and links that are swapped, as those that Kubernetes mounts
    /// a `ConfigMap` by. It reads the file only once it has stayed the same for [`WatchOptions::quiet`]; write it to
    /// another name and rename it, and nobody can ever see half of it. Where the system reports nothing, the file is
    /// looked at every [`WatchOptions::poll_every`]. How each attempt ends is told as [`reload`](Self::reload) tells it:
    /// in the log, in [`status`](Self::status), by [`on_reload`](Self::on_reload).
    ///
    /// What changed between the building of the guard and this call is loaded before it returns.
    ///
    /// # Errors
    ///
    /// [`WatchError::NoFile`] where the guard was not built from a file, [`WatchError::Thread`] where no thread starts.
    pub fn watch(&self, options: WatchOptions) -> Result<PolicyWatch, WatchError> {
        let file = self.status().file.ok_or(WatchError::NoFile)?;
        let (wake, woken) = sync_channel(1);
        let stopped = Arc::new(AtomicBool::new(false));
        let mut eyes = Eyes::new(&file, options.events.then(|| wake.clone()));
        eyes.open();
        let mut watching = Watching {
            seen: Content::of(&file),
            file,
            options,
            eyes,
            woken,
            stopped: Arc::clone(&stopped),
            reloader: self.clone(),
        };
        if watching.is_out_of_date() {
            watching.load();
        }
        std::thread::Builder::new()
            .name("x402-policy".to_owned())
            .spawn(move || watching.run())
            .map_err(WatchError::Thread)?;
        Ok(PolicyWatch { stopped, wake })
    }
}

/// What stood in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Digest([u8; 32]),
    Unreadable(io::ErrorKind),
}

impl Content {
    fn of(file: &Path) -> Self {
        let mut bytes = Vec::new();
        match File::open(file).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes)) {
            Ok(_) => Self::Digest(Sha256::digest(&bytes).into()),
            Err(error) => Self::Unreadable(error.kind()),
        }
    }
}

struct Watching {
    file: PathBuf,
    options: WatchOptions,
    /// What stood in the file when it was loaded last, whether or not it could be.
    seen: Content,
    eyes: Eyes,
    woken: Receiver<()>,
    stopped: Arc<AtomicBool>,
    reloader: PolicyReloader,
}

impl Watching {
    fn run(mut self) {
        loop {
            let woken = self.woken.recv_timeout(self.options.poll_every);
            if matches!(woken, Err(RecvTimeoutError::Disconnected)) || self.is_stopped() {
                return;
            }
            // Again after a load: the folders were not watched for a moment.
            while let Some(content) = self.settled()
                && content != self.seen
                && !self.is_stopped()
            {
                self.seen = content;
                self.load();
            }
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// What stands in the file once it has stayed the same for a while; `None` where it does not stop changing.
    fn settled(&self) -> Option<Content> {
        let mut before = Content::of(&self.file);
        for _ in 0..MAX_ROUNDS {
            if before == self.seen {
                return Some(before);
            }
            match self.woken.recv_timeout(self.options.quiet) {
                Ok(()) => before = Content::of(&self.file),
                Err(_) => {
                    let after = Content::of(&self.file);
                    if after == before {
                        return Some(after);
                    }
                    before = after;
                }
            }
        }
        tracing::warn!(file = %self.file.display(), "the policy file does not stop changing; it is read when it does");
        None
    }

    /// Whether the file says something else than what is in force, or nothing that can be.
    fn is_out_of_date(&self) -> bool {
        let in_file = PolicyConfig::load(&self.file).and_then(|policy| Rules::compile(&policy));
        in_file.is_ok_and(|rules| rules.revision() != &*self.reloader.status().revision)
    }

    fn load(&mut self) {
        // How it ended is in the log and the status already.
        let _ = self.reloader.reload();
        self.eyes.open();
    }
}

/// The system's reports of what happens around the file.
struct Eyes {
    file: PathBuf,
    watcher: Option<RecommendedWatcher>,
    /// The folders that are watched.
    folders: BTreeSet<PathBuf>,
    /// The names by which a write to the file is told from one to its neighbours.
    names: Arc<Mutex<Vec<OsString>>>,
}

impl Eyes {
    fn new(file: &Path, wake: Option<SyncSender<()>>) -> Self {
        let names = Arc::new(Mutex::new(Vec::new()));
        let watcher = wake.and_then(|wake| {
            let names = Arc::clone(&names);
            let report = move |event: notify::Result<Event>| {
                if event.map_or(true, |event| concerns(&event, &names.lock())) {
                    // Full means that a look is due anyway.
                    let _ = wake.try_send(());
                }
            };
            notify::recommended_watcher(report)
                .inspect_err(|error| {
                    tracing::warn!("the system reports no changes of files ({error}); the policy file is looked at from time to time");
                })
                .ok()
        });
        Self {
            file: file.to_owned(),
            watcher,
            folders: BTreeSet::new(),
            names,
        }
    }

    /// Watches the folders of the file and of what it links to, both as they are now: either may be swapped.
    fn open(&mut self) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        let target = self.file.canonicalize().ok();
        let files = [Some(self.file.as_path()), target.as_deref()];
        let files = files.into_iter().flatten();
        *self.names.lock() = files
            .clone()
            .filter_map(|file| Some(file.file_name()?.to_owned()))
            .collect();
        for folder in std::mem::take(&mut self.folders) {
            // Gone already, where the folder is.
            let _ = watcher.unwatch(&folder);
        }
        for folder in files.map(folder_of) {
            if self.folders.contains(&folder) {
                continue;
            }
            match watcher.watch(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.folders.insert(folder);
                }
                Err(error) => {
                    tracing::warn!(folder = %folder.display(), "a folder is not watched ({error}); the policy file is looked at from time to time");
                }
            }
        }
    }
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Whether something happened that may have changed the file: any file or link that comes, goes or is renamed, but only
/// our own that is written. An audit log beside it is written all the time.
fn concerns(event: &Event, names: &[OsString]) -> bool {
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_)) => {
            event.paths.is_empty()
                || event.paths.iter().any(|path| {
                    path.file_name()
                        .is_some_and(|name| names.iter().any(|own| own == name))
                })
        }
        EventKind::Access(_) => false,
        _ => true,
    }
}
