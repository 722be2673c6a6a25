//! The windows whose limit keys fall together.

use std::collections::BTreeSet;

use slab::Slab;

use super::window::Window;
use crate::money::Usd;
use crate::store::memory::shards::Map;
use crate::store::span::Span;
use crate::store::{Reservation, Usage};

/// Most rolled-out windows that one call clears away: no fewer than one payment may need.
const SWEEP: usize = Reservation::MAX_LIMITS;

/// What is counted together, and for how long.
pub(super) type WindowKey = ([u8; 32], Span);

/// Where a window lies: a payment keeps it instead of the longer key. The place of a window that has gone may be another's
/// later, of another number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WindowPlace {
    pub(super) place: u32,
    pub(super) number: u32,
}

#[derive(Debug)]
struct Numbered {
    key: WindowKey,
    number: u32,
    window: Window,
}

/// Windows by key and by place.
#[derive(Debug, Default)]
pub(super) struct Windows {
    by_key: Map<WindowKey, u32>,
    windows: Slab<Numbered>,
    /// The number of the next window.
    next: u32,
    /// Exactly one entry for each window: when its last bucket leaves, and its place.
    empties: BTreeSet<(u64, u32)>,
}

impl Windows {
    /// Where a window lies, where anything was counted.
    pub(super) fn find(&self, key: &WindowKey) -> Option<WindowPlace> {
        let place = *self.by_key.get(key)?;
        let number = self.windows.get(usize::try_from(place).ok()?)?.number;
        Some(WindowPlace { place, number })
    }

    /// A window as it stands at `now`.
    pub(super) fn at(&mut self, place: WindowPlace, now: u64) -> Option<&Window> {
        let window = self.window(place)?;
        window.roll(now);
        Some(window)
    }

    pub(super) fn usage(&mut self, key: &WindowKey, now: u64) -> Usage {
        let place = self.find(key);
        let window = place.and_then(|place| self.at(place, now));
        window.map_or_else(Usage::default, Window::usage)
    }

    /// A window for a key that has none, which has to be counted in before anything else is done.
    pub(super) fn open(&mut self, key: WindowKey) -> Option<WindowPlace> {
        let place = u32::try_from(self.windows.vacant_key()).ok()?;
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let window = Window::new(key.1);
        self.windows.insert(Numbered {
            key,
            number,
            window,
        });
        self.by_key.insert(key, place);
        Some(WindowPlace { place, number })
    }

    /// Counts a payment in the bucket of `now`. `None` where the window has gone.
    pub(super) fn count(&mut self, place: WindowPlace, now: u64, amount: Usd) -> Option<()> {
        let window = self.window(place)?;
        let before = window.empties();
        window.add(now, amount);
        let empties = window.empties();
        if before != empties {
            self.empties.remove(&(before, place.place));
            self.empties.insert((empties, place.place));
        }
        Some(())
    }

    /// Counts what was counted `at` a moment at another amount, if its window has not gone.
    pub(super) fn change(&mut self, place: WindowPlace, at: u64, from: Usd, to: Usd) {
        if let Some(window) = self.window(place) {
            window.change(at, from, to);
        }
    }

    /// Takes out what was counted `at` a moment. Answers whether the window went with it, as nothing else was in it.
    pub(super) fn take_out(&mut self, place: WindowPlace, at: u64, amount: Usd) -> bool {
        let Some(window) = self.window(place) else {
            return false;
        };
        window.take_out(at, amount);
        let (empty, empties) = (window.count() == 0, window.empties());
        if empty {
            self.empties.remove(&(empties, place.place));
            self.close(place.place);
        }
        empty
    }

    /// Clears away some of what has rolled out, and tells how many.
    pub(super) fn sweep(&mut self, now: u64) -> usize {
        let mut swept = 0;
        while swept < SWEEP {
            match self.empties.first().copied() {
                Some((empties, place)) if empties <= now => {
                    self.empties.pop_first();
                    self.close(place);
                    swept += 1;
                }
                _ => break,
            }
        }
        swept
    }

    fn close(&mut self, place: u32) {
        let place = usize::try_from(place).ok();
        if let Some(closed) = place.and_then(|place| self.windows.try_remove(place)) {
            self.by_key.remove(&closed.key);
        }
    }

    fn window(&mut self, at: WindowPlace) -> Option<&mut Window> {
        let there = self.windows.get_mut(usize::try_from(at.place).ok()?)?;
        (there.number == at.number).then_some(&mut there.window)
    }
}
