//! Watching the policy file.

mod eyes;
mod options;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use sha2::{Digest, Sha256};

pub use options::{WatchError, WatchOptions};

use self::eyes::Eyes;
use super::PolicyReloader;
use crate::policy::{PolicyConfig, Rules};

/// Most that is read of the file: one byte more than a policy may have.
const MAX_BYTES: u64 = (1 << 20) + 1;

/// How often the file may change under our eyes before we look again later.
const MAX_ROUNDS: usize = 64;

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
