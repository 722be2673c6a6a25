//! Whether a layer keeps the contract of `poll_ready` and `call`.

use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll};
use std::sync::Arc;

use pin_project_lite::pin_project;
use tower_service::Service;

/// Counts how the services that it wraps are used.
///
/// `tower`'s own doubles are always ready, so they cannot show the common mistake: to clone the inner service in `call`
/// and call the clone, which nobody has asked whether it is ready. A wrapped service forgets on `clone` and after `call`
/// that it was ready, and is not ready at the first asking.
///
/// ```
/// use http::{Request, Response};
/// use http_body_util::{Empty, Full};
/// use tower::{ServiceExt, service_fn};
/// use x402_tower::testing::ServiceProbe;
/// use x402_tower::{Chain, Context, ControlService};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let probe = ServiceProbe::new();
/// let inner = probe.wrap(service_fn(async |_: Request<Full<bytes::Bytes>>| {
///     Ok::<_, std::io::Error>(Response::new(Empty::<bytes::Bytes>::new()))
/// }));
/// let service = ControlService::new(inner, Chain::new(vec![]).unwrap(), Context::buyer());
/// service.oneshot(Request::new(Full::default())).await.unwrap();
/// probe.assert_ready_contract();
/// # });
/// ```
#[derive(Debug, Clone, Default)]
pub struct ServiceProbe(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    clones: AtomicUsize,
    calls: AtomicUsize,
    violations: AtomicUsize,
    in_flight: AtomicUsize,
    completed: AtomicUsize,
    cancelled: AtomicUsize,
}

impl ServiceProbe {
    /// A probe that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Wraps a service; several may share a probe.
    pub fn wrap<S>(&self, inner: S) -> StatefulInner<S> {
        StatefulInner {
            inner,
            readiness: Readiness::Unasked,
            counters: Arc::clone(&self.0),
        }
    }

    /// How often a wrapped service was called.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.0.calls.load(Ordering::SeqCst)
    }

    /// How often a wrapped service was cloned.
    #[must_use]
    pub fn clones(&self) -> usize {
        self.0.clones.load(Ordering::SeqCst)
    }

    /// How often a service was called that had not said that it is ready.
    #[must_use]
    pub fn violations(&self) -> usize {
        self.0.violations.load(Ordering::SeqCst)
    }

    /// How many response futures are alive.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.in_flight.load(Ordering::SeqCst)
    }

    /// How many response futures ran to their end.
    #[must_use]
    pub fn completed(&self) -> usize {
        self.0.completed.load(Ordering::SeqCst)
    }

    /// How many response futures were dropped before their end.
    #[must_use]
    pub fn cancelled(&self) -> usize {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    /// Every call followed a ready `poll_ready` of the same instance, and there was at least one.
    ///
    /// # Panics
    ///
    /// Where that is not so.
    pub fn assert_ready_contract(&self) {
        assert_ne!(self.calls(), 0, "the probed service was never called");
        assert_eq!(
            self.violations(),
            0,
            "a service was called that had not said that it is ready; move the readied one into the future by `mem::replace`"
        );
    }

    /// No response future is alive any more.
    ///
    /// # Panics
    ///
    /// Where one is.
    pub fn assert_quiescent(&self) {
        assert_eq!(self.in_flight(), 0, "response futures are still alive");
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readiness {
    Unasked,
    Asked,
    Ready,
}

/// A service that has to be asked twice before each call, and that does not hand its readiness to its clones.
#[derive(Debug)]
pub struct StatefulInner<S> {
    inner: S,
    readiness: Readiness,
    counters: Arc<Counters>,
}

impl<S: Clone> Clone for StatefulInner<S> {
    fn clone(&self) -> Self {
        self.counters.clones.fetch_add(1, Ordering::SeqCst);
        Self {
            inner: self.inner.clone(),
            readiness: Readiness::Unasked,
            counters: Arc::clone(&self.counters),
        }
    }
}

impl<S: Service<R>, R> Service<R> for StatefulInner<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = ProbeFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        if self.readiness == Readiness::Unasked {
            self.readiness = Readiness::Asked;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let ready = self.inner.poll_ready(cx);
        if matches!(ready, Poll::Ready(Ok(()))) {
            self.readiness = Readiness::Ready;
        }
        ready
    }

    fn call(&mut self, request: R) -> Self::Future {
        self.counters.calls.fetch_add(1, Ordering::SeqCst);
        if self.readiness != Readiness::Ready {
            self.counters.violations.fetch_add(1, Ordering::SeqCst);
        }
        self.readiness = Readiness::Unasked;
        self.counters.in_flight.fetch_add(1, Ordering::SeqCst);
        ProbeFuture {
            inner: self.inner.call(request),
            alive: Alive {
                counters: Arc::clone(&self.counters),
                done: false,
            },
        }
    }
}

pin_project! {
    /// The response of a [`StatefulInner`].
    #[derive(Debug)]
    pub struct ProbeFuture<F> {
        #[pin]
        inner: F,
        alive: Alive,
    }
}

#[derive(Debug)]
struct Alive {
    counters: Arc<Counters>,
    done: bool,
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.counters.in_flight.fetch_sub(1, Ordering::SeqCst);
        let ended = if self.done {
            &self.counters.completed
        } else {
            &self.counters.cancelled
        };
        ended.fetch_add(1, Ordering::SeqCst);
    }
}

impl<F: Future> Future for ProbeFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let output = this.inner.poll(cx);
        this.alive.done = output.is_ready();
        output
    }
}
