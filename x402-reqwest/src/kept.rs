//! What is kept of a request that leaves without a payment, in case a challenge answers it.

use http::request::Parts;
use http::uri::InvalidUri;
use http::{Extensions, Uri};
use reqwest::{Body, Request, Url};
use x402_tower::outgoing::ScreenedRequest;
use x402_tower::pay::{MAX_REPLAY_BODY_BYTES, Payer, body_not_replayable};
use x402_tower::payment::ApprovalSignatures;
use x402_tower::{AgentId, Denial, DenialKind, Exchange};

/// A request that can be sent again, or else what is needed to say why it cannot.
#[derive(Debug)]
pub(crate) struct Kept {
    request: Request,
    whole: bool,
}

impl Kept {
    pub(crate) fn of(request: &Request) -> Self {
        let again = body_bytes(request).and_then(|_| request.try_clone());
        match again {
            Some(request) => Self {
                request,
                whole: true,
            },
            None => {
                let mut head = Request::new(request.method().clone(), request.url().clone());
                head.headers_mut().clone_from(request.headers());
                Self {
                    request: head,
                    whole: false,
                }
            }
        }
    }

    pub(crate) fn url(&self) -> &Url {
        self.request.url()
    }

    /// The exchange that the request began.
    pub(crate) fn exchange(
        &self,
        payer: &Payer,
        extensions: &Extensions,
    ) -> Result<Exchange, Denial> {
        let parts = parts(&self.request, extensions)?;
        let body = self.whole.then(|| body_bytes(&self.request)).flatten();
        payer.exchange(&parts, body)
    }

    /// The request, once more.
    pub(crate) fn into_request(self) -> Result<Request, Denial> {
        if self.whole {
            Ok(self.request)
        } else {
            Err(body_not_replayable())
        }
    }
}

/// The exchange that a request begins which carries a payment already: it is sent once, so its body may be of any length.
pub(crate) fn exchange(
    payer: &Payer,
    request: &Request,
    extensions: &Extensions,
) -> Result<Exchange, Denial> {
    let body = request.body().map_or(Some(&[][..]), Body::as_bytes);
    payer.exchange(&parts(request, extensions)?, body)
}

/// The whole body, where it is in memory and small enough to be sent again. No body is an empty one.
fn body_bytes(request: &Request) -> Option<&[u8]> {
    let bytes = request.body().map_or(Some(&[][..]), Body::as_bytes)?;
    let small = u64::try_from(bytes.len()).is_ok_and(|len| len <= MAX_REPLAY_BODY_BYTES);
    small.then_some(bytes)
}

pub(crate) fn parts(request: &Request, extensions: &Extensions) -> Result<Parts, Denial> {
    let uri: Uri = request
        .url()
        .as_str()
        .parse()
        .map_err(|error: InvalidUri| {
            Denial::new(
                DenialKind::PaymentError,
                "request.url",
                "the request's URL is not a URI (RFC 3986); encode it first",
            )
            .with_source(error)
        })?;
    let mut head = http::Request::new(());
    *head.method_mut() = request.method().clone();
    *head.uri_mut() = uri;
    head.headers_mut().clone_from(request.headers());
    if let Some(agent) = extensions.get::<AgentId>() {
        head.extensions_mut().insert(agent.clone());
    }
    if let Some(screened) = extensions.get::<ScreenedRequest>() {
        head.extensions_mut().insert(screened.clone());
    }
    if let Some(signatures) = extensions.get::<ApprovalSignatures>() {
        head.extensions_mut().insert(signatures.clone());
    }
    Ok(head.into_parts().0)
}
