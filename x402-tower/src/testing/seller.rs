//! A server that follows a script.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use http::{Extensions, HeaderMap, Method, Request, Response, Uri};
use http_body::Body;
use http_body_util::BodyExt;
use parking_lot::Mutex;
use tower_service::Service;

use super::response::{rejection_for, settlement_for};
use super::{ScriptedBody, ScriptedChallenge};
use crate::wire::header::{PAYMENT_SIGNATURE, X_PAYMENT};

/// A service that answers from a script, one entry for each request, and records what it was sent.
///
/// Clones share script and record. It takes any request body; what it answers has a [`ScriptedBody`].
#[derive(Debug, Clone, Default)]
pub struct ScriptedSeller(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    script: VecDeque<Scripted>,
    seen: Vec<SeenRequest>,
}

#[derive(Debug)]
enum Scripted {
    Respond(Response<ScriptedBody>),
    Settle,
    Reject(String),
    Fail,
    Hang,
}

/// A request as the seller got it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SeenRequest {
    /// The method.
    pub method: Method,
    /// The URI.
    pub uri: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// The extensions.
    pub extensions: Extensions,
    /// The body, once it has been read to its end.
    pub body: Option<Bytes>,
}

impl SeenRequest {
    /// Whether it carried a payment of either version.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        self.headers.contains_key(PAYMENT_SIGNATURE) || self.headers.contains_key(X_PAYMENT)
    }
}

/// Why a scripted seller answered nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SellerError {
    /// The script says so.
    #[error("the connection broke, as the script says")]
    Scripted,
    /// There were more requests than the script has answers; the test has to say what comes next.
    #[error("the script has no answer left for this request")]
    Exhausted,
    /// The request's body broke off.
    #[error("the request's body could not be read")]
    Body,
}

impl SellerError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Scripted => "seller.scripted",
            Self::Exhausted => "seller.exhausted",
            Self::Body => "seller.body",
        }
    }
}

impl ScriptedSeller {
    /// A seller with an empty script.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Next, answers with `response`.
    #[must_use]
    pub fn respond(self, response: Response<ScriptedBody>) -> Self {
        self.then(Scripted::Respond(response))
    }

    /// Next, answers 402 with `challenge`.
    #[must_use]
    pub fn challenge(self, challenge: &ScriptedChallenge) -> Self {
        self.respond(challenge.to_response())
    }

    /// Next, settles the payment that comes and answers 200 with its receipt.
    #[must_use]
    pub fn settle(self) -> Self {
        self.then(Scripted::Settle)
    }

    /// Next, refuses the payment that comes: 402 with a receipt that says `reason`.
    #[must_use]
    pub fn reject(self, reason: &str) -> Self {
        self.then(Scripted::Reject(reason.into()))
    }

    /// Next, fails with [`SellerError::Scripted`].
    #[must_use]
    pub fn fail(self) -> Self {
        self.then(Scripted::Fail)
    }

    /// Next, never answers.
    #[must_use]
    pub fn hang(self) -> Self {
        self.then(Scripted::Hang)
    }

    /// What it was sent so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.0.lock().seen.clone()
    }

    /// How many of the requests carried a payment.
    #[must_use]
    pub fn paid_requests(&self) -> usize {
        let state = self.0.lock();
        state.seen.iter().filter(|seen| seen.is_paid()).count()
    }

    fn then(self, next: Scripted) -> Self {
        self.0.lock().script.push_back(next);
        self
    }
}

impl<B> Service<Request<B>> for ScriptedSeller
where
    B: Body + Send + 'static,
    B::Data: Send,
{
    type Response = Response<ScriptedBody>;
    type Error = SellerError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<ScriptedBody>, SellerError>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), SellerError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let (next, number) = {
            let mut state = self.0.lock();
            state.seen.push(SeenRequest {
                method: parts.method,
                uri: parts.uri,
                headers: parts.headers.clone(),
                extensions: parts.extensions,
                body: None,
            });
            (state.script.pop_front(), state.seen.len())
        };
        let state = Arc::clone(&self.0);
        Box::pin(async move {
            let whole = body.collect().await.map_err(|_| SellerError::Body)?;
            if let Some(seen) = state.lock().seen.get_mut(number.saturating_sub(1)) {
                seen.body = Some(whole.to_bytes());
            }
            match next.ok_or(SellerError::Exhausted)? {
                Scripted::Respond(response) => Ok(response),
                Scripted::Settle => Ok(settlement_for(&parts.headers)),
                Scripted::Reject(reason) => Ok(rejection_for(&parts.headers, &reason)),
                Scripted::Fail => Err(SellerError::Scripted),
                Scripted::Hang => core::future::pending().await,
            }
        })
    }
}
