//! Random bytes for ids, asked of the operating system for several at a time: each call of it takes longer than a digest.

use core::cell::Cell;

/// How many ids are made of what one call answers.
const AT_ONCE: usize = 16;

type Id = [u8; 16];

thread_local! {
    /// Each thread has its own, so that taking one waits for nobody.
    static STOCK: Stock = const { Stock::empty() };
}

/// Ids that nobody has yet, and how many of them are left.
struct Stock {
    ids: [Cell<Id>; AT_ONCE],
    left: Cell<usize>,
}

impl Stock {
    const fn empty() -> Self {
        Self {
            ids: [const { Cell::new([0; 16]) }; AT_ONCE],
            left: Cell::new(0),
        }
    }

    /// Fills it up; `None` where the random source fails.
    fn fill(&self) -> Option<()> {
        let mut fresh = [[0; 16]; AT_ONCE];
        getrandom::fill(fresh.as_flattened_mut()).ok()?;
        for (kept, id) in self.ids.iter().zip(fresh) {
            kept.set(id);
        }
        self.left.set(AT_ONCE);
        Some(())
    }

    /// Hands out one, once.
    fn take(&self) -> Option<Id> {
        if self.left.get() == 0 {
            self.fill()?;
        }
        let left = self.left.get().checked_sub(1)?;
        self.left.set(left);
        self.ids.get(left).map(Cell::get)
    }
}

/// A fresh id, or `None` where the operating system's random source fails.
pub(super) fn take() -> Option<Id> {
    // A thread that ends has no stock any more.
    STOCK
        .try_with(Stock::take)
        .unwrap_or_else(|_| Stock::empty().take())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::*;

    #[test]
    fn no_id_comes_twice() {
        let many = || (0..10 * AT_ONCE).map(|_| take().unwrap()).collect();
        let threads: Vec<_> = (0..4).map(|_| thread::spawn(many)).collect();
        let ids: Vec<Vec<Id>> = threads.into_iter().map(|one| one.join().unwrap()).collect();
        let all: HashSet<&Id> = ids.iter().flatten().collect();
        assert_eq!(all.len(), 4 * 10 * AT_ONCE);
        assert!(!all.contains(&[0; 16]));
    }
}
