//! Following redirects above the guard, where every hop is decided on anew.

use http::StatusCode;
use http::header::LOCATION;
use reqwest::{Method, Request, Response, Url};
use x402_tower::PaymentRecord;
use x402_tower::pay::Payer;

/// Most redirects that are followed for one request.
pub(crate) const MAX_REDIRECTS: usize = 10;

/// A copy to send to the next hop, of a request that may follow redirects: GET and HEAD without a payment.
pub(crate) fn followable(request: &Request) -> Option<Request> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    (safe && !Payer::carries_payment(request.headers()))
        .then(|| request.try_clone())
        .flatten()
}

/// The request for the next hop, where `response` redirects `request` within its origin and nothing was paid.
pub(crate) fn follow(mut request: Request, response: &Response) -> Option<Request> {
    if response.extensions().get::<PaymentRecord>().is_some() {
        return None;
    }
    let target = target(request.url(), response)?;
    *request.url_mut() = target;
    Some(request)
}

fn target(requested: &Url, response: &Response) -> Option<Url> {
    if !matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    ) {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let target = requested.join(location).ok()?;
    let same_origin = target.origin().is_tuple() && target.origin() == requested.origin();
    let bare = target.username().is_empty() && target.password().is_none();
    (same_origin && bare).then_some(target)
}
