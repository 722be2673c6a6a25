//! Where a service finds its controls.

use core::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::Shared;

/// The controls that hold now: always the same ones, or those that were loaded last.
///
/// Whoever begins to decide takes them once with [`now`](Self::now) and keeps them to the end, so that no decision mixes
/// two policies (attack 84). Reading takes no lock, and a request without a payment does not read at all.
#[derive(Clone)]
pub(crate) enum Live {
    Fixed(Arc<Shared>),
    Swapped(Arc<ArcSwap<Shared>>),
}

impl Live {
    /// What holds at this moment.
    pub(crate) fn now(&self) -> Arc<Shared> {
        match self {
            Self::Fixed(shared) => Arc::clone(shared),
            Self::Swapped(swapped) => swapped.load_full(),
        }
    }

    /// What holds at this moment, for good.
    pub(crate) fn pinned(&self) -> Self {
        Self::Fixed(self.now())
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.now(), f)
    }
}
