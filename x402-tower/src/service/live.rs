//! Where a service finds its controls.

use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use http::Request;

use super::Shared;

/// The controls that hold now: always the same ones, or those that were loaded last.
///
/// Whoever begins to decide takes them once with [`now`](Self::now) and keeps them to the end, so that no decision mixes
/// two policies (attack 84). Reading takes no lock.
#[derive(Clone)]
pub(crate) enum Live {
    Fixed(Arc<Shared>),
    Swapped(Arc<Swapped>),
}

/// Controls that others can take the place of.
#[derive(Debug)]
pub(crate) struct Swapped {
    shared: ArcSwap<Shared>,
    /// Whether those that hold now may want to see requests before they leave: asked of every request, where taking the
    /// controls themselves would cost several times as much.
    watches: AtomicBool,
}

impl Swapped {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            watches: AtomicBool::new(shared.watches()),
            shared: ArcSwap::new(shared),
        }
    }

    pub(crate) fn load(&self) -> Guard<Arc<Shared>> {
        self.shared.load()
    }

    /// Puts other controls in force. One at a time, or the flag may be that of another call.
    pub(crate) fn store(&self, shared: Arc<Shared>) {
        let watches = shared.watches();
        // Never unset while controls hold that watch.
        if watches {
            self.watches.store(true, Ordering::Release);
        }
        self.shared.store(shared);
        if !watches {
            self.watches.store(false, Ordering::Release);
        }
    }
}

impl Live {
    /// What holds at this moment.
    pub(crate) fn now(&self) -> Arc<Shared> {
        match self {
            Self::Fixed(shared) => Arc::clone(shared),
            Self::Swapped(swapped) => swapped.shared.load_full(),
        }
    }

    /// Whether the controls may want to see requests before they leave: the look that every request costs.
    #[inline]
    pub(crate) fn watches(&self) -> bool {
        match self {
            Self::Fixed(shared) => shared.watches(),
            Self::Swapped(swapped) => swapped.watches.load(Ordering::Acquire),
        }
    }

    /// What holds at this moment, where its controls want to see this request before it leaves.
    pub(crate) fn watching<B>(&self, request: &Request<B>) -> Option<Arc<Shared>> {
        let wanted = |shared: &Shared| shared.request_need(request).is_any();
        if !self.watches() {
            return None;
        }
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
