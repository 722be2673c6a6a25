//! How a window is cut into buckets.

use std::time::Duration;

use super::Limit;

/// The length of a window and of its buckets, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Span {
    window: u64,
    width: u64,
}

impl Span {
    pub(crate) fn of(window: Duration) -> Self {
        let window = window.max(Limit::MIN_WINDOW).as_millis();
        let window = u64::try_from(window).unwrap_or(u64::MAX);
        Self {
            window,
            width: window.div_ceil(Limit::BUCKETS),
        }
    }

    /// The number of the bucket that holds `now`, counted from the Unix epoch.
    pub(crate) fn bucket_at(self, now: u64) -> u64 {
        now.checked_div(self.width).unwrap_or(0)
    }

    /// The first moment at which all of a bucket is older than the window.
    pub(crate) fn leaves_at(self, bucket: u64) -> u64 {
        bucket
            .saturating_add(1)
            .saturating_mul(self.width)
            .saturating_add(self.window)
    }

    /// The number of the last bucket that has left at `now`, if any has.
    #[cfg(feature = "sqlite")]
    pub(crate) fn last_left(self, now: u64) -> Option<u64> {
        now.checked_sub(self.window)?
            .checked_div(self.width)?
            .checked_sub(1)
    }

    /// The length of the window in milliseconds.
    #[cfg(feature = "sqlite")]
    pub(crate) fn window_millis(self) -> u64 {
        self.window
    }
}
