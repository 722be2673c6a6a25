//! What a store has to be wrapped in to be put to the test.

use core::future::{Future, ready};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::UnixMillis;

/// A store that is put to the test: how to open it, and how to move its time.
///
/// Each fact is asked of a subject of its own, whose store is empty.
pub trait Subject: Send + Sync {
    /// The engine.
    type Store: Send + Sync + 'static;

    /// A handle on the state that every handle of this subject shares. Where the engine has connections, give a new one at
    /// each call, as another process would have.
    fn open(&self) -> impl Future<Output = Arc<Self::Store>> + Send;

    /// Now: by the clock of an engine that has one of its own, else by the clock of its callers.
    ///
    /// A clock that stands still lets the facts look at the last millisecond. Where it runs by itself, they leave out what
    /// they were too late to see.
    fn now(&self) -> UnixMillis;

    /// Moves time on, for the engine and for its callers.
    fn advance(&self, by: Duration) -> impl Future<Output = ()> + Send;

    /// Ends every process that holds the state, as far as the engine has any, and starts them again. All handles have been
    /// dropped before. Answers whether it did: only an engine whose [`Reach`](crate::store::Reach) is the process may answer
    /// `false`, which is the default.
    fn restart(&self) -> impl Future<Output = bool> + Send {
        ready(false)
    }
}
