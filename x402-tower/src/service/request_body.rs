//! The body of a request that carries a payment: read before anything is decided, because a payment is bound to it.

use bytes::Bytes;
use http::StatusCode;
use http_body::Body;
use sha2::{Digest, Sha256};

use super::whole::{NotWhole, Whole, read_whole};
use crate::context::Context;
use crate::denial::{Denial, DenialKind};

/// SHA-256 of nothing.
pub(crate) const EMPTY_DIGEST: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// A body and its SHA-256. An empty body is handed on as it is.
pub(crate) async fn digested<B>(context: &Context, body: B) -> Result<(B, [u8; 32]), Denial>
where
    B: Body<Data = Bytes> + From<Bytes>,
{
    if body.is_end_stream() {
        return Ok((body, EMPTY_DIGEST));
    }
    let bytes = read_paid_body(context, body).await?;
    let digest = Sha256::digest(&bytes).into();
    Ok((B::from(bytes), digest))
}

/// Reads the body of a request that carries a payment, under the context's cap and deadline.
pub(crate) async fn read_paid_body<B>(context: &Context, body: B) -> Result<Bytes, Denial>
where
    B: Body<Data = Bytes>,
{
    let refused = |status, code, detail: &str| {
        Err(Denial::new(DenialKind::PaymentError, code, detail.to_owned()).with_status(status))
    };
    match read_whole(body, context.paid_body_limit, context.paid_body_deadline).await {
        Ok(Whole {
            bytes,
            trailers: false,
        }) => Ok(bytes),
        Ok(_) => refused(
            StatusCode::BAD_REQUEST,
            "request.trailers",
            "a request with a payment may have no trailer fields after its body: they could not be bound to the payment; send them as headers",
        ),
        Err(NotWhole::TooLarge) => refused(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request.body_too_large",
            "the body of this request is longer than one that comes with a payment may be; upload it without a payment first, or have the limit of paid bodies raised",
        ),
        Err(NotWhole::TooSlow) => refused(
            StatusCode::REQUEST_TIMEOUT,
            "request.body_deadline",
            "the body of the request did not arrive in time; send it again",
        ),
        Err(NotWhole::Interrupted) => refused(
            StatusCode::BAD_REQUEST,
            "request.body_interrupted",
            "the body of the request broke off; send it again",
        ),
    }
}
