//! The thread that writes: steps that wait together share a transaction, and so a trip to the disk.

use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use rusqlite::Connection;

use super::books::Books;
use super::chores::Chores;
use super::fault::Fault;
use super::job::{Job, Undo};
use super::mark::Mark;
use super::place::Files;
use super::state::Capacity;
use crate::store::StoreError;

/// Most steps of one transaction.
const MAX_BATCH: usize = 256;

/// The one connection of an opened store, and what it has seen.
pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) files: Files,
    pub(super) mark: Mark,
    pub(super) capacity: Capacity,
    pub(super) busy_timeout: Duration,
    /// How far the file was when this store last looked.
    pub(super) generation: u64,
    /// The latest moment that any caller has named, also if nothing was written then.
    pub(super) seen: u64,
    pub(super) chores: Chores,
}

/// What came of one step.
type Done = Result<(), StoreError>;
type Results = Vec<Done>;
pub(super) type Batch = Vec<Box<dyn Job>>;

impl Writer {
    /// Works until nobody holds the queue any more.
    pub(super) fn run(mut self, queue: &Receiver<Box<dyn Job>>) {
        let mut undone: Vec<Undo> = Vec::new();
        while let Some(batch) = self.next(queue, &mut undone) {
            undone = self.work(batch);
        }
        // What is not done now is done by whoever opens the file next.
        let _left: Result<(), Fault> = self.scrub();
    }

    /// Waits for steps; does chores meanwhile.
    fn next(&mut self, queue: &Receiver<Box<dyn Job>>, undone: &mut Vec<Undo>) -> Option<Batch> {
        let mut batch: Batch = Vec::new();
        batch.extend(undone.drain(..).map(|undo| Box::new(undo) as Box<dyn Job>));
        while batch.is_empty() {
            let Some(pause) = self.chores.pause() else {
                batch.push(queue.recv().ok()?);
                continue;
            };
            match queue.recv_timeout(pause) {
                Ok(job) => batch.push(job),
                Err(RecvTimeoutError::Timeout) => self.do_chores(),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        while batch.len() < MAX_BATCH {
            match queue.try_recv() {
                Ok(job) => batch.push(job),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        Some(batch)
    }

    /// Does steps in one transaction and answers them. Answers what nobody waited for.
    fn work(&mut self, mut batch: Batch) -> Vec<Undo> {
        batch.retain(|job| job.is_wanted());
        if batch.is_empty() {
            return Vec::new();
        }
        let done = self.transact(&mut batch);
        let results: Vec<_> = match done {
            Ok(results) => results,
            Err(fault) => {
                let error = fault.to_store_error();
                batch.iter().map(|_| Err(error.clone())).collect()
            }
        };
        let answers = batch.into_iter().zip(results);
        answers
            .filter_map(|(job, result)| job.answer(result))
            .collect()
    }

    pub(super) fn transact(&mut self, batch: &mut Batch) -> Result<Results, Fault> {
        let writes = batch.is_empty() || batch.iter().any(|job| job.writes());
        // Read before the transaction begins: others may move it on at any moment.
        let marked = self.mark.generation()?;
        self.execute(if writes { "BEGIN IMMEDIATE" } else { "BEGIN" })?;
        let result = self.steps(batch, writes, marked);
        // Where SQLite rolled back by itself there is nothing left to roll back.
        if result.is_err() && !self.conn.is_autocommit() {
            self.execute("ROLLBACK")?;
        }
        result
    }

    fn steps(&mut self, batch: &mut Batch, writes: bool, marked: u64) -> Result<Results, Fault> {
        let mut books = Books::open(&self.conn, self.capacity, self.seen)?;
        let oldest = self.generation.max(marked);
        if books.state.store != self.mark.store() || books.state.generation < oldest {
            return Err(StoreError::Replaced.into());
        }
        if writes {
            books.sweep()?;
        }
        let mut results = Vec::with_capacity(batch.len());
        for job in batch.iter_mut() {
            results.push(step(&mut books, job.as_mut(), writes)?);
        }
        let (mut state, did) = (books.state, books.did);
        self.files.check()?;
        if did.change {
            state.generation = state.generation.saturating_add(1);
            state.save(&self.conn)?;
        }
        self.execute("COMMIT")?;
        self.seen = state.now;
        self.generation = state.generation;
        self.chores.note(did);
        if did.change {
            self.mark.keep(state.generation)?;
        }
        Ok(results)
    }

    pub(super) fn execute(&self, sql: &str) -> Result<(), Fault> {
        self.conn.prepare_cached(sql)?.execute([])?;
        Ok(())
    }
}

/// Does one step. The outer error ends the transaction, the inner one is this step's alone.
fn step(books: &mut Books<'_>, job: &mut dyn Job, writes: bool) -> Result<Done, Fault> {
    // The transaction may have begun long after its steps were taken from the queue.
    if !job.is_wanted() {
        return Ok(Err(StoreError::Unavailable));
    }
    if let Some(now) = job.now() {
        if let Err(error) = books.see(now) {
            return Ok(Err(error));
        }
        if writes {
            books.sweep()?;
        }
    }
    if !job.writes() {
        return Ok(job.run(books).map_err(|fault| fault.to_store_error()));
    }
    let before = books.state;
    books.run("SAVEPOINT step")?;
    let done = job.run(books);
    if let Err(fault) = done {
        if books.conn.is_autocommit() {
            return Err(fault);
        }
        books.run("ROLLBACK TO step")?;
        books.state = before;
        books.run("RELEASE step")?;
        return Ok(Err(fault.to_store_error()));
    }
    books.run("RELEASE step")?;
    Ok(Ok(()))
}
