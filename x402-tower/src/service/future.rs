//! The one response future.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use http::{Response, StatusCode};
use pin_project_lite::pin_project;

use super::GuardBody;
use super::leaving::denied_further_in;

/// A boxed response, for the paths that wait on more than the inner service.
pub(crate) type BoxResponse<R, E> =
    Pin<Box<dyn Future<Output = Result<Response<GuardBody<R>>, E>> + Send>>;

/// What happens to a 402, or to the denial of a layer further in, that answers a request without a payment.
pub(crate) trait OnChallenge<R, E> {
    fn on_challenge(self, response: Response<R>) -> BoxResponse<R, E>;
}

pin_project! {
    /// The response of a guarded service.
    ///
    /// A request without a payment is passed through in place; only payments, denials and challenges box.
    pub struct ResponseFuture<F, T, R, E> {
        #[pin]
        state: State<F, T, R, E>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, T, R, E> {
        Passing { #[pin] inner: F, on_challenge: Option<T> },
        Boxed { future: BoxResponse<R, E> },
    }
}

impl<F, T, R, E> ResponseFuture<F, T, R, E> {
    #[inline]
    pub(crate) fn passing(inner: F, on_challenge: T) -> Self {
        Self {
            state: State::Passing {
                inner,
                on_challenge: Some(on_challenge),
            },
        }
    }

    /// A response that nobody looks at on its way back.
    pub(crate) fn untouched(inner: F) -> Self {
        Self {
            state: State::Passing {
                inner,
                on_challenge: None,
            },
        }
    }

    pub(crate) fn boxed(future: BoxResponse<R, E>) -> Self {
        Self {
            state: State::Boxed { future },
        }
    }
}

impl<F, T, R, E> Future for ResponseFuture<F, T, R, E>
where
    F: Future<Output = Result<Response<R>, E>>,
    T: OnChallenge<R, E>,
{
    type Output = Result<Response<GuardBody<R>>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let mut this = self.as_mut().project();
            let future = match this.state.as_mut().project() {
                StateProjection::Boxed { future } => return future.as_mut().poll(cx),
                StateProjection::Passing {
                    inner,
                    on_challenge,
                } => {
                    let response = ready!(inner.poll(cx))?;
                    // Taken only where it is needed: what is kept of a request is large to move.
                    if !concerns_controls(&response) {
                        return Poll::Ready(Ok(response.map(GuardBody::inner)));
                    }
                    match on_challenge.take() {
                        Some(next) => next.on_challenge(response),
                        None => return Poll::Ready(Ok(response.map(GuardBody::inner))),
                    }
                }
            };
            this.state.set(State::Boxed { future });
        }
    }
}

fn concerns_controls<R>(response: &Response<R>) -> bool {
    response.status() == StatusCode::PAYMENT_REQUIRED || denied_further_in(response).is_some()
}

impl<F, T, R, E> fmt::Debug for ResponseFuture<F, T, R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
