//! The service.

use core::task::{Context as TaskContext, Poll};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use crate::service::{GuardBody, Live, ResponseFuture, Screen, denied, with_screened_body};

/// The service that [`EgressLayer`](super::EgressLayer) builds.
///
/// Requests that no control wants to see pass through in place, without an allocation.
#[derive(Debug, Clone)]
pub struct EgressService<S> {
    inner: S,
    live: Live,
}

impl<S> EgressService<S> {
    pub(super) fn new(inner: S, live: Live) -> Self {
        Self { inner, live }
    }

    /// The inner service.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service, to change. Calling it goes around the controls.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service, without its controls.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, B, R> Service<Request<B>> for EgressService<S>
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
    type Future = ResponseFuture<S::Future, Screen, R, S::Error>;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let Some(shared) = self.live.watching(&request) else {
            return ResponseFuture::untouched(self.inner.call(request));
        };
        let unread = shared.request_need(&request).body && !request.body().is_end_stream();
        let screened = if unread {
            Ok(())
        } else {
            shared.screen_request(&mut request)
        };
        if !unread && screened.is_ok() {
            return ResponseFuture::untouched(self.inner.call(request));
        }
        // The readied service goes, its clone stays: https://docs.rs/tower-service/latest/tower_service/trait.Service.html#be-careful-when-cloning-inner-services
        let clone = self.inner.clone();
        let mut ready = core::mem::replace(&mut self.inner, clone);
        let screen = Screen::new(Live::Fixed(Arc::clone(&shared)), &request);
        ResponseFuture::boxed(Box::pin(async move {
            let screened = match screened {
                Ok(()) => with_screened_body(&shared, request).await,
                Err(denial) => Err(denial),
            };
            match screened {
                Ok(request) => ready.call(request).await.map(|r| r.map(GuardBody::inner)),
                Err(denial) => Ok(denied(&screen.refuse(denial).await)),
            }
        }))
    }
}
