//! Bodies that may not stand still.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use axum::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};

/// Nothing came in time.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the body stood still for too long")]
pub(crate) struct Idle;

pin_project! {
    /// A body that breaks off where it has no next frame in time: one that trickles for ever holds a connection, and a
    /// payment's outcome, for as long.
    pub(crate) struct IdleBody<B> {
        #[pin]
        inner: B,
        // Made when there is something to wait for: most bodies are there at once.
        waiting: Option<Pin<Box<Sleep>>>,
        patience: Duration,
    }
}

impl<B> IdleBody<B> {
    pub(crate) fn new(inner: B, patience: Duration) -> Self {
        Self {
            inner,
            waiting: None,
            patience,
        }
    }
}

impl<B> Body for IdleBody<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        if let Poll::Ready(frame) = this.inner.poll_frame(cx) {
            *this.waiting = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let patience = *this.patience;
        let waiting = this
            .waiting
            .get_or_insert_with(|| Box::pin(sleep(patience)));
        match waiting.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Some(Err(Idle.into()))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use core::future::pending;

    use axum::body::Body as AnyBody;
    use http_body_util::{BodyExt as _, Full, StreamBody};
    use tokio::time::advance;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(5);

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stands_still_breaks_off() {
        let frames = futures_util::stream::once(pending::<Result<Frame<Bytes>, BoxError>>());
        let mut body = Box::pin(IdleBody::new(StreamBody::new(frames), PATIENCE));
        let error = body.frame().await.unwrap().unwrap_err();
        assert!(error.is::<Idle>());
    }

    #[tokio::test(start_paused = true)]
    async fn every_frame_gives_it_time_anew() {
        let frames = futures_util::stream::unfold(0_u8, |sent| async move {
            tokio::time::sleep(PATIENCE * 9 / 10).await;
            let frame = Frame::data(Bytes::from_static(b"."));
            (sent < 5).then_some((Ok::<_, BoxError>(frame), sent + 1))
        });
        let body = IdleBody::new(StreamBody::new(Box::pin(frames)), PATIENCE);
        let whole = AnyBody::new(body).collect().await.unwrap().to_bytes();
        assert_eq!(&*whole, b".....");
        advance(PATIENCE).await;
    }

    #[test]
    fn its_length_stays_known() {
        let body = IdleBody::new(Full::new(Bytes::from_static(b"four")), PATIENCE);
        assert_eq!(body.size_hint().exact(), Some(4));
        assert!(IdleBody::new(Full::new(Bytes::new()), PATIENCE).is_end_stream());
    }
}
