//! A future that is often ready at once, and boxed only where it really waits.

use core::fmt;
use core::future::{Future, ready};
use core::pin::Pin;
use core::task::{Context, Poll};

/// What a control or a store answers: a value that is there, or a boxed future of one.
///
/// Memory stores and stateless controls answer at once and allocate nothing; a store behind a network boxes.
///
/// ```
/// use x402_tower::Step;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// assert_eq!(Step::ready(7).await, 7);
/// assert_eq!(Step::wait(async { 7 }).await, 7);
/// # });
/// ```
#[must_use = "a step does nothing unless it is awaited"]
pub struct Step<'a, T>(Inner<'a, T>);

enum Inner<'a, T> {
    Ready(core::future::Ready<T>),
    Wait(Pin<Box<dyn Future<Output = T> + Send + 'a>>),
}

impl<'a, T> Step<'a, T> {
    /// A step that is done.
    pub fn ready(value: T) -> Self {
        Self(Inner::Ready(ready(value)))
    }

    /// A step that has to wait.
    pub fn wait(future: impl Future<Output = T> + Send + 'a) -> Self {
        Self(Inner::Wait(Box::pin(future)))
    }

    /// The value where it is there already, else the step itself: lets a caller go on without a future of its own.
    ///
    /// # Errors
    ///
    /// The step, untouched, where it has to wait.
    pub fn into_ready(self) -> Result<T, Self> {
        match self.0 {
            Inner::Ready(value) => Ok(value.into_inner()),
            waiting => Err(Self(waiting)),
        }
    }

    /// The step with its value changed; still ready where it was.
    pub fn map<U>(self, change: impl FnOnce(T) -> U + Send + 'a) -> Step<'a, U>
    where
        T: Send + 'a,
    {
        match self.into_ready() {
            Ok(value) => Step::ready(change(value)),
            Err(waiting) => Step::wait(async move { change(waiting.await) }),
        }
    }
}

impl<T> Future for Step<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        match &mut self.0 {
            Inner::Ready(value) => Pin::new(value).poll(cx),
            Inner::Wait(future) => future.as_mut().poll(cx),
        }
    }
}

impl<T> Unpin for Inner<'_, T> {}

impl<T> fmt::Debug for Step<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Inner::Ready(_) => "Step::Ready",
            Inner::Wait(_) => "Step::Wait",
        })
    }
}
