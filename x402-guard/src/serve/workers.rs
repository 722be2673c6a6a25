//! Threads that serve connections, each its own to their end.

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

thread_local! {
    static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
}

/// How many workers there are.
pub(crate) fn count() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Which worker this thread is, from 0, if it is one.
pub(crate) fn number() -> Option<usize> {
    NUMBER.get()
}

/// A runtime of one thread for every processor. A connection stays where it was put, and so do those that are opened to
/// answer it: nothing of a request is handed from one thread to another, which costs more than all that is done to most.
pub(crate) struct Workers {
    workers: Vec<Worker>,
}

struct Worker {
    handle: Handle,
    /// Held once by every task that was put here.
    busy: Arc<()>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Workers {
    pub(crate) fn start() -> std::io::Result<Self> {
        let workers = (0..count()).map(Worker::start).collect::<Result<_, _>>()?;
        Ok(Self { workers })
    }

    /// Puts a task where the fewest are.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let idlest = self
            .workers
            .iter()
            .min_by_key(|worker| Arc::strong_count(&worker.busy));
        if let Some(worker) = idlest {
            let busy = Arc::clone(&worker.busy);
            worker.handle.spawn(async move {
                task.await;
                drop(busy);
            });
        }
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers").finish_non_exhaustive()
    }
}

impl Worker {
    fn start(number: usize) -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name(format!("worker-{number}"))
            .spawn(move || {
                NUMBER.set(Some(number));
                // Ends when the sender is gone as well.
                let _ = runtime.block_on(stopped);
            })?;
        Ok(Self {
            handle,
            busy: Arc::new(()),
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Worker {
    /// Ends the thread. What still runs there is dropped at its next await.
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _a_panic_was_reported = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_stays_where_it_is_and_the_next_goes_elsewhere() {
        let workers = Workers::start().unwrap();
        let (told, numbers) = std::sync::mpsc::channel();
        for _ in 0..count() {
            let told = told.clone();
            workers.spawn(async move {
                let before = number();
                tokio::task::yield_now().await;
                told.send((before, number())).unwrap();
                core::future::pending::<()>().await;
            });
        }
        let mut seen = Vec::new();
        for (before, after) in numbers.iter().take(count()) {
            assert_eq!(before, after);
            seen.extend(before);
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..count()).collect::<Vec<_>>());
        assert_eq!(number(), None);
    }

    #[test]
    fn what_runs_is_dropped_with_the_workers() {
        let held = Arc::new(());
        let workers = Workers::start().unwrap();
        let kept = Arc::clone(&held);
        workers.spawn(async move {
            core::future::pending::<()>().await;
            drop(kept);
        });
        drop(workers);
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
