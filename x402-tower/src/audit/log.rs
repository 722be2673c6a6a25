//! The log itself: one chain, one writer.

use core::fmt;

use parking_lot::Mutex;

use super::chain::{Chain, Tag};
use super::error::AuditError;
use super::event::AuditEventType;
use super::head::AuditHead;
use super::key::AuditKey;
use super::line::{Place, split_seal, write_line};
use super::record::AuditRecord;
use super::sink::{AuditSink, TornTail};
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
    /// [`AuditError::ForeignKey`] or [`AuditError::BrokenTail`] if the last line was not written under
    /// `key`; the sink's error if it cannot be read. Only the last line is looked at:
    /// [`verify`](super::verify) looks at all.
    pub fn open(sink: impl AuditSink + 'static, key: &AuditKey) -> Result<Self, AuditError> {
        let chain = key.chain();
        let tail = sink.tail()?;
        let head = match tail.last_line {
            Some(line) => Some(continued(&line, &chain)?),
            None => None,
        };
        let mut id = [0; 8];
        getrandom::fill(&mut id).map_err(|_| AuditError::NoRandomness)?;
        let state = State {
            head,
            torn: tail.torn,
            in_doubt: false,
            line: Vec::new(),
        };
        Ok(Self {
            sink: Box::new(sink),
            chain,
            writer: const_hex::encode(id),
            state: Mutex::new(state),
        })
    }

    /// Writes a record, and returns its sequence number; the first record of a log is 1.
    ///
    /// # Errors
    ///
    /// If the sink cannot take it; the chain then stands where it was. After [`AuditError::Torn`], and
    /// after a sink that panicked, every further write is [`AuditError::Poisoned`] until the log is
    /// opened again.
    pub fn write(&self, record: &AuditRecord<'_>) -> Result<u64, AuditError> {
        let mut state = self.state.lock();
        if let Some(torn) = state.torn.clone() {
            let recovered = AuditRecord::new(AuditEventType::LogRecovered, record.timestamp_ms)
                .reason("a crash cut the last line short; what was left of it is set aside")
                .torn(torn);
            self.append(&mut state, &recovered)?;
            state.torn = None;
        }
        self.append(&mut state, record)
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
        if state.in_doubt {
            return Err(AuditError::Poisoned);
        }
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
        state.head = Some(AuditHead::new(seq, tag));
        Ok(seq)
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
