//! The windows of one payment, in parts that are locked together.

use parking_lot::MutexGuard;

use super::payments::Place;
use super::windows::{WindowKey, WindowPlace, Windows};
use crate::money::Usd;
use crate::store::Limit;
use crate::store::memory::shards::SHARDS;
use crate::store::span::Span;

/// A window that a reservation needs.
pub(super) struct Wanted {
    pub(super) key: WindowKey,
    /// The part that holds it.
    pub(super) part: usize,
    /// Where it lies, where it is there.
    pub(super) window: Option<WindowPlace>,
}

pub(super) fn key_of(limit: &Limit) -> WindowKey {
    (*limit.key.as_bytes(), Span::of(limit.window))
}

/// Parts of windows that are locked together.
pub(super) struct Locked<'a>(pub(super) [Option<MutexGuard<'a, Windows>>; SHARDS]);

impl Locked<'_> {
    fn part(&mut self, number: usize) -> Option<&mut Windows> {
        self.0.get_mut(number)?.as_deref_mut()
    }

    pub(super) fn find(&mut self, wanted: &Wanted) -> Option<WindowPlace> {
        self.part(wanted.part)?.find(&wanted.key)
    }

    /// What a window counts: sum and number.
    pub(super) fn counted(&mut self, wanted: &Wanted, now: u64) -> (u128, u64) {
        let place = wanted.window;
        let part = place.and_then(|place| Some((self.part(wanted.part)?, place)));
        let window = part.and_then(|(part, place)| part.at(place, now));
        window.map_or((0, 0), |window| (window.amount(), window.count()))
    }

    pub(super) fn count(&mut self, wanted: &Wanted, now: u64, amount: Usd) -> Option<Place> {
        let part = self.part(wanted.part)?;
        let window = match wanted.window {
            Some(place) => place,
            None => part.open(wanted.key)?,
        };
        let place = Place::new(wanted.part, window)?;
        part.count(window, now, amount)?;
        Some(place)
    }

    /// Counts what was counted `at` a moment at another amount.
    pub(super) fn change(&mut self, place: &Place, at: u64, from: Usd, to: Usd) {
        if let Some(part) = self.part(place.part()) {
            part.change(place.window(), at, from, to);
        }
    }

    /// Takes out what was counted `at` a moment. Answers whether the window went with it.
    pub(super) fn take_out(&mut self, place: &Place, at: u64, amount: Usd) -> bool {
        self.part(place.part())
            .is_some_and(|part| part.take_out(place.window(), at, amount))
    }

    pub(super) fn sweep(&mut self, now: u64) -> usize {
        let parts = self.0.iter_mut().flatten();
        parts.map(|part| part.sweep(now)).sum()
    }
}
