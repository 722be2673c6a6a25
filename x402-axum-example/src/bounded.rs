//! Reading a response's body under a cap.

use bytes::{Bytes, BytesMut};

/// Largest body that is read; everything that travels here takes a few KiB.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Why a body was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the body of the response is larger than 64 KiB")]
    TooLarge,
    #[error("the body of the response broke off: {0}")]
    Interrupted(#[source] reqwest::Error),
}

/// The whole body.
pub(crate) async fn read(mut response: reqwest::Response) -> Result<Bytes, BodyError> {
    let mut whole = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Interrupted)? {
        if whole.len().saturating_add(chunk.len()) > MAX_BODY_BYTES {
            return Err(BodyError::TooLarge);
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}
