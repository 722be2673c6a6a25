//! Response bodies that behave as badly as servers do.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

/// A response body: whole, dripping, endless, broken or silent.
#[derive(Debug)]
pub struct ScriptedBody(Kind);

#[derive(Debug)]
enum Kind {
    Whole(Option<Bytes>),
    Drip {
        rest: Bytes,
        every: Duration,
        next: Option<Pin<Box<Sleep>>>,
    },
    Endless(Bytes),
    Broken(Option<Bytes>),
    Silent,
}

impl ScriptedBody {
    /// All of `bytes` at once, with their length known.
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        Self(Kind::Whole(Some(bytes.into())))
    }

    /// One byte of `bytes` each time `every` has passed on tokio's clock (attack 25).
    pub fn drip(bytes: impl Into<Bytes>, every: Duration) -> Self {
        Self(Kind::Drip {
            rest: bytes.into(),
            every,
            next: None,
        })
    }

    /// `chunk` again and again, without end and without a length (attack 24).
    pub fn endless(chunk: impl Into<Bytes>) -> Self {
        Self(Kind::Endless(chunk.into()))
    }

    /// `start`, and then [`BodyBroken`].
    pub fn broken(start: impl Into<Bytes>) -> Self {
        Self(Kind::Broken(Some(start.into())))
    }

    /// Nothing, for ever.
    #[must_use]
    pub const fn silent() -> Self {
        Self(Kind::Silent)
    }
}

impl Default for ScriptedBody {
    fn default() -> Self {
        Self::whole(Bytes::new())
    }
}

impl From<Bytes> for ScriptedBody {
    fn from(bytes: Bytes) -> Self {
        Self::whole(bytes)
    }
}

/// The connection broke while the body was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the scripted body broke off, as its script says")]
#[non_exhaustive]
pub struct BodyBroken;

impl BodyBroken {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "body.broken"
    }
}

impl Body for ScriptedBody {
    type Data = Bytes;
    type Error = BodyBroken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyBroken>>> {
        let frame = |bytes: Bytes| Poll::Ready(Some(Ok(Frame::data(bytes))));
        match &mut self.0 {
            Kind::Whole(bytes) => match bytes.take().filter(|bytes| !bytes.is_empty()) {
                Some(bytes) => frame(bytes),
                None => Poll::Ready(None),
            },
            Kind::Drip { rest, every, next } => {
                if rest.is_empty() {
                    return Poll::Ready(None);
                }
                let timer = next.get_or_insert_with(|| Box::pin(tokio::time::sleep(*every)));
                if timer.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                *next = None;
                frame(rest.split_to(1))
            }
            Kind::Endless(chunk) => frame(chunk.clone()),
            Kind::Broken(start) => match start.take() {
                Some(bytes) => frame(bytes),
                None => Poll::Ready(Some(Err(BodyBroken))),
            },
            Kind::Silent => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.0, Kind::Whole(bytes) if bytes.as_ref().is_none_or(Bytes::is_empty))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(bytes) => {
                let len = bytes.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(len).unwrap_or(u64::MAX))
            }
            _ => SizeHint::default(),
        }
    }
}
