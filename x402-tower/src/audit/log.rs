//! The log itself: one chain.

use core::fmt;

use parking_lot::Mutex;

use super::chain::{Chain, Tag};
use super::commit::Commit;
use super::continued::{continued, is_as_kept};
use super::error::AuditError;
use super::event::AuditEventType;
use super::head::{AuditHead, HeadSeal};
use super::key::AuditKey;
use super::line::{Place, write_line};
use super::record::AuditRecord;
use super::sink::{AuditSink, SinkTail, TornTail};

/// A log that records are written to, each tied to the one before by HMAC-SHA256.
///
/// Share it as `Arc<AuditLog>`. Writing blocks until the sink has the line; nothing is held across an
/// await.
pub struct AuditLog {
    sink: Box<dyn AuditSink>,
    chain: Chain,
    writer: String,
    state: Mutex<State>,
}

struct State {
    head: Option<AuditHead>,
    /// What a crash left, and has no record yet.
    torn: Option<TornTail>,
    /// What the sink did not take, and has no record yet.
    lost: Option<Lost>,
    /// Whether somebody has added a line that is none of ours: nothing is added behind it.
    touched: bool,
    /// Whether the sink may hold part of a line.
    in_doubt: bool,
    /// Whether this opening has added anything.
    wrote: bool,
    line: Vec<u8>,
}

impl State {
    const fn is_usable(&self) -> Result<(), AuditError> {
        if self.in_doubt {
            Err(AuditError::Poisoned)
        } else if self.touched {
            Err(AuditError::BrokenTail)
        } else {
            Ok(())
        }
    }
}

/// Records that were refused one after the other.
#[derive(Clone, Copy)]
struct Lost {
    records: u64,
    /// Why the first of them was.
    code: &'static str,
}

impl AuditLog {
    /// Opens the log in `sink`, and continues its chain if it holds one.
    ///
    /// If a crash tore the last line, the next [`write`](Self::write) first records that, as
    /// [`AuditEventType::LogRecovered`].
    ///
    /// # Errors
    ///
    /// [`AuditError::Truncated`], [`AuditError::Rewritten`], [`AuditError::HeadMissing`] or [`AuditError::HeadBroken`] if
    /// the log is not as its head file says; [`AuditError::ForeignKey`] or [`AuditError::BrokenTail`] if the last line was not written under
    /// `key`; the sink's error if it cannot be read. Only the last line is looked at:
    /// [`verify`](super::verify) looks at all.
    pub fn open(sink: impl AuditSink + 'static, key: &AuditKey) -> Result<Self, AuditError> {
        let chain = key.chain();
        let tail = sink.tail()?;
        let head = match &tail.last_line {
            Some(line) => Some(continued(line, &chain)?),
            None => None,
        };
        if !is_as_kept(&tail.head, head.as_ref(), &chain)? {
            sink.keep_head(&HeadSeal::new(&chain, None))?;
        }
        let mut id = [0; 8];
        getrandom::fill(&mut id).map_err(|_| AuditError::NoRandomness)?;
        let state = State {
            head,
            torn: tail.torn,
            lost: None,
            touched: false,
            in_doubt: false,
            wrote: false,
            line: Vec::new(),
        };
        Ok(Self {
            sink: Box::new(sink),
            chain,
            writer: const_hex::encode(id),
            state: Mutex::new(state),
        })
    }

    /// Writes a record, waits until it is as safe as the sink promises, and returns its sequence number; the first record
    /// of a log is 1.
    ///
    /// # Errors
    ///
    /// As [`submit`](Self::submit), and if the record did not get to safety.
    pub fn write(&self, record: &AuditRecord<'_>) -> Result<u64, AuditError> {
        let (seq, commit) = self.submit(record)?;
        commit.wait()?;
        Ok(seq)
    }

    /// Takes a record into the chain, and answers with its sequence number and with what to wait for before it counts as
    /// written. Only a sink that gathers records ([`SyncPolicy::Grouped`](super::SyncPolicy::Grouped)) makes anybody
    /// wait.
    ///
    /// # Errors
    ///
    /// If the sink cannot take it; the chain then stands where it was. After [`AuditError::Torn`], and
    /// after a sink that panicked, every further write is [`AuditError::Poisoned`] until the log is
    /// opened again.
    pub fn submit(&self, record: &AuditRecord<'_>) -> Result<(u64, Commit), AuditError> {
        let mut state = self.state.lock();
        let added = self.turn(&mut state, record.timestamp_ms, |state| {
            let seq = self.append(state, record)?;
            // Where there is room for this one alone, the note is made with the next.
            let _later = self.note_lost(state, record.timestamp_ms);
            Ok(seq)
        });
        if let Err(error) = &added {
            let lost = state.lost.get_or_insert(Lost {
                records: 0,
                code: error.code(),
            });
            lost.records = lost.records.saturating_add(1);
        }
        let seq = added?;
        Ok((seq, self.commit(&mut state)?))
    }

