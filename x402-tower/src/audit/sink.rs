//! Where lines go.

use core::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use parking_lot::Mutex;

use super::commit::Commit;
use super::error::AuditError;
use super::head::HeadSeal;

/// Takes the lines of one log, in order.
///
/// For each record a log calls [`begin`](Self::begin), [`append`](Self::append) (twice where the end of the log was torn),
/// [`end`](Self::end) and [`commit`](Self::commit), and lets nobody in between. Most sinks need `append` alone.
///
/// A sink that says `Ok` has the line, as safely as it promises to; one that says
/// [`AuditError::Torn`] may hold a part of it, after which the log takes no more; one that says any other
/// error holds exactly what it held before.
pub trait AuditSink: Send + Sync + fmt::Debug {
    /// Waits for the turn of this log where several write to one place, and keeps the others out until
    /// [`end`](Self::end). Answers with how the log ends now if another one has added to it since the last turn; a
    /// last line of `None` then means that no whole line was added.
    ///
    /// # Errors
    ///
    /// Where the turn does not come, or the place was changed by somebody who does not take turns.
    fn begin(&self) -> Result<Option<SinkTail>, AuditError> {
        Ok(None)
    }

    /// Takes one line, which ends in a line break.
    ///
    /// # Errors
    ///
    /// Where the line cannot be kept. The payment that it tells of then does not go on.
    fn append(&self, line: &[u8]) -> Result<(), AuditError>;

    /// Ends what [`begin`](Self::begin) began, also where that failed.
    fn end(&self) {}

    /// Says when what was appended is as safe as the sink promises. `head` is that of the log with it.
    ///
    /// # Errors
    ///
    /// Where it cannot be brought there.
    fn commit(&self, _head: &HeadSeal<'_>) -> Result<Commit, AuditError> {
        Ok(Commit::done())
    }

    /// Keeps the head of a log that is new, or that is closed.
    ///
    /// # Errors
    ///
    /// Where it cannot be kept.
    fn keep_head(&self, _head: &HeadSeal<'_>) -> Result<(), AuditError> {
        Ok(())
    }

    /// How the log ends so far, so that it can be continued. A sink that cannot look back says that it
    /// is empty, and each opened log is a chain of its own.
    ///
    /// # Errors
    ///
    /// Where the sink cannot look.
    fn tail(&self) -> Result<SinkTail, AuditError> {
        Ok(SinkTail::default())
    }
}

/// The end of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SinkTail {
    /// The last whole line, with its line break.
    pub last_line: Option<Vec<u8>>,
    /// What a crash left after it, now set aside, for which there is no record yet.
    pub torn: Option<TornTail>,
    /// The head that was kept apart from the log.
    pub head: KeptHead,
}

/// What a sink knows of a log's head besides the log itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeptHead {
    /// The sink keeps none.
    #[default]
    NotKept,
    /// The sink keeps one, and there is none: the log is new, or somebody removed it.
    Missing,
    /// The line that [`HeadSeal::line`] made.
    Is(Vec<u8>),
}

/// The beginning of a line whose writing was cut short by a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TornTail {
    /// How many bytes.
    pub bytes: u64,
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// The file that now holds them.
    pub kept_in: Option<String>,
}

impl<S: AuditSink + ?Sized> AuditSink for Arc<S> {
    fn begin(&self) -> Result<Option<SinkTail>, AuditError> {
        (**self).begin()
    }

    fn append(&self, line: &[u8]) -> Result<(), AuditError> {
        (**self).append(line)
    }

    fn end(&self) {
        (**self).end();
    }

    fn commit(&self, head: &HeadSeal<'_>) -> Result<Commit, AuditError> {
        (**self).commit(head)
    }

    fn keep_head(&self, head: &HeadSeal<'_>) -> Result<(), AuditError> {
        (**self).keep_head(head)
    }

    fn tail(&self) -> Result<SinkTail, AuditError> {
        (**self).tail()
    }
}

impl<S: AuditSink + ?Sized> AuditSink for Box<S> {
    fn begin(&self) -> Result<Option<SinkTail>, AuditError> {
        (**self).begin()
    }

    fn append(&self, line: &[u8]) -> Result<(), AuditError> {
        (**self).append(line)
    }

    fn end(&self) {
        (**self).end();
    }

    fn commit(&self, head: &HeadSeal<'_>) -> Result<Commit, AuditError> {
        (**self).commit(head)
    }

    fn keep_head(&self, head: &HeadSeal<'_>) -> Result<(), AuditError> {
        (**self).keep_head(head)
    }

    fn tail(&self) -> Result<SinkTail, AuditError> {
        (**self).tail()
    }
}

/// Keeps nothing: for tests, and for those who do not want a log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NullSink;

impl NullSink {
    /// A sink that keeps nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl AuditSink for NullSink {
    fn append(&self, _line: &[u8]) -> Result<(), AuditError> {
        Ok(())
    }
}

/// Writes to a stream, such as the standard output of a container, and flushes after each line.
pub struct StreamSink<W>(Mutex<W>);

impl<W: Write + Send> StreamSink<W> {
    /// A sink over `stream`.
    pub const fn new(stream: W) -> Self {
        Self(Mutex::new(stream))
    }

    /// The stream.
    pub fn into_inner(self) -> W {
        self.0.into_inner()
    }
}

impl<W: Write + Send> AuditSink for StreamSink<W> {
    fn append(&self, line: &[u8]) -> Result<(), AuditError> {
        let mut stream = self.0.lock();
        let taken = first_write(&mut *stream, line)
            .map_err(AuditError::io("write the record to the stream"))?;
        let torn = |source| AuditError::Torn {
            action: "write the record to the stream",
            source,
        };
        // What a stream has taken cannot be taken back.
        stream
            .write_all(line.get(taken..).unwrap_or_default())
            .map_err(torn)?;
        stream.flush().map_err(torn)
    }
}

impl<W> fmt::Debug for StreamSink<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamSink").finish_non_exhaustive()
    }
}

/// Writes until the stream takes something: before that, an error leaves nothing behind.
fn first_write(stream: &mut impl Write, line: &[u8]) -> io::Result<usize> {
    loop {
        match stream.write(line) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            other => return other,
        }
    }
}
