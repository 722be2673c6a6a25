//! Counts the bytes that recognizers look at, in tests only, so that linear time is proven by counting
//! and not by a clock.

/// Records that a recognizer looked at one byte. Compiles to nothing outside tests.
#[inline(always)]
pub(super) fn step() {
    #[cfg(test)]
    counter::STEPS.with(|steps| steps.set(steps.get() + 1));
}

#[cfg(test)]
pub(super) mod counter {
    use std::cell::Cell;

    thread_local! {
        pub(super) static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    /// The number of steps that `work` takes on this thread.
    pub(in crate::pii) fn count(work: impl FnOnce()) -> usize {
        STEPS.with(|steps| steps.set(0));
        work();
        STEPS.with(Cell::get)
    }
}
