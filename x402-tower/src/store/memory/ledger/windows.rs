//! The windows whose limit keys fall together.

use std::collections::BTreeSet;

use super::window::Window;
use crate::money::Usd;
use crate::store::memory::shards::Map;
use crate::store::span::Span;
use crate::store::{Reservation, Usage};

/// Most rolled-out windows that one call clears away: no fewer than one payment may need.
const SWEEP: usize = Reservation::MAX_LIMITS;

/// What is counted together, and for how long.
pub(super) type WindowKey = ([u8; 32], Span);

/// Windows by key.
#[derive(Debug, Default)]
pub(super) struct Windows {
    by_key: Map<WindowKey, Window>,
    /// Exactly one entry for each window: when its last bucket leaves.
    empties: BTreeSet<(u64, WindowKey)>,
}

impl Windows {
    /// A window as it stands at `now`, where anything was counted.
    pub(super) fn at(&mut self, key: &WindowKey, now: u64) -> Option<&Window> {
        let window = self.by_key.get_mut(key)?;
        window.roll(now);
        Some(window)
    }

    pub(super) fn usage(&mut self, key: &WindowKey, now: u64) -> Usage {
        self.at(key, now).map_or_else(Usage::default, Window::usage)
    }

    /// Counts a payment in the bucket of `now`, and says which one that is.
    pub(super) fn count(&mut self, key: WindowKey, now: u64, amount: Usd) -> u64 {
        let window = self.by_key.entry(key).or_insert_with(|| Window::new(key.1));
        let before = window.empties();
        let bucket = window.add(now, amount);
        if before != window.empties() {
            self.empties.remove(&(before, key));
            self.empties.insert((window.empties(), key));
        }
        bucket
    }

    /// Counts a payment at another amount than before.
    pub(super) fn change(&mut self, key: &WindowKey, bucket: u64, from: Usd, to: Usd) {
        if let Some(window) = self.by_key.get_mut(key) {
            window.change(bucket, from, to);
        }
    }

    /// Takes a payment out again. Answers whether the window went with it, as nothing else was in it.
    pub(super) fn take_out(&mut self, key: &WindowKey, bucket: u64, amount: Usd) -> bool {
        let Some(window) = self.by_key.get_mut(key) else {
            return false;
        };
        window.take_out(bucket, amount);
        let empty = window.count() == 0;
        if empty {
            self.empties.remove(&(window.empties(), *key));
            self.by_key.remove(key);
        }
        empty
    }

    /// Clears away some of what has rolled out, and tells how many.
    pub(super) fn sweep(&mut self, now: u64) -> usize {
        let mut swept = 0;
        while swept < SWEEP {
            match self.empties.first().copied() {
                Some(first) if first.0 <= now => {
                    self.empties.remove(&first);
                    self.by_key.remove(&first.1);
                    swept += 1;
                }
                _ => break,
            }
        }
        swept
    }
}
