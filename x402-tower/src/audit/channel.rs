//! Lines for a consumer of your own.

use bytes::Bytes;
use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};

use super::error::AuditError;
use super::sink::AuditSink;

/// Hands lines to a task or thread of your own: a queue, a database, a remote collector.
///
/// The channel is bounded, and nothing is ever dropped silently: a line for which there is no room, or whose consumer is
/// gone, is an error, and the payment that it tells of does not go on (attack 138). A line takes at most
/// [`MAX_LINE_BYTES`](super::MAX_LINE_BYTES).
///
/// A line counts as written when the channel has it. What a consumer does not bring to safety before the process ends is
/// lost, and the next opened log is a chain of its own: use a [`FileSink`](super::FileSink) where that matters.
///
/// ```
/// use x402_tower::audit::{AuditEventType, AuditKey, AuditLog, AuditRecord, ChannelSink};
///
/// let (sink, mut lines) = ChannelSink::new(1);
/// let log = AuditLog::open(sink, &AuditKey::generate()?)?;
/// let denied = AuditRecord::new(AuditEventType::PolicyBlocked, 1_767_225_600_000);
///
/// assert_eq!(log.write(&denied)?, 1);
/// assert_eq!(log.write(&denied).unwrap_err().code(), "audit.channel_full");
/// assert!(lines.blocking_recv().unwrap().starts_with(b"{\"seq\":1,"));
/// assert_eq!(log.write(&denied)?, 2, "the chain goes on where it was");
/// # Ok::<(), x402_tower::audit::AuditError>(())
/// ```
#[derive(Debug)]
pub struct ChannelSink(Sender<Bytes>);

/// The consumer's end of a [`ChannelSink`]: whole lines with their line breaks, in order.
///
/// Lines that are left when it is dropped are lost, and every further one is refused.
#[derive(Debug)]
pub struct AuditLines(Receiver<Bytes>);

impl ChannelSink {
    /// A channel with room for `capacity` lines, one at least.
    #[must_use]
    pub fn new(capacity: usize) -> (Self, AuditLines) {
        let (sender, receiver) = mpsc::channel(capacity.max(1));
        (Self(sender), AuditLines(receiver))
    }
}

impl AuditLines {
    /// The next line, or `None` when the log is closed and all lines were taken. Cancel-safe.
    pub async fn recv(&mut self) -> Option<Bytes> {
        self.0.recv().await
    }

    /// As [`recv`](Self::recv), for a thread outside async runtimes; panics inside one.
    pub fn blocking_recv(&mut self) -> Option<Bytes> {
        self.0.blocking_recv()
    }

    /// The next line if one is there.
    pub fn try_recv(&mut self) -> Option<Bytes> {
        self.0.try_recv().ok()
    }
}

impl AuditSink for ChannelSink {
    fn append(&self, line: &[u8]) -> Result<(), AuditError> {
        let room = self.0.try_reserve().map_err(|refused| match refused {
            TrySendError::Full(()) => AuditError::ChannelFull,
            TrySendError::Closed(()) => AuditError::ChannelClosed,
        })?;
        room.send(Bytes::copy_from_slice(line));
        Ok(())
    }
}
