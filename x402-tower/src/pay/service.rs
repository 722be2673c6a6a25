//! The service that pays: sends a request, answers its 402, sends it again.

use core::task::{Context as TaskContext, Poll};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use super::answer::Answer;
use super::kept::{Kept, MAX_REPLAY_BODY_BYTES, Replay, body_not_replayable};
use super::mode::Mode;
use super::payer::Payer;
use crate::context::Context;
use crate::denial::{Denial, DenialKind};
use crate::service::{
    GuardBody, Live, NotWhole, OnChallenge, ResponseFuture, Screen, Whole, carries_payment, denied,
    forward, is_small, read_whole, with_screened_body,
};

/// A service around `S` that answers challenges with payments.
///
/// The request's body must be able to be made of [`Bytes`], so that it can be sent twice. A body of unknown length, or
/// over one mebibyte, is sent once and unpaid: a challenge to it is denied before anything is signed (attack 41).
#[derive(Debug, Clone)]
pub struct PayService<S> {
    inner: S,
    mode: Arc<Mode>,
}

impl<S> PayService<S> {
    pub(crate) fn new(inner: S, mode: Arc<Mode>) -> Self {
        Self { inner, mode }
    }

    /// Puts a payer around `inner`.
    pub fn with_payer(inner: S, payer: Payer) -> Self {
        Self::new(inner, Arc::new(Mode::Whole { payer }))
    }

    /// The inner service.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service, to change. Calling it goes around the controls.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service, without payments.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, B, R> Service<Request<B>> for PayService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: Body<Data = Bytes> + From<Bytes> + Send + 'static,
    B::Error: Send,
    R: Body<Data = Bytes> + Send + 'static,
    R::Error: Send,
{
    type Response = Response<GuardBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, Answer<S, B>, R, S::Error>;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let has_body = !request.body().is_end_stream();
        if has_body || self.mode.watches() || carries_payment(request.headers()) {
            return self.look_at(request);
        }
        let kept = Kept::of(&request, Replay::Empty);
        let mode = Arc::clone(&self.mode);
        let mut ready = self.take_ready();
        let first = ready.call(request);
        ResponseFuture::passing(first, Answer::new(ready, kept, mode))
    }
}

impl<S> PayService<S> {
    /// The readied service; its clone stays: https://docs.rs/tower-service/latest/tower_service/trait.Service.html#be-careful-when-cloning-inner-services
    fn take_ready(&mut self) -> S
    where
        S: Clone,
    {
        let clone = self.inner.clone();
        core::mem::replace(&mut self.inner, clone)
    }

    /// Does what a request asks for that its controls may want to see, that has a body, or that a payment was put on.
    /// Apart, so that a request that passes does not pay for the room that this needs.
    #[inline(never)]
    fn look_at<B, R>(
        &mut self,
        mut request: Request<B>,
    ) -> ResponseFuture<S::Future, Answer<S, B>, R, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Send,
        B: Body<Data = Bytes> + From<Bytes> + Send + 'static,
        B::Error: Send,
        R: Body<Data = Bytes> + Send + 'static,
        R::Error: Send,
    {
        let watching = self.mode.watching(&request);
        let has_body = !request.body().is_end_stream();
        let unread = watching
            .as_ref()
            .is_some_and(|shared| has_body && shared.request_need(&request).body);
        let screened = match &watching {
            Some(shared) if !unread => shared.screen_request(&mut request),
            _ => Ok(()),
        };
        let mode = Arc::clone(&self.mode);
        let mut ready = self.take_ready();
        if let Some(shared) = watching.filter(|_| unread || screened.is_err()) {
            let screen = Screen::new(Live::Fixed(Arc::clone(&shared)), &request);
            return ResponseFuture::boxed(Box::pin(async move {
                let screened = match screened {
                    Ok(()) => with_screened_body(&shared, request).await,
                    Err(denial) => Err(denial),
                };
                match screened {
                    // It is marked as screened now.
                    Ok(request) => Self::new(ready, mode).call(request).await,
                    Err(denial) => Ok(denied(&screen.refuse(denial).await)),
                }
            }));
        }
        if carries_payment(request.headers()) {
            return ResponseFuture::boxed(match &*mode {
                Mode::Whole { payer } => Box::pin(forward(payer.now(), ready, request)),
                Mode::Opening { .. } => {
                    Box::pin(
                        async move { ready.call(request).await.map(|r| r.map(GuardBody::inner)) },
                    )
                }
            });
        }
        if !has_body {
            let kept = Kept::of(&request, Replay::Empty);
            let first = ready.call(request);
            return ResponseFuture::passing(first, Answer::new(ready, kept, mode));
        }
        ResponseFuture::boxed(Box::pin(with_body(ready, request, mode)))
    }
}

/// Sends a request whose body has to be kept.
async fn with_body<S, B, R>(
    mut inner: S,
    request: Request<B>,
    mode: Arc<Mode>,
) -> Result<Response<GuardBody<R>>, S::Error>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: Body<Data = Bytes> + From<Bytes> + Send + 'static,
    B::Error: Send,
    R: Body<Data = Bytes> + Send + 'static,
    R::Error: Send,
{
    let (parts, body) = request.into_parts();
    let (replay, body) = if is_small(&body) {
        match kept_body(&mode.context(), body).await {
            Ok(bytes) => (Replay::Whole(bytes.clone()), B::from(bytes)),
            Err(denial) => return Ok(denied(&denial)),
        }
    } else {
        (Replay::Never, body)
    };
    let request = Request::from_parts(parts, body);
    let kept = Kept::of(&request, replay);
    let response = inner.call(request).await?;
    if response.status() != StatusCode::PAYMENT_REQUIRED {
        return Ok(response.map(GuardBody::inner));
    }
    Answer::<S, B>::new(inner, kept, mode)
        .on_challenge(response)
        .await
}

/// Reads a body whose length is known, to send it and to send it again.
async fn kept_body<B: Body<Data = Bytes>>(context: &Context, body: B) -> Result<Bytes, Denial> {
    let max = usize::try_from(MAX_REPLAY_BODY_BYTES).unwrap_or(usize::MAX);
    let refused = |code, detail| Err(Denial::new(DenialKind::PaymentError, code, detail));
    match read_whole(body, max, context.paid_body_deadline).await {
        Ok(Whole {
            bytes,
            trailers: false,
        }) => Ok(bytes),
        Ok(_) => refused(
            "request.trailers",
            "the request has trailer fields after its body, and they could not be sent again with a payment; send them as headers",
        ),
        Err(NotWhole::TooSlow) => refused(
            "request.body_deadline",
            "the request's body was not ready to be sent in time",
        ),
        Err(NotWhole::TooLarge) => Err(body_not_replayable()),
        Err(NotWhole::Interrupted) => refused(
            "request.body_interrupted",
            "the request's body broke off before it was sent",
        ),
    }
}
