//! Reservations that come while another is under way wait for it, and then go to the server together.
//!
//! Alone a reservation goes at once. Whoever is first in line when the one under way is done takes the others along. There
//! is no task of its own: who has the turn and goes away passes it on.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use redis::Value;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::wish::{Together, Wish};
use super::{Shared, script};
use crate::store::StoreError;

/// Most reservations that wait in line; more are denied.
const MOST_WAITING: usize = 16_384;

#[derive(Debug, Default)]
pub(super) struct Line(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Somebody has the turn.
    under_way: bool,
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    wish: Arc<Wish>,
    tell: oneshot::Sender<Told>,
}

/// What somebody in line is told.
#[derive(Debug)]
enum Told {
    Answer(Result<Value, StoreError>),
    Turn(Turn),
}

/// The right to ask the server; passed on when it is dropped, wherever that happens.
#[derive(Debug)]
struct Turn(Option<Arc<Mutex<State>>>);

enum Place {
    First(Turn),
    Waits(oneshot::Receiver<Told>),
}

impl Line {
    fn enter(&self, wish: &Arc<Wish>) -> Result<Place, StoreError> {
        let mut state = self.0.lock();
        if !state.under_way {
            state.under_way = true;
            return Ok(Place::First(Turn(Some(Arc::clone(&self.0)))));
        }
        if state.waiting.len() >= MOST_WAITING {
            return Err(StoreError::Unavailable);
        }
        let (tell, told) = oneshot::channel();
        let wish = Arc::clone(wish);
        state.waiting.push_back(Waiting { wish, tell });
        Ok(Place::Waits(told))
    }
}

impl Turn {
    /// Those who wait and have not gone away, as many as can go together with `first`.
    fn companions(&self, first: &Wish) -> Vec<Waiting> {
        let Some(line) = &self.0 else {
            return Vec::new();
        };
        let mut state = line.lock();
        let mut together = Together::default();
        together.take(first);
        let mut many = 0_usize;
        for one in &state.waiting {
            if !one.tell.is_closed() && !together.take(&one.wish) {
                break;
            }
            many = many.saturating_add(1);
        }
        drop(together);
        let taken = state.waiting.drain(..many);
        taken.filter(|one| !one.tell.is_closed()).collect()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(mut line) = self.0.take() else {
            return;
        };
        loop {
            let next = {
                let mut state = line.lock();
                let next = state.waiting.pop_front();
                state.under_way = next.is_some();
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

impl Shared {
    /// What the server answers to a wish, which may go together with others.
    pub(super) async fn in_line(
        &self,
        wish: &Arc<Wish>,
        until: Instant,
    ) -> Result<Value, StoreError> {
        loop {
            let turn = match self.line.enter(wish)? {
                Place::First(turn) => turn,
                Place::Waits(told) => match timeout_at(until, told).await {
                    Ok(Ok(Told::Answer(answer))) => return answer,
                    Ok(Ok(Told::Turn(turn))) => turn,
                    // Who took it along has gone away, and nobody knows how far that came: a wish knows its earlier run.
                    Ok(Err(_)) => continue,
                    Err(_) => return Err(StoreError::Unavailable),
                },
            };
            let companions = turn.companions(wish);
            let mut answers = self.together(wish, &companions, until).await;
            drop(turn);
            for companion in companions.into_iter().rev() {
                let answer = match &mut answers {
                    Ok(answers) => answers.pop().ok_or(StoreError::Unreadable),
                    Err(error) => Err(error.clone()),
                };
                // Who has gone away leaves a reservation that ends by itself.
                drop(companion.tell.send(Told::Answer(answer)));
            }
            return answers?.pop().ok_or(StoreError::Unreadable);
        }
    }

    async fn together(
        &self,
        first: &Wish,
        companions: &[Waiting],
        until: Instant,
    ) -> Result<Vec<Value>, StoreError> {
        let mut together = Together::default();
        together.take(first);
        for companion in companions {
            together.take(&companion.wish);
        }
        let options = self.link.options();
        let args = together.args(self.told()?, options.max_payments, options.max_windows);
        let keys = self.keys.ledger();
        match self
            .link
            .run_until(until, &script::RESERVE, keys, &args)
            .await?
        {
            Value::Array(answers) if answers.len() == companions.len().saturating_add(1) => {
                Ok(answers)
            }
            _ => Err(StoreError::Unreadable),
        }
    }
}
