//! A clock that stands still.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::clock::{Clock, UnixMillis};

/// A clock that moves only when it is told to. Clones show the same time.
///
/// ```
/// use std::time::Duration;
/// use x402_tower::testing::ManualClock;
/// use x402_tower::{Clock, UnixMillis};
///
/// let clock = ManualClock::from_secs(1_700_000_000);
/// clock.clone().advance(Duration::from_secs(60));
/// assert_eq!(clock.now(), Some(UnixMillis::from_secs(1_700_000_060)));
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<Option<UnixMillis>>>);

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn new(now: UnixMillis) -> Self {
        Self(Arc::new(Mutex::new(Some(now))))
    }

    /// A clock that shows `secs` seconds since the Unix epoch.
    #[must_use]
    pub fn from_secs(secs: u64) -> Self {
        Self::new(UnixMillis::from_secs(secs))
    }

    /// A clock that cannot tell the time, until it is [`set`](Self::set).
    #[must_use]
    pub fn missing() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }

    /// Shows `now` from here on. It may lie in the past.
    pub fn set(&self, now: UnixMillis) {
        *self.0.lock() = Some(now);
    }

    /// Moves forward. A missing clock stays missing.
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock();
        *now = now.map(|now| now.saturating_add(by));
    }

    /// Cannot tell the time any more.
    pub fn lose(&self) {
        *self.0.lock() = None;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Option<UnixMillis> {
        *self.0.lock()
    }
}