    /// Whether the log takes records, as far as that is known: where the last one was refused, it tries to put on record
    /// how many were, as [`AuditEventType::LogRecovered`]. What it answers with is to be waited for, as that of
    /// [`submit`](Self::submit).
    ///
    /// # Errors
    ///
    /// Why it takes none.
    pub fn check(&self, timestamp_ms: u64) -> Result<Commit, AuditError> {
        let mut state = self.state.lock();
        state.is_usable()?;
        if state.lost.is_none() {
            return Ok(Commit::done());
        }
        self.turn(&mut state, timestamp_ms, |state| {
            self.note_lost(state, timestamp_ms)
        })?;
        self.commit(&mut state)
    }

    fn commit(&self, state: &mut State) -> Result<Commit, AuditError> {
        let commit = self.sink.commit(&HeadSeal::new(&self.chain, state.head));
        state.in_doubt |= matches!(commit, Err(AuditError::Torn { .. }));
        commit
    }

    /// Adds within one turn, and before it what has happened to the log itself.
    fn turn<R>(
        &self,
        state: &mut State,
        timestamp_ms: u64,
        add: impl FnOnce(&mut State) -> Result<R, AuditError>,
    ) -> Result<R, AuditError> {
        state.is_usable()?;
        let _turn = Turn(&*self.sink);
        if let Some(news) = self.sink.begin()? {
            let caught_up = self.catch_up(state, news);
            state.touched = caught_up.is_err();
            caught_up?;
        }
        if let Some(torn) = state.torn.clone() {
            let recovered = AuditRecord::new(AuditEventType::LogRecovered, timestamp_ms)
                .reason("a crash cut the last line short; what was left of it is set aside")
                .torn(torn);
            self.append(state, &recovered)?;
            state.torn = None;
        }
        add(state)
    }

    /// Puts on record that records were refused.
    fn note_lost(&self, state: &mut State, timestamp_ms: u64) -> Result<(), AuditError> {
        let Some(Lost { records, code }) = state.lost else {
            return Ok(());
        };
        let note = AuditRecord::new(AuditEventType::LogRecovered, timestamp_ms)
            .reason(format!("records could not be written before: {records}"))
            .code(code);
        self.append(state, &note)?;
        state.lost = None;
        Ok(())
    }

    /// Goes on from what another writer has added.
    fn catch_up(&self, state: &mut State, news: SinkTail) -> Result<(), AuditError> {
        if let Some(line) = news.last_line {
            let head = continued(&line, &self.chain)?;
            if head.seq() <= state.head.as_ref().map_or(0, AuditHead::seq) {
                return Err(AuditError::BrokenTail);
            }
            state.head = Some(head);
        }
        state.torn = news.torn;
        Ok(())
    }

    /// The last record, or `None` in an empty log.
    ///
    /// Kept where the log's writer cannot reach, it is what shows later that records are missing from
    /// the end: see [`verify_with_head`](super::verify_with_head).
    #[must_use]
    pub fn head(&self) -> Option<AuditHead> {
        self.state.lock().head
    }

    /// The random id of this opened log, as it stands in each of its lines.
    #[must_use]
    pub fn writer(&self) -> &str {
        &self.writer
    }

    fn append(&self, state: &mut State, record: &AuditRecord<'_>) -> Result<u64, AuditError> {
        let seq = AuditHead::next_seq(state.head.as_ref()).ok_or(AuditError::Full)?;
        let prev = state.head.as_ref().map(AuditHead::entry_hmac);
        let place = Place {
            seq,
            writer: &self.writer,
            prev,
        };
        let tag: Tag = write_line(&mut state.line, &self.chain, &place, record);
        // Taken back only where the sink answers for the log, so that a panic in it leaves this set.
        state.in_doubt = true;
        let appended = self.sink.append(&state.line);
        state.in_doubt = matches!(
            appended,
            Err(AuditError::Torn { .. } | AuditError::Poisoned)
        );
        appended?;
        state.wrote = true;
        state.head = Some(AuditHead::new(seq, tag));
        Ok(seq)
    }
}

impl Drop for AuditLog {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        if !state.wrote || state.is_usable().is_err() {
            return;
        }
        let head = HeadSeal::new(&self.chain, state.head);
        if let Err(error) = self.sink.keep_head(&head) {
            tracing::error!(
                code = error.code(),
                "the head of the audit log could not be kept"
            );
        }
    }
}

/// Ends a turn however it went.
struct Turn<'a>(&'a dyn AuditSink);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditLog")
            .field("sink", &self.sink)
            .field("writer", &self.writer)
            .field("chain", &self.chain)
            .finish_non_exhaustive()
    }
}
