//! A body, read whole: under a cap and a deadline.

use core::pin::pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;

/// A body in memory.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) bytes: Bytes,
    /// Whether fields came after it, which are not kept.
    pub(crate) trailers: bool,
}

/// Why a body is not in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotWhole {
    TooLarge,
    Interrupted,
    TooSlow,
}

/// Reads a body of at most `max` bytes within `deadline`. One that says that it is longer is not read at all.
pub(crate) async fn read_whole<B: Body<Data = Bytes>>(
    body: B,
    max: usize,
    deadline: Duration,
) -> Result<Whole, NotWhole> {
    if body.size_hint().lower() > u64::try_from(max).unwrap_or(u64::MAX) {
        return Err(NotWhole::TooLarge);
    }
    tokio::time::timeout(deadline, collect(body, max))
        .await
        .unwrap_or(Err(NotWhole::TooSlow))
}

async fn collect<B: Body<Data = Bytes>>(body: B, max: usize) -> Result<Whole, NotWhole> {
    let mut body = pin!(body);
    let mut whole = BytesMut::new();
    let mut trailers = false;
    let mut used = 0usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| NotWhole::Interrupted)?;
        trailers |= frame.is_trailers();
        let data = frame.into_data().unwrap_or_default();
        // An empty frame counts as well: a body of nothing else would never end, and never let the deadline pass.
        used = used.saturating_add(data.len().max(1));
        if used > max {
            return Err(NotWhole::TooLarge);
        }
        if whole.is_empty() && body.is_end_stream() {
            return Ok(Whole {
                bytes: data,
                trailers,
            });
        }
        whole.extend_from_slice(&data);
    }
    Ok(Whole {
        bytes: whole.freeze(),
        trailers,
    })
}
