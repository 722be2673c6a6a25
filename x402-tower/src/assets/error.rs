//! Why the asset table refuses.

/// Why a token has no price, or cannot be put into the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssetError {
    /// No entry has this chain and address (attack 12).
    #[error(
        "the token is not in the asset table; add it with its decimals and price if you trust it"
    )]
    Unknown,
    /// The entry has no price.
    #[error("the token has no price in the asset table; give it one, or limit it by atomic amount")]
    Unpriced,
    /// More dollars than can be counted.
    #[error("the amount is worth more than can be counted in micro-dollars")]
    Overflow,
    /// There is an entry with this chain and address already.
    #[error(
        "the token is in the asset table already; replace it on purpose, or remove one of the two"
    )]
    Duplicate,
    /// The address is not one of the entry's chain, so that no lookup could find it.
    #[error("the token's address is not an address of its chain; parse it with that chain")]
    WrongChain,
    /// The table holds [`MAX_ASSETS`](super::MAX_ASSETS) entries.
    #[error("the asset table is full at 4096 tokens; leave out the ones that are not paid with")]
    Full,
}

impl AssetError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "asset.unknown",
            Self::Unpriced => "asset.unpriced",
            Self::Overflow => "asset.overflow",
            Self::Duplicate => "asset.duplicate",
            Self::WrongChain => "asset.wrong_chain",
            Self::Full => "asset.full",
        }
    }
}
