//! When a record that a sink has taken is as safe as the sink promises.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::error::AuditError;
use super::file::Ticket;

/// A record that a sink has taken, and that may still be on its way to the disk.
///
/// Await it, or [`wait`](Self::wait) for it. Dropping it changes nothing about the record.
#[derive(Debug)]
#[must_use = "a record counts as written when its commit says so"]
pub struct Commit(Option<Ticket>);

impl Commit {
    /// The record is where the sink promised.
    pub const fn done() -> Self {
        Self(None)
    }

    pub(super) const fn group(ticket: Ticket) -> Self {
        Self(Some(ticket))
    }

    /// Whether there is nothing to wait for.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.0.is_none()
    }

    /// Blocks until the record is safe.
    ///
    /// # Errors
    ///
    /// If it did not get there; the log then takes no more records until it is opened again.
    pub fn wait(self) -> Result<(), AuditError> {
        self.0.map_or(Ok(()), |ticket| ticket.wait())
    }
}

impl Future for Commit {
    type Output = Result<(), AuditError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &self.0 {
            Some(ticket) => ticket.poll(cx),
            None => Poll::Ready(Ok(())),
        }
    }
}
