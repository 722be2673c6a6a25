//! Bringing the records of many payments to the disk at once.

use core::fmt;
use core::mem;
use core::task::{Context, Poll, Waker};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use parking_lot::{Condvar, Mutex};

use super::super::error::AuditError;

/// A thread that syncs. What is submitted while it is busy shares the next sync.
#[derive(Debug)]
pub(super) struct Group {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    work: Condvar,
    done: Condvar,
}

#[derive(Default)]
struct State {
    /// How many records were submitted.
    submitted: u64,
    /// How many of them are on the disk.
    synced: u64,
    /// The head after the last one that was submitted.
    head: Option<(u64, String)>,
    /// Whom to tell, by the number of their record: one for each record that somebody waits for.
    waiting: BTreeMap<u64, Waker>,
    failed: Option<Failure>,
    closed: bool,
}

/// Why nothing more gets to the disk; kept, because after a failed sync the system may have dropped what it held.
#[derive(Debug, Clone)]
struct Failure(Arc<AuditError>);

impl Failure {
    fn to_error(&self) -> AuditError {
        AuditError::Torn {
            action: "bring the record to the disk",
            source: io::Error::other(Arc::clone(&self.0)),
        }
    }
}

/// What the thread does: bring all that was written so far to the disk, then keep the head.
pub(super) trait Durable: Send + 'static {
    fn sync(&mut self) -> Result<(), AuditError>;
    fn keep_head(&mut self, seq: u64, line: String) -> Result<(), AuditError>;
}

impl Group {
    pub(super) fn start(durable: impl Durable) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            work: Condvar::new(),
            done: Condvar::new(),
        });
        let theirs = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("x402-audit-sync".to_owned())
            .spawn(move || theirs.run(durable))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Has the records that were written so far brought to the disk.
    pub(super) fn submit(&self, seq: u64, head: String) -> Ticket {
        let mut state = self.shared.state.lock();
        state.submitted = state.submitted.saturating_add(1);
        state.head = Some((seq, head));
        let number = state.submitted;
        drop(state);
        self.shared.work.notify_one();
        Ticket {
            shared: Arc::clone(&self.shared),
            number,
        }
    }

    /// How many tasks wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.shared.state.lock().waiting.len()
    }

    /// Why nothing more is taken, where that is so.
    pub(super) fn check(&self) -> Result<(), AuditError> {
        let state = self.shared.state.lock();
        state
            .failed
            .as_ref()
            .map_or(Ok(()), |failed| Err(failed.to_error()))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.shared.state.lock().closed = true;
        self.shared.work.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic of that thread was told to all who waited.
            let _told = thread.join();
        }
    }
}

impl Shared {
    fn run(&self, mut durable: impl Durable) {
        let panicking = FailOnPanic(self);
        while let Some((number, head)) = self.next() {
            let kept = durable.sync().and_then(|()| match head {
                Some((seq, line)) => durable.keep_head(seq, line),
                None => Ok(()),
            });
            self.finish(number, kept);
        }
        drop(panicking);
    }

    /// Waits for something to sync; `None` when there is nothing left and nothing will come.
    fn next(&self) -> Option<(u64, Option<(u64, String)>)> {
        let mut state = self.state.lock();
        loop {
            if state.failed.is_some() {
                return None;
            }
            if state.submitted > state.synced {
                return Some((state.submitted, state.head.take()));
            }
            if state.closed {
                return None;
            }
            self.work.wait(&mut state);
        }
    }

    fn finish(&self, number: u64, kept: Result<(), AuditError>) {
        let mut state = self.state.lock();
        match kept {
            Ok(()) => state.synced = number,
            Err(error) => state.failed = Some(Failure(Arc::new(error))),
        }
        let later = match state.failed {
            Some(_) => BTreeMap::new(),
            None => state.waiting.split_off(&number.saturating_add(1)),
        };
        let told = mem::replace(&mut state.waiting, later);
        drop(state);
        self.done.notify_all();
        told.into_values().for_each(Waker::wake);
    }
}

/// Nobody waits for a thread that is gone.
struct FailOnPanic<'a>(&'a Shared);

impl Drop for FailOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.finish(0, Err(AuditError::Poisoned));
        }
    }
}

/// One record's place among those that are brought to the disk.
#[derive(Debug)]
pub(in crate::audit) struct Ticket {
    shared: Arc<Shared>,
    number: u64,
}

impl Ticket {
    /// Blocks until the record is on the disk.
    pub(in crate::audit) fn wait(&self) -> Result<(), AuditError> {
        let mut state = self.shared.state.lock();
        loop {
            if let Some(answer) = state.answer(self.number) {
                return answer;
            }
            self.shared.done.wait(&mut state);
        }
    }

    pub(in crate::audit) fn poll(&self, cx: &Context<'_>) -> Poll<Result<(), AuditError>> {
        let mut state = self.shared.state.lock();
        if let Some(answer) = state.answer(self.number) {
            return Poll::Ready(answer);
        }
        state.waiting.insert(self.number, cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Ticket {
    /// Whoever stops waiting leaves nothing behind.
    fn drop(&mut self) {
        self.shared.state.lock().waiting.remove(&self.number);
    }
}

impl State {
    fn answer(&self, number: u64) -> Option<Result<(), AuditError>> {
        if self.synced >= number {
            return Some(Ok(()));
        }
        self.failed.as_ref().map(|failed| Err(failed.to_error()))
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}
