//! The response future of the signing service.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use http::Response;
use pin_project_lite::pin_project;

use crate::service::{BoxResponse, GuardBody};

pin_project! {
    /// The response of a signing service.
    pub struct SignFuture<F, R, E> {
        #[pin]
        state: State<F, R, E>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, R, E> {
        Passing { #[pin] inner: F },
        Boxed { future: BoxResponse<R, E> },
    }
}

impl<F, R, E> SignFuture<F, R, E> {
    pub(crate) fn passing(inner: F) -> Self {
        Self {
            state: State::Passing { inner },
        }
    }

    pub(crate) fn boxed(future: BoxResponse<R, E>) -> Self {
        Self {
            state: State::Boxed { future },
        }
    }
}

impl<F, R, E> Future for SignFuture<F, R, E>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<GuardBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Passing { inner } => inner
                .poll(cx)
                .map_ok(|response| response.map(GuardBody::inner)),
            StateProjection::Boxed { future } => future.as_mut().poll(cx),
        }
    }
}

impl<F, R, E> fmt::Debug for SignFuture<F, R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignFuture").finish_non_exhaustive()
    }
}
