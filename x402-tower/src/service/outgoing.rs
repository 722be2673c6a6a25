//! A request of ours, screened before its first byte leaves.

use core::mem;

use bytes::Bytes;
use http::Request;
use http_body::Body;

use super::{Shared, read_whole};
use crate::denial::{Denial, DenialKind};
use crate::outgoing::{
    MAX_BODY_BYTES, OutgoingBody, OutgoingRequest, RequestNeed, ScreenedRequest, is_screened,
};

impl Shared {
    /// Whether the controls want to see any request before it leaves.
    pub(crate) fn watches(&self) -> bool {
        self.context.position.spends() && self.chain.request_need().is_any()
    }

    /// What of a request the controls want to see before it leaves: nothing of one that was screened further out, or that
    /// is somebody else's.
    pub(crate) fn request_need<B>(&self, request: &Request<B>) -> RequestNeed {
        if !self.context.position.spends() {
            return RequestNeed::NOTHING;
        }
        let need = self.chain.request_need();
        if need.is_any() && is_screened(request) {
            return RequestNeed::NOTHING;
        }
        need
    }

    /// Screens a request whose body cannot be looked at here.
    pub(crate) fn screen_request<B: Body>(&self, request: &mut Request<B>) -> Result<(), Denial> {
        if !self.request_need(request).is_any() {
            return Ok(());
        }
        let body = if request.body().is_end_stream() {
            OutgoingBody::Empty
        } else {
            OutgoingBody::Unread
        };
        self.screen_request_with(request, body)
    }

    /// Screens a request with its body, and marks it as screened.
    pub(crate) fn screen_request_with<B>(
        &self,
        request: &mut Request<B>,
        body: OutgoingBody<'_>,
    ) -> Result<(), Denial> {
        let mut uri = mem::take(request.uri_mut());
        let mut headers = mem::take(request.headers_mut());
        let mut outgoing = OutgoingRequest::new(&mut uri, &mut headers, body);
        let verdict = self.chain.screen_request(&mut outgoing);
        let screened = ScreenedRequest::new(outgoing.into_findings());
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        verdict?;
        request.extensions_mut().insert(screened);
        Ok(())
    }
}

/// Screens a request together with its body: a body of a known length that fits is read, another cannot be looked at.
pub(crate) async fn with_screened_body<B>(
    shared: &Shared,
    mut request: Request<B>,
) -> Result<Request<B>, Denial>
where
    B: Body<Data = Bytes> + From<Bytes>,
{
    if !is_small(request.body()) {
        shared.screen_request(&mut request)?;
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let whole = read_whole(body, MAX_BODY_BYTES, shared.context.paid_body_deadline).await;
    let whole = whole.map_err(|_| body_interrupted())?;
    if whole.trailers {
        return Err(trailers());
    }
    let mut body = whole.bytes;
    let mut request = Request::from_parts(parts, ());
    shared.screen_request_with(&mut request, OutgoingBody::Whole(&mut body))?;
    Ok(request.map(|()| B::from(body)))
}

/// Whether a body says that it can be held in memory.
pub(crate) fn is_small<B: Body>(body: &B) -> bool {
    let most = u64::try_from(MAX_BODY_BYTES).unwrap_or(u64::MAX);
    body.size_hint().exact().is_some_and(|len| len <= most)
}

fn trailers() -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        "request.trailers",
        "the request has trailer fields after its body, which are not screened; send them as headers",
    )
}

fn body_interrupted() -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        "request.body_interrupted",
        "the request's body broke off before it was sent",
    )
}
