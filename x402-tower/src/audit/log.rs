//! The log itself: one chain.

use core::fmt;

use parking_lot::Mutex;

use super::chain::{Chain, Tag};
use super::commit::Commit;
use super::error::AuditError;
use super::event::AuditEventType;
use super::head::{AuditHead, HeadFault, HeadSeal, read_head_line};
use super::key::AuditKey;
use super::line::{Place, split_seal, write_line};
use super::record::AuditRecord;
use super::sink::{AuditSink, KeptHead, SinkTail, TornTail};
use super::view::LineView;

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
    /// Whether the sink may hold part of a line.
    in_doubt: bool,
    /// Whether this opening has added anything.
    wrote: bool,
    line: Vec<u8>,
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
        let seq = self.add(&mut state, record)?;
        let commit = self.sink.commit(&HeadSeal::new(&self.chain, state.head));
        state.in_doubt |= matches!(commit, Err(AuditError::Torn { .. }));
        Ok((seq, commit?))
    }

    /// Adds a record within one turn.
    fn add(&self, state: &mut State, record: &AuditRecord<'_>) -> Result<u64, AuditError> {
        if state.in_doubt {
            return Err(AuditError::Poisoned);
        }
        let _turn = Turn(&*self.sink);
        if let Some(news) = self.sink.begin()? {
            self.catch_up(state, news)?;
        }
        if let Some(torn) = state.torn.clone() {
            let recovered = AuditRecord::new(AuditEventType::LogRecovered, record.timestamp_ms)
                .reason("a crash cut the last line short; what was left of it is set aside")
                .torn(torn);
            self.append(state, &recovered)?;
            state.torn = None;
        }
        self.append(state, record)
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
        if !state.wrote || state.in_doubt {
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

/// Whether a head was kept that fits the log; `false` for a new log.
fn is_as_kept(
    kept: &KeptHead,
    head: Option<&AuditHead>,
    chain: &Chain,
) -> Result<bool, AuditError> {
    let line = match kept {
        KeptHead::NotKept => return Ok(true),
        KeptHead::Missing if head.is_none() => return Ok(false),
        KeptHead::Missing => return Err(AuditError::HeadMissing),
        KeptHead::Is(line) => line,
    };
    let kept = read_head_line(line, chain).map_err(|fault| match fault {
        HeadFault::Broken => AuditError::HeadBroken,
        HeadFault::Foreign(_) => AuditError::ForeignKey,
    })?;
    let (known, there) = (
        kept.map_or(0, |kept| kept.seq()),
        head.map_or(0, |h| h.seq()),
    );
    match known.checked_sub(there) {
        Some(0) if kept.as_ref() != head => Err(AuditError::Rewritten),
        Some(0) | None => Ok(true),
        Some(missing) => Err(AuditError::Truncated { missing }),
    }
}

/// The head of a log that ends in `line`.
fn continued(line: &[u8], chain: &Chain) -> Result<AuditHead, AuditError> {
    let (body, tag) = split_seal(line).ok_or(AuditError::BrokenTail)?;
    let view: LineView<'_> = serde_json::from_slice(line).map_err(|_| AuditError::BrokenTail)?;
    if view.key_id != chain.key_id() {
        return Err(AuditError::ForeignKey);
    }
    if !chain.matches(body, &tag) {
        return Err(AuditError::BrokenTail);
    }
    Ok(AuditHead::new(view.seq, tag))
}
