//! Connections whose other side takes nothing.

use core::future::Future as _;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::io::{self, IoSlice};

use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

pin_project! {
    /// A connection that breaks off where nothing of what is written gets away in time: a peer that does not read would
    /// hold it, and a place among those that are served, for as long as it likes.
    pub(crate) struct Stalled<T> {
        #[pin]
        inner: T,
        // Made when there is something to wait for: most of what is written is taken at once.
        waiting: Option<Pin<Box<Sleep>>>,
        patience: Duration,
    }
}

impl<T> Stalled<T> {
    pub(crate) fn new(inner: T, patience: Duration) -> Self {
        Self {
            inner,
            waiting: None,
            patience,
        }
    }
}

/// What a write came to, or that it was waited for too long.
fn in_time<R>(
    written: Poll<io::Result<R>>,
    waiting: &mut Option<Pin<Box<Sleep>>>,
    patience: Duration,
    cx: &mut Context<'_>,
) -> Poll<io::Result<R>> {
    if written.is_ready() {
        *waiting = None;
        return written;
    }
    let waiting = waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
    waiting
        .as_mut()
        .poll(cx)
        .map(|()| Err(io::ErrorKind::TimedOut.into()))
}

impl<T: AsyncWrite> AsyncWrite for Stalled<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.project();
        let written = this.inner.poll_write(cx, bytes);
        in_time(written, this.waiting, *this.patience, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.project();
        let written = this.inner.poll_write_vectored(cx, slices);
        in_time(written, this.waiting, *this.patience, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // It says nothing of what is still to be written, so it gives no time anew.
        self.project().inner.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        let closed = this.inner.poll_shutdown(cx);
        in_time(closed, this.waiting, *this.patience, cx)
    }
}

impl<T: AsyncRead> AsyncRead for Stalled<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.project().inner.poll_read(cx, into)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(5);

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_nothing_is_given_up() {
        let (ours, _theirs) = duplex(4);
        let mut ours = Stalled::new(ours, PATIENCE);
        let error = ours.write_all(b"more than fits").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_is_slow_is_not() {
        let (ours, mut theirs) = duplex(4);
        let mut ours = Stalled::new(ours, PATIENCE);
        let reads = tokio::spawn(async move {
            let mut read = Vec::new();
            let mut byte = [0; 1];
            while theirs.read(&mut byte).await.unwrap() > 0 {
                read.extend_from_slice(&byte);
                sleep(PATIENCE * 9 / 10).await;
            }
            read
        });
        ours.write_all(b"more than fits").await.unwrap();
        drop(ours);
        assert_eq!(reads.await.unwrap(), b"more than fits");
    }
}
