//! The x402 headers: names, the one-value rule, strict base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::{MAX_HEADER_BYTES, WireError};

/// The v2 challenge on a 402 response (x402 v2 HTTP transport).
pub const PAYMENT_REQUIRED: HeaderName = HeaderName::from_static("payment-required");
/// The v2 payment on a request.
pub const PAYMENT_SIGNATURE: HeaderName = HeaderName::from_static("payment-signature");
/// The v2 receipt on a response. x402-axum 2.0.2 uses it for v1 as well.
pub const PAYMENT_RESPONSE: HeaderName = HeaderName::from_static("payment-response");
/// The v1 payment on a request.
pub const X_PAYMENT: HeaderName = HeaderName::from_static("x-payment");
/// Both payment headers as CGI, WSGI and some proxies would misread them: the same variable as the real ones there
/// (attack 127).
pub(crate) const UNDERSCORE_TWINS: [HeaderName; 2] = [
    HeaderName::from_static("payment_signature"),
    HeaderName::from_static("x_payment"),
];
/// The v1 receipt on a response.
pub const X_PAYMENT_RESPONSE: HeaderName = HeaderName::from_static("x-payment-response");

/// The one value of an x402 header, or `None` if the header is absent.
///
/// # Errors
///
/// [`WireError::DuplicateHeader`] if there are several values or one comma-joined value (attack 28).
pub fn single<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'a HeaderValue>, WireError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    // Every byte, without leaving early, so that the compiler can look at many at a time.
    let bytes = value.as_bytes().iter();
    let has_comma = bytes.fold(false, |any, byte| any | (*byte == b','));
    if values.next().is_some() || has_comma {
        return Err(WireError::DuplicateHeader {
            header: known(name),
        });
    }
    Ok(Some(value))
}

/// Decodes a header value of at most `limit` bytes.
///
/// Only the canonical form is read: standard alphabet, padding, no whitespace, zero trailing bits (RFC 4648
/// sections 3.2, 3.5 and 4). Anything else could decode differently elsewhere (attack 27).
///
/// # Errors
///
/// [`WireError::TooLarge`] above `limit`, [`WireError::Base64`] for any other spelling.
pub fn decode(value: &HeaderValue, limit: usize) -> Result<Bytes, WireError> {
    if value.len() > limit {
        return Err(WireError::TooLarge { limit });
    }
    STANDARD
        .decode(value.as_bytes())
        .map(Bytes::from)
        .map_err(|_| WireError::Base64)
}

/// Encodes a message as a header value marked sensitive, so that `Debug` does not show it.
///
/// # Errors
///
/// [`WireError::TooLarge`] if the value would be longer than [`MAX_HEADER_BYTES`].
pub fn encode(message: &[u8]) -> Result<HeaderValue, WireError> {
    let limit = MAX_HEADER_BYTES;
    let text = STANDARD.encode(message);
    if text.len() > limit {
        return Err(WireError::TooLarge { limit });
    }
    let mut value = HeaderValue::try_from(text).map_err(|_| WireError::Base64)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The same value, marked so that `Debug` does not show it.
pub(super) fn sensitive(value: &HeaderValue) -> HeaderValue {
    let mut value = value.clone();
    value.set_sensitive(true);
    value
}

/// The conventional spelling of a header for messages.
pub(super) fn known(name: &HeaderName) -> &'static str {
    [
        (PAYMENT_REQUIRED, "PAYMENT-REQUIRED"),
        (PAYMENT_SIGNATURE, "PAYMENT-SIGNATURE"),
        (PAYMENT_RESPONSE, "PAYMENT-RESPONSE"),
        (X_PAYMENT, "X-PAYMENT"),
        (X_PAYMENT_RESPONSE, "X-PAYMENT-RESPONSE"),
    ]
    .into_iter()
    .find(|(header, _)| header == name)
    .map_or("x402", |(_, spelling)| spelling)
}
