//! The service.

use core::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::{FacilitatorGuard, Operation};
use crate::service::{GuardBody, ResponseFuture, Screen, denied};

/// The service that [`FacilitatorGuardLayer`](super::FacilitatorGuardLayer) builds.
///
/// What it answered with leaves its [`PaymentRecord`](crate::PaymentRecord) in the response's extensions; a denial is an
/// `application/problem+json` response. The inner service's errors pass through untouched.
#[derive(Debug, Clone)]
pub struct FacilitatorGuardService<S> {
    inner: S,
    guard: FacilitatorGuard,
}

impl<S> FacilitatorGuardService<S> {
    pub(super) fn new(inner: S, guard: FacilitatorGuard) -> Self {
        Self { inner, guard }
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

impl<S, B, R> Service<Request<B>> for FacilitatorGuardService<S>
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

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let operation = self.guard.operation(request.method(), request.uri().path());
        let Some(operation) = operation else {
            return ResponseFuture::untouched(self.inner.call(request));
        };
        // The readied service goes, its clone stays: https://docs.rs/tower-service/latest/tower_service/trait.Service.html#be-careful-when-cloning-inner-services
        let clone = self.inner.clone();
        let ready = core::mem::replace(&mut self.inner, clone);
        let guard = self.guard.clone();
        ResponseFuture::boxed(Box::pin(ask(ready, guard, operation, request)))
    }
}

async fn ask<S, B, R>(
    mut inner: S,
    guard: FacilitatorGuard,
    operation: Operation,
    request: Request<B>,
) -> Result<Response<GuardBody<R>>, S::Error>
where
    S: Service<Request<B>, Response = Response<R>>,
    B: Body<Data = Bytes> + From<Bytes>,
    R: Body<Data = Bytes>,
{
    let (mut parts, body) = request.into_parts();
    let checked = match guard.read_body(body).await {
        Ok(body) => guard.check(operation, &parts, body).await,
        Err(denial) => Err(guard.refuse(&parts, denial).await),
    };
    let call = match checked {
        Ok(call) => call,
        Err(denial) => return Ok(denied(&denial)),
    };
    call.apply(&mut parts.headers);
    let body = B::from(call.body().clone());
    match inner.call(Request::from_parts(parts, body)).await {
        Ok(response) => {
            let (mut parts, body) = response.into_parts();
            let answered = call.answer(parts.status, &mut parts.headers, body).await;
            Ok(match answered {
                Ok((body, record)) => {
                    parts.extensions.insert(record);
                    Response::from_parts(parts, GuardBody::whole(body))
                }
                Err((denial, record)) => {
                    let mut response = denied(&denial);
                    response.extensions_mut().insert(record);
                    response
                }
            })
        }
        Err(error) => {
            call.fail().await;
            Err(error)
        }
    }
}
