//! Who shares a store.

/// How far what a store holds is shared, and so how long it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reach {
    /// One process: what is held ends with it.
    Process,
    /// Every process on one machine, also those that are started later.
    Machine,
    /// Processes on many machines.
    Network,
}

impl Reach {
    /// The stable name: `process`, `machine`, `network`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Machine => "machine",
            Self::Network => "network",
        }
    }
}
