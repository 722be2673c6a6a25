//! Which block is looked at.

/// Which block of a chain an oracle looks at: how sure it is, against how far behind it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum BlockTag {
    /// The newest block that can never be undone; some 15 minutes behind on Ethereum and on rollups that post to it.
    #[default]
    Finalized,
    /// The newest block that is unlikely to be undone; minutes behind.
    Safe,
    /// The newest block. What it says can be undone: a payment that was settled in a block that is dropped later can be
    /// settled again.
    Latest,
}

impl BlockTag {
    /// The name in JSON-RPC: `finalized`, `safe`, `latest`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Finalized => "finalized",
            Self::Safe => "safe",
            Self::Latest => "latest",
        }
    }
}
