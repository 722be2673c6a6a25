//! Where a service finds its controls.

use core::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use http::Request;

use super::Shared;

/// The controls that hold now: always the same ones, or those that were loaded last.
///
/// Whoever begins to decide takes them once with [`now`](Self::now) and keeps them to the end, so that no decision mixes
/// two policies (attack 84). Reading takes no lock.
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

    /// What holds at this moment, where its controls want to see this request before it leaves. For a request that nobody
    /// wants to see it costs no more than a look.
    pub(crate) fn watching<B>(&self, request: &Request<B>) -> Option<Arc<Shared>> {
        let wanted = |shared: &Shared| shared.request_need(request).is_any();
        match self {
            Self::Fixed(shared) => wanted(shared).then(|| Arc::clone(shared)),
            Self::Swapped(swapped) => {
                let shared = swapped.load();
                wanted(&shared).then(|| Arc::clone(&shared))
            }
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
