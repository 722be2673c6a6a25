//! Sums by name, in bounded memory.

use std::collections::HashMap;

/// Longest name that is told apart; the log's writer cuts names far below.
const MAX_NAME_BYTES: usize = 600;

/// What can be added up.
pub(crate) trait Sum: Default {
    fn add(&mut self, more: &Self);
}

impl Sum for u64 {
    fn add(&mut self, more: &Self) {
        *self = self.saturating_add(*more);
    }
}

/// Where a name's sums are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot(Option<u32>);

/// Sums for the first names that come, and one for all others.
#[derive(Debug)]
pub(crate) struct Ranked<T> {
    slots: HashMap<Box<str>, u32>,
    rows: Vec<(Box<str>, T)>,
    beyond: T,
    cap: usize,
    is_full: bool,
}

/// What is shown of them.
#[derive(Debug)]
pub(crate) struct Shown<'r, T> {
    pub(crate) rows: Vec<(&'r str, &'r T)>,
    /// How many names are added up in `others`; those that were not told apart are not among them.
    pub(crate) names_in_others: usize,
    pub(crate) others: Option<T>,
    /// Whether there were names that could not be told apart.
    pub(crate) is_full: bool,
}

impl<T: Sum> Ranked<T> {
    pub(crate) fn new(cap: usize) -> Self {
        Self {
            slots: HashMap::new(),
            rows: Vec::new(),
            beyond: T::default(),
            cap,
            is_full: false,
        }
    }

    /// The place of a name, which it keeps.
    pub(crate) fn slot(&mut self, name: &str) -> Slot {
        if let Some(slot) = self.slots.get(name) {
            return Slot(Some(*slot));
        }
        let next = u32::try_from(self.rows.len()).ok();
        let Some(next) =
            next.filter(|_| self.rows.len() < self.cap && name.len() <= MAX_NAME_BYTES)
        else {
            self.is_full = true;
            return Slot(None);
        };
        self.slots.insert(name.into(), next);
        self.rows.push((name.into(), T::default()));
        Slot(Some(next))
    }

    pub(crate) fn at(&mut self, slot: Slot) -> &mut T {
        let row = slot.0.and_then(|at| usize::try_from(at).ok());
        match row.and_then(|at| self.rows.get_mut(at)) {
            Some((_, row)) => row,
            None => &mut self.beyond,
        }
    }

    pub(crate) fn of(&mut self, name: &str) -> &mut T {
        let slot = self.slot(name);
        self.at(slot)
    }

    pub(crate) fn name(&self, slot: Slot) -> Option<&str> {
        let at = usize::try_from(slot.0?).ok()?;
        self.rows.get(at).map(|(name, _)| &**name)
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.rows.iter().map(|(name, row)| (&**name, row))
    }

    pub(crate) const fn is_full(&self) -> bool {
        self.is_full
    }

    /// The first `most` by weight, then by name, and the rest added up.
    pub(crate) fn heaviest<W: Ord>(&self, most: usize, weight: impl Fn(&T) -> W) -> Shown<'_, T> {
        let mut rows: Vec<_> = self.iter().collect();
        rows.sort_by(|(one, a), (other, b)| weight(b).cmp(&weight(a)).then(one.cmp(other)));
        self.shown(rows, most)
    }

    /// All by name, the first `most` of them.
    pub(crate) fn by_name(&self, most: usize) -> Shown<'_, T> {
        let mut rows: Vec<_> = self.iter().collect();
        rows.sort_by_key(|(name, _)| *name);
        self.shown(rows, most)
    }

    fn shown<'r>(&'r self, mut rows: Vec<(&'r str, &'r T)>, most: usize) -> Shown<'r, T> {
        let rest = rows.split_off(most.min(rows.len()));
        let others = (self.is_full || !rest.is_empty()).then(|| {
            let mut others = T::default();
            others.add(&self.beyond);
            for (_, row) in &rest {
                others.add(row);
            }
            others
        });
        Shown {
            rows,
            names_in_others: rest.len(),
            others,
            is_full: self.is_full,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beyond_the_cap_are_added_up_and_said() {
        let mut ranked = Ranked::<u64>::new(2);
        for name in ["a", "b", "c", "d", "a"] {
            ranked.of(name).add(&1);
        }
        let shown = ranked.heaviest(1, |count| *count);
        assert_eq!(shown.rows, [("a", &2)]);
        assert_eq!((shown.names_in_others, shown.others), (1, Some(3)));
        assert!(shown.is_full);
    }

    #[test]
    fn a_name_that_is_too_long_takes_no_memory() {
        let mut ranked = Ranked::<u64>::new(10);
        ranked.of(&"x".repeat(60_000)).add(&1);
        assert_eq!((ranked.len(), ranked.is_full()), (0, true));
    }

    #[test]
    fn where_all_fit_there_are_no_others() {
        let mut ranked = Ranked::<u64>::new(10);
        ranked.of("a").add(&1);
        let shown = ranked.by_name(10);
        assert!(shown.others.is_none() && !shown.is_full);
    }
}
