//! The body beside a v2 challenge.

use bytes::Bytes;
use http::HeaderMap;
use http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, ETAG, HeaderName, HeaderValue, TRANSFER_ENCODING,
};

use super::leaving::{narrow, v1_challenge};
use super::screen_message;
use crate::chain::Chain;
use crate::context::Context;
use crate::denial::Denial;
use crate::payment::{Exchange, PaymentText};
use crate::screening::{Purpose, TextPlace};
use crate::wire::{JsonText, MAX_BODY_BYTES, TextField};

/// Digests of a body (RFC 9530), wrong once it has changed.
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// The headers of a body of this length that was rewritten.
pub(super) fn changed(headers: &mut HeaderMap, len: usize) {
    for stale in [ETAG, TRANSFER_ENCODING, CONTENT_DIGEST, REPR_DIGEST] {
        headers.remove(stale);
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(len));
}

/// The body beside a v2 challenge: another challenge, other JSON, or a page for people. What is compressed stays.
pub(super) fn beside(
    purpose: Purpose,
    chain: &Chain,
    context: &Context,
    exchange: &Exchange,
    headers: &mut HeaderMap,
    body: Bytes,
) -> Result<Bytes, Denial> {
    if body.is_empty() || is_encoded(headers) {
        return Ok(body);
    }
    let new = if let Some(challenge) = v1_challenge(&body)? {
        narrow(purpose, chain, context, exchange, challenge)?.to_bytes()
    } else if let Ok(mut json) = JsonText::parse(body.clone(), MAX_BODY_BYTES) {
        screen_message(&mut json, |texts| {
            chain.screen_texts(TextPlace::ChallengeBody, texts)
        })?;
        json.to_bytes()
    } else if let Ok(page) = std::str::from_utf8(&body) {
        let mut texts = PaymentText::all(vec![TextField::whole(page)]);
        chain.screen_texts(TextPlace::ChallengeBody, &mut texts)?;
        let new = texts.first().and_then(PaymentText::replacement);
        new.map_or_else(|| body.clone(), |new| Bytes::from(new.to_owned()))
    } else {
        body.clone()
    };
    if new != body {
        changed(headers, new.len());
    }
    Ok(new)
}

/// Whether a body is compressed.
pub(super) fn is_encoded(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}
