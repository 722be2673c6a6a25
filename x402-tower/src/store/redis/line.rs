//! Steps of one kind that come while others are under way wait for these, and then go to the server together.
//!
//! With little to do a step goes at once. Whoever is first in line when one of those under way is done takes the others
//! along. There is no task of its own: who has the turn and goes away passes it on.

use core::future::Future;
use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use redis::Value;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::Shared;
use crate::store::StoreError;

/// Most that are on their way at once: while the server is at one, the other is written and read.
const MOST_UNDER_WAY: usize = 2;

/// Most that go together: so many are done in well below a millisecond, which nobody else on the server has to wait
/// longer for.
const MOST_TOGETHER: usize = 64;

/// Most that they may weigh together.
const MOST_WEIGHT: usize = 256;

/// Most that wait in line; more are denied.
const MOST_WAITING: usize = 16_384;

/// A step that may go with others of its kind. It knows its own earlier run, so that it may be repeated.
pub(super) trait Errand: Send + Sync + Sized {
    /// How much there is to do for it.
    fn weight(&self) -> usize;

    /// Asks the server for some, and answers as much for each.
    fn ask(
        shared: &Shared,
        together: &[Arc<Self>],
        until: Instant,
    ) -> impl Future<Output = Result<Vec<Value>, StoreError>> + Send;
}

#[derive(Debug)]
pub(super) struct Line<E>(Arc<Mutex<State<E>>>);

#[derive(Debug)]
struct State<E> {
    under_way: usize,
    waiting: VecDeque<Waiting<E>>,
}

#[derive(Debug)]
struct Waiting<E> {
    errand: Arc<E>,
    tell: oneshot::Sender<Told<E>>,
}

/// What somebody in line is told.
#[derive(Debug)]
enum Told<E> {
    Answer(Result<Value, StoreError>),
    Turn(Turn<E>),
}

/// The right to ask the server; passed on when it is dropped, wherever that happens.
#[derive(Debug)]
struct Turn<E>(Option<Arc<Mutex<State<E>>>>);

enum Place<E> {
    First(Turn<E>),
    Waits(oneshot::Receiver<Told<E>>),
}

impl<E> Default for Line<E> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State {
            under_way: 0,
            waiting: VecDeque::new(),
        })))
    }
}

impl<E: Errand> Line<E> {
    /// What the server answers to one, which goes together with others unless it has to go `alone`.
    pub(super) async fn run(
        &self,
        shared: &Shared,
        errand: &Arc<E>,
        alone: bool,
        until: Instant,
    ) -> Result<Value, StoreError> {
        if alone {
            let mut answers = E::ask(shared, &[Arc::clone(errand)], until).await?;
            return answers.pop().ok_or(StoreError::Unreadable);
        }
        loop {
            let turn = match self.enter(errand)? {
                Place::First(turn) => turn,
                Place::Waits(told) => match timeout_at(until, told).await {
                    Ok(Ok(Told::Answer(answer))) => return answer,
                    Ok(Ok(Told::Turn(turn))) => turn,
                    // Who took it along has gone away, and nobody knows how far that came.
                    Ok(Err(_)) => continue,
                    Err(_) => return Err(StoreError::Unavailable),
                },
            };
            let companions = turn.companions(errand.weight());
            let mut together = vec![Arc::clone(errand)];
            together.extend(companions.iter().map(|one| Arc::clone(&one.errand)));
            let mut answers = match E::ask(shared, &together, until).await {
                Ok(answers) if answers.len() != together.len() => Err(StoreError::Unreadable),
                answers => answers,
            };
            drop(turn);
            for companion in companions.into_iter().rev() {
                let answer = match &mut answers {
                    Ok(answers) => answers.pop().ok_or(StoreError::Unreadable),
                    Err(error) => Err(error.clone()),
                };
                // What was done for somebody who has gone away ends by itself.
                drop(companion.tell.send(Told::Answer(answer)));
            }
            return answers?.pop().ok_or(StoreError::Unreadable);
        }
    }

    fn enter(&self, errand: &Arc<E>) -> Result<Place<E>, StoreError> {
        let mut state = self.0.lock();
        if state.under_way < MOST_UNDER_WAY {
            state.under_way = state.under_way.saturating_add(1);
            return Ok(Place::First(Turn(Some(Arc::clone(&self.0)))));
        }
        if state.waiting.len() >= MOST_WAITING {
            return Err(StoreError::Unavailable);
        }
        let (tell, told) = oneshot::channel();
        let errand = Arc::clone(errand);
        state.waiting.push_back(Waiting { errand, tell });
        Ok(Place::Waits(told))
    }
}

impl<E: Errand> Turn<E> {
    /// Those who wait and have not gone away, as many as can go together with one of some weight.
    fn companions(&self, mut weight: usize) -> Vec<Waiting<E>> {
        let Some(line) = &self.0 else {
            return Vec::new();
        };
        let mut state = line.lock();
        let mut companions = Vec::new();
        while let Some(next) = state.waiting.front() {
            if !next.tell.is_closed() {
                weight = weight.saturating_add(next.errand.weight());
                let many = companions.len().saturating_add(2);
                if weight > MOST_WEIGHT || many > MOST_TOGETHER {
                    break;
                }
            }
            companions.extend(
                state
                    .waiting
                    .pop_front()
                    .filter(|one| !one.tell.is_closed()),
            );
        }
        companions
    }
}

impl<E> Drop for Turn<E> {
    fn drop(&mut self) {
        let Some(mut line) = self.0.take() else {
            return;
        };
        loop {
            let next = {
                let mut state = line.lock();
                let next = state.waiting.pop_front();
                if next.is_none() {
                    state.under_way = state.under_way.saturating_sub(1);
                }
                next
            };
            let Some(next) = next else { return };
            // Who has gone away hands it back, for the one after.
            match next.tell.send(Told::Turn(Self(Some(line)))) {
                Err(Told::Turn(mut back)) => match back.0.take() {
                    Some(back) => line = back,
                    None => return,
                },
                _ => return,
            }
        }
    }
}
