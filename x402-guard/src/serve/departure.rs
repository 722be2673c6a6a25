//! Payments whose agent hung up: what has left is followed to its outcome.

use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

/// Whether a payment left with a request: in its extensions, and told by what sends it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Departure(Arc<AtomicBool>);

impl Departure {
    pub(crate) fn tell(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn was_told(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Those that go on without anybody who waits for them.
#[derive(Debug, Clone)]
pub(crate) struct Followed {
    tasks: TaskTracker,
    /// Beyond these the outcome stays unknown, as after a crash.
    room: Arc<Semaphore>,
}

impl Followed {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            tasks: TaskTracker::new(),
            room: Arc::new(Semaphore::new(most)),
        }
    }

    /// `future`, which goes on when it is dropped after its payment left.
    pub(crate) fn follow<F>(&self, departure: Departure, future: F) -> Following<F>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        Following {
            state: State::Waited(Box::pin(future)),
            departure,
            followed: self.clone(),
        }
    }

    /// Waits for all of them, and at most until `late` comes.
    pub(crate) async fn ended(&self, late: impl Future<Output = ()>) {
        self.tasks.close();
        tokio::select! {
            biased;
            () = self.tasks.wait() => {}
            () = late => tracing::warn!(
                "payments whose agents hung up had no outcome yet when the time to drain ran out"
            ),
        }
    }
}

/// See [`Followed::follow`].
pub(crate) struct Following<F>
where
    F: Future<Output: Send> + Send + 'static,
{
    state: State<F>,
    departure: Departure,
    followed: Followed,
}

enum State<F> {
    Waited(Pin<Box<F>>),
    Over,
}

impl<F> Future for Following<F>
where
    F: Future<Output: Send> + Send + 'static,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let State::Waited(future) = &mut self.state else {
            return Poll::Pending;
        };
        let output = future.as_mut().poll(cx);
        if output.is_ready() {
            self.state = State::Over;
        }
        output
    }
}

impl<F> Drop for Following<F>
where
    F: Future<Output: Send> + Send + 'static,
{
    fn drop(&mut self) {
        let State::Waited(future) = mem::replace(&mut self.state, State::Over) else {
            return;
        };
        if !self.departure.was_told() {
            return;
        }
        let room = Arc::clone(&self.followed.room).try_acquire_owned();
        if let (Ok(room), Ok(runtime)) = (room, Handle::try_current()) {
            tracing::info!("an agent hung up; its payment is followed to its outcome");
            let to_its_end = async move {
                drop(future.await);
                drop(room);
            };
            self.followed.tasks.spawn_on(to_its_end, &runtime);
        }
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use tokio::sync::oneshot;

    use super::*;

    fn in_a_minute() -> impl Future<Output = ()> {
        tokio::time::sleep(Duration::from_secs(60))
    }

    fn asked(followed: &Followed, left: bool) -> (oneshot::Sender<()>, Arc<AtomicBool>) {
        let (answer, answered) = oneshot::channel::<()>();
        let (departure, outcome) = (Departure::default(), Arc::new(AtomicBool::new(false)));
        let recorded = Arc::clone(&outcome);
        let future = followed.follow(departure.clone(), async move {
            if answered.await.is_ok() {
                recorded.store(true, Ordering::Release);
            }
        });
        if left {
            departure.tell();
        }
        drop(future);
        (answer, outcome)
    }

    #[tokio::test]
    async fn what_left_goes_on_and_what_did_not_ends() {
        let followed = Followed::new(8);
        let (answer, outcome) = asked(&followed, true);
        let (unpaid, _) = asked(&followed, false);
        assert!(unpaid.is_closed());
        answer.send(()).unwrap();
        followed.ended(in_a_minute()).await;
        assert!(outcome.load(Ordering::Acquire));
    }

    #[tokio::test]
    async fn no_more_go_on_than_there_is_room_for() {
        let followed = Followed::new(1);
        let (first, _) = asked(&followed, true);
        let (second, _) = asked(&followed, true);
        assert!(second.is_closed());
        assert!(!first.is_closed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_does_not_wait_for_ever() {
        let followed = Followed::new(1);
        let (_never, outcome) = asked(&followed, true);
        followed.ended(in_a_minute()).await;
        assert!(!outcome.load(Ordering::Acquire));
    }
}
