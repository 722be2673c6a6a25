//! What reached the facilitator, kept so that the example can show what did not.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;

/// Most bodies that are kept; the oldest goes first.
const MAX_BODIES: usize = 256;

/// One body that was sent to the facilitator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    /// `/verify` or `/settle`.
    pub(crate) path: &'static str,
    /// The body as it came; bytes that are not UTF-8 are replaced.
    pub(crate) body: String,
}

/// The last bodies that the facilitator received. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct FacilitatorLog(Arc<Mutex<VecDeque<Received>>>);

impl FacilitatorLog {
    pub(super) fn record(&self, path: &'static str, body: &[u8]) {
        let body = String::from_utf8_lossy(body).into_owned();
        let mut bodies = self.0.lock();
        if bodies.len() >= MAX_BODIES {
            bodies.pop_front();
        }
        bodies.push_back(Received { path, body });
    }

    /// The bodies, oldest first.
    pub(crate) fn bodies(&self) -> Vec<Received> {
        self.0.lock().iter().cloned().collect()
    }
}
