//! Random bytes for ids, asked of the operating system for several at a time: each call of it takes longer than a digest.

use core::cell::Cell;

/// How many ids are made of what one call answers.
const AT_ONCE: usize = 16;

type Id = [u8; 16];

thread_local! {
    /// Each thread has its own, so that taking one waits for nobody.
    static STOCK: Cell<Stock> = const { Cell::new(Stock::EMPTY) };
}

/// Ids that nobody has yet, and how many of them are left.
#[derive(Clone, Copy)]
struct Stock {
    ids: [Id; AT_ONCE],
    left: usize,
}

impl Stock {
    const EMPTY: Self = Self {
        ids: [[0; 16]; AT_ONCE],
        left: 0,
    };

    /// A full one; `None` where the random source fails.
    fn filled() -> Option<Self> {
        let mut ids = Self::EMPTY.ids;
        getrandom::fill(ids.as_flattened_mut()).ok()?;
        let left = AT_ONCE;
        Some(Self { ids, left })
    }

    /// Hands out one, once.
    fn take(&mut self) -> Option<Id> {
        self.left = self.left.checked_sub(1)?;
        self.ids.get(self.left).copied()
    }
}

/// A fresh id, or `None` where the operating system's random source fails.
pub(super) fn take() -> Option<Id> {
    let from_stock = STOCK.try_with(|kept| {
        let mut stock = kept.get();
        let id = match stock.take() {
            None => {
                stock = Stock::filled()?;
                stock.take()
            }
            id => id,
        };
        kept.set(stock);
        id
    });
    // A thread that ends has no stock any more.
    from_stock.unwrap_or_else(|_| Stock::filled()?.take())
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
