//! What a caller asks of the thread that writes.

use tokio::sync::oneshot;

use super::books::Books;
use super::fault::Fault;
use crate::clock::UnixMillis;
use crate::payment::PaymentId;
use crate::store::{Claim, ClaimKey, Reserved, StoreError};

/// One step inside a transaction, and whom to tell when it is durable.
pub(super) trait Job: Send {
    /// The caller's time, where the step has one.
    fn now(&self) -> Option<UnixMillis>;
    /// Whether it may change the file.
    fn writes(&self) -> bool;
    /// Whether it is still worth doing.
    fn is_wanted(&self) -> bool;
    /// Does it, and keeps what came of it.
    fn run(&mut self, books: &mut Books<'_>) -> Result<(), Fault>;
    /// Tells the caller what came of it. Answers what has to be undone because the caller is not there any more.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>) -> Option<Undo>;
}

/// Takes back what nobody knows of, because its caller went away before the answer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Undo {
    Release(PaymentId),
    GiveBack(ClaimKey, PaymentId),
}

impl Job for Undo {
    fn now(&self) -> Option<UnixMillis> {
        None
    }

    fn writes(&self) -> bool {
        true
    }

    fn is_wanted(&self) -> bool {
        true
    }

    fn run(&mut self, books: &mut Books<'_>) -> Result<(), Fault> {
        match *self {
            Self::Release(id) => books.release(id),
            Self::GiveBack(key, holder) => books.give_back(key, holder),
        }
    }

    fn answer(self: Box<Self>, _: Result<(), StoreError>) -> Option<Undo> {
        None
    }
}

/// An answer that may have taken something.
pub(super) trait Taking {
    fn has_taken(&self) -> bool;
}

impl Taking for Reserved {
    fn has_taken(&self) -> bool {
        matches!(self, Self::Granted)
    }
}

impl Taking for Claim {
    fn has_taken(&self) -> bool {
        matches!(self, Self::Taken)
    }
}

/// What takes an answer back that nobody received.
#[derive(Debug)]
pub(super) struct TakeBack<T> {
    pub(super) undo: Undo,
    pub(super) has_taken: fn(&T) -> bool,
}

impl<T> Clone for TakeBack<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for TakeBack<T> {}

impl<T: Taking> TakeBack<T> {
    pub(super) fn new(undo: Undo) -> Self {
        Self {
            undo,
            has_taken: T::has_taken,
        }
    }
}

impl<T> TakeBack<T> {
    /// What is to be undone of an answer that nobody received.
    pub(super) fn of(self, answer: &Result<T, StoreError>) -> Option<Undo> {
        let taken = answer.as_ref().is_ok_and(self.has_taken);
        taken.then_some(self.undo)
    }
}

/// What a step is like.
#[derive(Debug)]
pub(super) struct Kind<T> {
    pub(super) now: Option<UnixMillis>,
    pub(super) writes: bool,
    /// Whether a step whose caller went away before its turn is left out: nothing follows from it without an answer.
    pub(super) only_if_wanted: bool,
    pub(super) take_back: Option<TakeBack<T>>,
}

impl<T> Kind<T> {
    /// Changes nothing.
    pub(super) const fn reads(now: Option<UnixMillis>) -> Self {
        Self {
            now,
            writes: false,
            only_if_wanted: true,
            take_back: None,
        }
    }

    /// Takes something for its caller, which is taken back where the caller does not hear of it.
    pub(super) const fn takes(now: Option<UnixMillis>, take_back: TakeBack<T>) -> Self {
        Self {
            now,
            writes: true,
            only_if_wanted: true,
            take_back: Some(take_back),
        }
    }

    /// Something follows from its answer, and nothing without one.
    pub(super) const fn leads_on(now: Option<UnixMillis>) -> Self {
        Self {
            now,
            writes: true,
            only_if_wanted: true,
            take_back: None,
        }
    }

    /// Writes down what has happened already, whether or not the caller is still there.
    pub(super) const fn notes() -> Self {
        Self {
            now: None,
            writes: true,
            only_if_wanted: false,
            take_back: None,
        }
    }
}

/// A step, and the caller that waits for it.
pub(super) struct Asked<T, W> {
    pub(super) kind: Kind<T>,
    pub(super) work: W,
    pub(super) answer: Option<Result<T, StoreError>>,
    pub(super) caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Job for Asked<T, W>
where
    T: Send,
    W: FnMut(&mut Books<'_>) -> Result<T, Fault> + Send,
{
    fn now(&self) -> Option<UnixMillis> {
        self.kind.now
    }

    fn writes(&self) -> bool {
        self.kind.writes
    }

    fn is_wanted(&self) -> bool {
        !(self.kind.only_if_wanted && self.caller.is_closed())
    }

    fn run(&mut self, books: &mut Books<'_>) -> Result<(), Fault> {
        self.answer = Some(Ok((self.work)(books)?));
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) -> Option<Undo> {
        let answer = match committed {
            Ok(()) => self.answer.unwrap_or(Err(StoreError::Unavailable)),
            Err(error) => Err(error),
        };
        let unheard = self.caller.send(answer).err()?;
        self.kind.take_back?.of(&unheard)
    }
}
