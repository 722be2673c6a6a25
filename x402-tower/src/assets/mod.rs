//! The asset table: the only place that decimals, EIP-712 names and prices come from.
//!
//! None of the three is taken from the wire: decimals are not on it, and what a server says of a token in `extra` is
//! its own word (x402 v2 specification, section 5; attacks 10 to 14). A token that is not in the table has no price,
//! and without a price it cannot be paid with under a limit in dollars.
//!
//! ```
//! use x402_tower::{Address, AtomicAmount, ChainId, Usd};
//! use x402_tower::assets::{AssetError, AssetTable};
//!
//! let table = AssetTable::builtin();
//! let base = ChainId::parse("eip155:8453")?;
//! let usdc = Address::parse(&base, "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913").unwrap();
//! assert_eq!(table.price(&base, &usdc, AtomicAmount::from(250_000)), Ok(Usd::parse("0.25").unwrap()));
//!
//! let other = Address::parse(&base, "0x000000000000000000000000000000000000dEaD").unwrap();
//! assert_eq!(table.price(&base, &other, AtomicAmount::from(1)), Err(AssetError::Unknown));
//! # Ok::<(), x402_tower::NetworkError>(())
//! ```

mod asset;
mod builtin;
mod error;

use core::fmt;
use std::collections::HashMap;

pub use asset::{Asset, Eip712Name, PriceRule, TransferMethod};
pub use error::AssetError;

use crate::address::Address;
use crate::money::{AtomicAmount, Usd};
use crate::network::ChainId;

/// Most entries a table holds; the official SDKs ship about 40.
pub const MAX_ASSETS: usize = 4096;

/// Looked up several times for each payment, by keys that others choose: seeded, and cheaper than the standard
/// library's hash.
type Map<K, V> = HashMap<K, V, foldhash::quality::RandomState>;

/// The tokens that are known here, by chain and address. Symbols play no part in a lookup.
#[derive(Clone, Default)]
pub struct AssetTable {
    // Two levels, so that a lookup borrows both keys and allocates nothing.
    chains: Map<ChainId, Map<Address, Asset>>,
    len: usize,
}

impl AssetTable {
    /// A table that knows nothing, and so allows nothing under a limit in dollars.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The dollar stablecoins that the official SDKs ship as defaults, at one dollar each.
    ///
    /// They are those on which `@x402/evm` and `@x402/svm` 2.27.0 and the Python package `x402` 2.25.0 agree: USDC on
    /// the large chains, USDT, USDT0, USAT, PYUSD, USDG, CASH, MegaUSD, mUSD, SBC and bridged USDC on some. Left out,
    /// because only one of the two lists them or the entry is a copy of another network's: Monad testnet, Arc, Arc
    /// testnet, Solana testnet. No euro, yen or other currency is in it; added without a price, such a token is
    /// refused under a limit in dollars. Test networks are priced like the real ones, so that limits can be tried.
    ///
    /// A bridged or smaller coin can lose its peg (attack 16): [`replacing`](Self::replacing) gives it another price or
    /// none.
    #[must_use]
    pub fn builtin() -> Self {
        let mut table = Self::empty();
        for row in builtin::EVM {
            if let Some(asset) = token(row.chain, row.address, row.symbol, row.decimals) {
                table.insert(
                    asset
                        .with_eip712(row.name, row.version)
                        .with_transfer_method(row.method),
                );
            }
        }
        for row in builtin::SOLANA {
            if let Some(asset) = token(row.chain, row.mint, row.symbol, row.decimals) {
                table.insert(asset.with_transfer_method(TransferMethod::SplTransfer));
            }
        }
        table
    }

    /// This table and one more token.
    ///
    /// # Errors
    ///
    /// [`AssetError::Duplicate`] where the chain and address are taken, [`AssetError::WrongChain`] where the address
    /// is not one of the chain, [`AssetError::Full`] beyond [`MAX_ASSETS`].
    pub fn with(self, asset: Asset) -> Result<Self, AssetError> {
        if self.get(&asset.chain, &asset.address).is_some() {
            return Err(AssetError::Duplicate);
        }
        self.replacing(asset)
    }

    /// This table with a token added, or changed where its chain and address are there already.
    ///
    /// # Errors
    ///
    /// [`AssetError::WrongChain`] and [`AssetError::Full`], as for [`with`](Self::with).
    pub fn replacing(mut self, asset: Asset) -> Result<Self, AssetError> {
        if Address::parse(&asset.chain, asset.address.as_str()).as_ref() != Ok(&asset.address) {
            return Err(AssetError::WrongChain);
        }
        if self.len >= MAX_ASSETS && self.get(&asset.chain, &asset.address).is_none() {
            return Err(AssetError::Full);
        }
        self.insert(asset);
        Ok(self)
    }

    fn insert(&mut self, asset: Asset) {
        let chain = self.chains.entry(asset.chain.clone()).or_default();
        if chain.insert(asset.address.clone(), asset).is_none() {
            self.len = self.len.saturating_add(1);
        }
    }

    /// The token at this address of this chain.
    #[must_use]
    pub fn get(&self, chain: &ChainId, address: &Address) -> Option<&Asset> {
        self.chains.get(chain)?.get(address)
    }

    /// What an amount of a token is worth, rounded up to a micro-dollar.
    ///
    /// # Errors
    ///
    /// [`AssetError::Unknown`] for a token that is not in the table, [`AssetError::Unpriced`] for one without a price,
    /// [`AssetError::Overflow`] where the worth cannot be counted.
    pub fn price(
        &self,
        chain: &ChainId,
        address: &Address,
        amount: AtomicAmount,
    ) -> Result<Usd, AssetError> {
        self.get(chain, address)
            .ok_or(AssetError::Unknown)?
            .price_of(amount)
    }

    /// All tokens, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Asset> {
        self.chains.values().flat_map(HashMap::values)
    }

    /// How many tokens are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no token is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// A dollar stablecoin of the built-in table; a test keeps every row readable.
fn token(chain: &str, address: &str, symbol: &'static str, decimals: u8) -> Option<Asset> {
    let chain = ChainId::parse(chain).ok()?;
    let address = Address::parse(&chain, address).ok()?;
    Some(Asset::new(chain, address, symbol, decimals).with_price(PriceRule::PerUnit(Usd::ONE)))
}

impl fmt::Debug for AssetTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssetTable")
            .field("len", &self.len)
            .finish()
    }
}

#[cfg(test)]
mod tests;
