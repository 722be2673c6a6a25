//! What is kept of a request, so that it can be sent again with a payment.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Extensions, HeaderMap, Method, Request, Uri, Version};
use sha2::{Digest, Sha256};

use crate::context::Context;
use crate::denial::{Denial, DenialKind};
use crate::payment::{Exchange, Position};
use crate::service::EMPTY_DIGEST;

/// Largest request body that is kept to be sent again, in bytes.
pub const MAX_REPLAY_BODY_BYTES: u64 = crate::outgoing::MAX_BODY_BYTES as u64;

#[derive(Debug, Clone)]
pub(crate) struct Kept {
    method: Method,
    uri: Uri,
    version: Version,
    headers: HeaderMap,
    extensions: Extensions,
    body: Replay,
}

/// Whether, and with what, a body can be sent again.
#[derive(Debug, Clone)]
pub(crate) enum Replay {
    Empty,
    Whole(Bytes),
    Never,
}

impl Kept {
    // Made where it will stay: otherwise it is copied twice more, in the future of every request.
    #[inline(always)]
    pub(crate) fn of<B>(request: &Request<B>, body: Replay) -> Self {
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            version: request.version(),
            headers: copied(request.headers()),
            extensions: request.extensions().clone(),
            body,
        }
    }

    /// The request, once more.
    pub(crate) fn request<B: From<Bytes>>(&self) -> Result<Request<B>, Denial> {
        let (body, len) = match &self.body {
            Replay::Empty => (Bytes::new(), None),
            Replay::Whole(bytes) => (bytes.clone(), Some(bytes.len())),
            Replay::Never => return Err(body_not_replayable()),
        };
        let mut request = self.head().map(|()| B::from(body));
        *request.version_mut() = self.version;
        if let Some(len) = len
            && !request.headers().contains_key(CONTENT_LENGTH)
            // RFC 9112 section 6.2: never both.
            && !request.headers().contains_key(TRANSFER_ENCODING)
        {
            request.headers_mut().insert(CONTENT_LENGTH, len.into());
        }
        Ok(request)
    }

    /// The exchange that the request began.
    pub(crate) fn exchange(&self, context: &Context) -> Result<Exchange, Denial> {
        let (parts, ()) = self.head().into_parts();
        let exchange = context.exchange(Position::Buyer, &parts)?;
        Ok(match &self.body {
            Replay::Empty => exchange.with_body_digest(EMPTY_DIGEST),
            Replay::Whole(bytes) => exchange.with_body_digest(Sha256::digest(bytes).into()),
            Replay::Never => exchange,
        })
    }

    /// Refuses to pay for a request whose body cannot be sent again.
    pub(crate) fn check_replayable(&self) -> Result<(), Denial> {
        match self.body {
            Replay::Never => Err(body_not_replayable()),
            Replay::Empty | Replay::Whole(_) => Ok(()),
        }
    }

    fn head(&self) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        *request.extensions_mut() = self.extensions.clone();
        request
    }
}

/// A copy of headers. One of none is made anew, which takes less than copying the empty tables.
fn copied(headers: &HeaderMap) -> HeaderMap {
    if headers.is_empty() {
        HeaderMap::new()
    } else {
        headers.clone()
    }
}

/// The denial of a challenge to a request that cannot be sent twice (attack 41).
#[must_use]
pub fn body_not_replayable() -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        "request.body_not_replayable",
        "the request's body cannot be sent again with a payment; give it a known length of at most 1 MiB",
    )
}
