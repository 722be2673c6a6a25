//! Many lines at the same time, in and out in order, in bounded memory.
//!
//! Chunk `n` goes to worker `n % jobs`, and the results are taken from the workers in the same turn, so nothing has to be
//! put in order afterwards. Each queue holds [`AHEAD`] chunks: a slow chunk lets the others run ahead that far.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::screen::lines::{Chunk, Chunks};
use crate::screen::screener::{Screened, Screener};

const AHEAD: usize = 2;

/// Why not everything was screened.
#[derive(Debug, thiserror::Error)]
pub(super) enum ScreenError {
    #[error("the input cannot be read: {0}")]
    Read(#[source] io::Error),
    #[error("the result cannot be written: {0}")]
    Write(#[source] io::Error),
    #[error("a thread cannot be started: {0}; try fewer --jobs")]
    Thread(#[source] io::Error),
    #[error("a worker ended early; this is a fault of this program, please report it")]
    Worker,
}

/// What travels: a chunk, a failure, or `None` at the end.
type Step<T> = Option<io::Result<T>>;

/// Screens a whole input; `each` gets the results in order.
///
/// The threads are not waited for: where nobody takes the results any more, one may still be waiting for input.
pub(super) fn screen_all(
    input: impl Read + Send + 'static,
    screener: Screener,
    jobs: usize,
    mut each: impl FnMut(Screened) -> io::Result<()>,
) -> Result<(), ScreenError> {
    let screener = Arc::new(screener);
    let mut to_workers = Vec::with_capacity(jobs);
    let mut results = Vec::with_capacity(jobs);
    for _ in 0..jobs {
        let (to_worker, chunks) = sync_channel(AHEAD);
        let (to_writer, screened) = sync_channel(AHEAD);
        let screener = Arc::clone(&screener);
        spawn("screen", move || work(&screener, &chunks, &to_writer))?;
        to_workers.push(to_worker);
        results.push(screened);
    }
    spawn("read", move || read(input, &to_workers))?;
    for result in results.iter().cycle() {
        match result.recv() {
            Ok(Some(Ok(screened))) => each(screened).map_err(ScreenError::Write)?,
            Ok(Some(Err(error))) => return Err(ScreenError::Read(error)),
            Ok(None) => return Ok(()),
            // Only a panic ends a worker before it was told of the end.
            Err(_) => return Err(ScreenError::Worker),
        }
    }
    Ok(())
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), ScreenError> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(run);
    thread.map(drop).map_err(ScreenError::Thread)
}

fn read(input: impl Read, workers: &[SyncSender<Step<Chunk>>]) {
    let mut chunks = Chunks::new(input);
    for worker in workers.iter().cycle() {
        let step = chunks.next();
        let is_last = !matches!(step, Some(Ok(_)));
        if worker.send(step).is_err() || is_last {
            return;
        }
    }
}

fn work(screener: &Screener, chunks: &Receiver<Step<Chunk>>, out: &SyncSender<Step<Screened>>) {
    for step in chunks {
        let done = step.map(|read| read.map(|chunk| screener.screen(&chunk)));
        if out.send(done).is_err() {
            return;
        }
    }
}
