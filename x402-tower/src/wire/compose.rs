//! Writing the payment that a buyer sends.

use bytes::{BufMut, Bytes, BytesMut};

use super::json::quote;

/// The JSON of a v2 `PaymentPayload`.
///
/// `requirement` becomes `accepted` byte for byte, because servers compare it with what they offered; `resource` and
/// `extensions` are the challenge's own JSON texts or redacted ones; `payload` is the scheme's signed object. All of
/// them are JSON texts; [`PaymentPayload::parse`](super::PaymentPayload::parse) checks the whole.
#[must_use]
pub fn compose_v2(
    requirement: impl AsRef<[u8]>,
    resource: Option<&str>,
    extensions: Option<&str>,
    payload: &str,
) -> Bytes {
    let mut json = BytesMut::new();
    json.put_slice(br#"{"x402Version":2,"payload":"#);
    json.put_slice(payload.as_bytes());
    for (key, text) in [("extensions", extensions), ("resource", resource)] {
        if let Some(text) = text {
            json.put_slice(format!(r#","{key}":{text}"#).as_bytes());
        }
    }
    json.put_slice(br#","accepted":"#);
    json.put_slice(requirement.as_ref());
    json.put_u8(b'}');
    json.freeze()
}

/// The JSON of a v1 `PaymentPayload`. `network` is the name that the challenge used; `payload` is the scheme's
/// signed object as JSON text.
#[must_use]
pub fn compose_v1(scheme: &str, network: &str, payload: &str) -> Bytes {
    let (scheme, network) = (quote(scheme), quote(network));
    let json =
        format!(r#"{{"x402Version":1,"scheme":{scheme},"network":{network},"payload":{payload}}}"#);
    Bytes::from(json)
}
