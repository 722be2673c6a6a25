//! The request itself, screened before its first byte leaves.

use bytes::Bytes;
use http::Extensions;
use http::request::Parts;
use reqwest::{Body, Request, Url};
use x402_tower::outgoing::{MAX_BODY_BYTES, OutgoingBody, ScreenedRequest};
use x402_tower::pay::Payer;
use x402_tower::{Denial, DenialKind};

use crate::kept::parts;

/// Redacts a request, or keeps it from leaving, as the controls say; one that no control wants to see stays untouched.
///
/// A retry outside comes back with the original request and is redacted in the same way.
pub(crate) async fn screen(
    payer: &Payer,
    request: &mut Request,
    extensions: &mut Extensions,
) -> Result<(), Denial> {
    if !payer.request_need().is_any() {
        return Ok(());
    }
    let before = parts(request, extensions)?;
    let mut head = before.clone();
    let mut whole = body(request);
    let before_body = whole.as_ref().ok().cloned();
    let outgoing = match &mut whole {
        Ok(bytes) if bytes.is_empty() => OutgoingBody::Empty,
        Ok(bytes) => OutgoingBody::Whole(bytes),
        Err(Unread) => OutgoingBody::Unread,
    };
    payer.screen_request(&mut head, outgoing).await?;
    apply(request, &before, &head)?;
    if let Ok(bytes) = whole
        && before_body.as_ref() != Some(&bytes)
    {
        *request.body_mut() = Some(Body::from(bytes));
    }
    if let Some(screened) = head.extensions.remove::<ScreenedRequest>() {
        extensions.insert(screened);
    }
    Ok(())
}

fn apply(request: &mut Request, before: &Parts, after: &Parts) -> Result<(), Denial> {
    if before.uri != after.uri {
        *request.url_mut() = Url::parse(&after.uri.to_string()).map_err(|error| {
            Denial::new(
                DenialKind::PiiBlocked,
                "pii.request_unchangeable",
                "the URL of the request holds personal data and cannot be rewritten safely; take it out",
            )
            .with_source(error)
        })?;
    }
    if before.headers != after.headers {
        request.headers_mut().clone_from(&after.headers);
    }
    Ok(())
}

/// A stream, or too long to be held.
struct Unread;

fn body(request: &Request) -> Result<Bytes, Unread> {
    let Some(body) = request.body() else {
        return Ok(Bytes::new());
    };
    body.as_bytes()
        .filter(|bytes| bytes.len() <= MAX_BODY_BYTES)
        .map(Bytes::copy_from_slice)
        .ok_or(Unread)
}
