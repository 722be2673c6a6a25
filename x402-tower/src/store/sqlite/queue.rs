//! The queue between callers and the thread that writes.

use core::fmt;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use super::job::{Job, Undo};
use super::writer::Writer;
use crate::store::StoreError;

/// Most steps that wait at once; more are refused.
const MAX_WAITING: usize = 4096;

/// Where steps wait for the thread that writes. The last one who holds it waits until that thread is done.
pub(super) struct Queue {
    jobs: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Queue {
    /// Starts the thread.
    pub(super) fn start(writer: Writer) -> io::Result<Self> {
        let (jobs, waiting): (_, Receiver<Box<dyn Job>>) = sync_channel(MAX_WAITING);
        let thread = thread::Builder::new()
            .name("x402-sqlite".to_owned())
            .spawn(move || writer.run(&waiting))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// # Errors
    ///
    /// [`StoreError::Unavailable`] where too many wait, or the thread is gone.
    pub(super) fn push(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        let jobs = self.jobs.as_ref().ok_or(StoreError::Unavailable)?;
        jobs.try_send(job).map_err(|_| StoreError::Unavailable)
    }

    /// For a future that was dropped: nobody is there to wait, or to hear that the queue was full.
    pub(super) fn push_unanswered(&self, undo: Undo) {
        let _: Result<(), StoreError> = self.push(Box::new(undo));
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // Whoever waited for it was told already if it panicked.
            let _told = thread.join();
        }
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}
