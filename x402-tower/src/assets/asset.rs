//! One token, as the local table knows it.

use std::sync::Arc;

use crate::address::Address;
use crate::assets::AssetError;
use crate::money::{AtomicAmount, Usd};
use crate::network::ChainId;

/// A token contract: where it is, how its amounts are counted, how its transfers are signed and what it is worth.
///
/// ```
/// use x402_tower::{Address, AtomicAmount, ChainId, Usd};
/// use x402_tower::assets::{Asset, PriceRule, TransferMethod};
///
/// let chain = ChainId::parse("eip155:84532")?;
/// let contract = Address::parse(&chain, "0x036CbD53842c5426634e7929541eC2318f3dCF7e").unwrap();
/// let usdc = Asset::new(chain, contract, "USDC", 6)
///     .with_eip712("USDC", "2")
///     .with_price(PriceRule::PerUnit(Usd::ONE))
///     .with_transfer_method(TransferMethod::Eip3009);
/// assert_eq!(usdc.price_of(AtomicAmount::from(10_000)), Ok(Usd::parse("0.01").unwrap()));
/// # Ok::<(), x402_tower::NetworkError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asset {
    /// The chain that the contract is on.
    pub chain: ChainId,
    /// The token contract, or the mint on Solana. With the chain, this is what the token *is*.
    pub address: Address,
    /// What people call it. Shown, never compared: anybody can deploy a token called `USDC` (attack 13).
    pub symbol: Arc<str>,
    /// One whole unit is 10^`decimals` atomic units (attacks 10 and 11).
    pub decimals: u8,
    /// The EIP-712 domain of the contract; `None` for tokens that sign nothing by EIP-712.
    pub eip712: Option<Eip712Name>,
    /// What one whole unit is worth.
    pub price: PriceRule,
    /// How a transfer is authorized where the requirement names no method; `None` where that is not known.
    pub transfer_method: Option<TransferMethod>,
}

impl Asset {
    /// A token without a price, an EIP-712 name or a transfer method: it can be named in rules, but not paid with.
    #[must_use]
    pub fn new(
        chain: ChainId,
        address: Address,
        symbol: impl Into<Arc<str>>,
        decimals: u8,
    ) -> Self {
        Self {
            chain,
            address,
            symbol: symbol.into(),
            decimals,
            eip712: None,
            price: PriceRule::Unpriced,
            transfer_method: None,
        }
    }

    /// Names the contract's EIP-712 domain, exactly as the contract was deployed with it.
    #[must_use]
    pub fn with_eip712(mut self, name: impl Into<Arc<str>>, version: impl Into<Arc<str>>) -> Self {
        self.eip712 = Some(Eip712Name::new(name, version));
        self
    }

    /// Says what one whole unit is worth.
    #[must_use]
    pub fn with_price(mut self, price: PriceRule) -> Self {
        self.price = price;
        self
    }

    /// Says how a transfer is authorized where the requirement names no method.
    #[must_use]
    pub fn with_transfer_method(mut self, method: TransferMethod) -> Self {
        self.transfer_method = Some(method);
        self
    }

    /// What `amount` of this token is worth, rounded up to a micro-dollar.
    ///
    /// # Errors
    ///
    /// [`AssetError::Unpriced`] where nobody gave it a price, [`AssetError::Overflow`] where the worth cannot be
    /// counted.
    pub fn price_of(&self, amount: AtomicAmount) -> Result<Usd, AssetError> {
        match self.price {
            PriceRule::Unpriced => Err(AssetError::Unpriced),
            PriceRule::PerUnit(price) => amount
                .to_usd(self.decimals, price)
                .ok_or(AssetError::Overflow),
        }
    }
}

/// The part of a token's EIP-712 domain that is not its chain and address
/// ([EIP-712](https://eips.ethereum.org/EIPS/eip-712#definition-of-domainseparator)).
///
/// A server sends its own idea of it in `extra.name` and `extra.version`. That is compared with this, and never
/// signed (attack 14).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Eip712Name {
    /// The domain's `name`.
    pub name: Arc<str>,
    /// The domain's `version`.
    pub version: Arc<str>,
}

impl Eip712Name {
    /// A domain's name and version.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, version: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
        }
    }
}

/// What one whole unit of a token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PriceRule {
    /// Nobody said. Under a limit in dollars the token cannot be paid with (attacks 12 and 16).
    #[default]
    Unpriced,
    /// A fixed price; a dollar stablecoin is `PerUnit(Usd::ONE)`. Limits hold as well as this price does, so give a
    /// token that trades above its peg a price with some room.
    PerUnit(Usd),
}

/// How a transfer of a token is authorized (`extra.assetTransferMethod` of the x402 `exact` scheme on EVM).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransferMethod {
    /// `transferWithAuthorization` of the token itself ([EIP-3009](https://eips.ethereum.org/EIPS/eip-3009)).
    Eip3009,
    /// A signed transfer through Uniswap's Permit2 contract, for tokens without EIP-3009.
    Permit2,
    /// A partially signed transaction with an SPL `TransferChecked` instruction (x402 `exact` on Solana).
    SplTransfer,
}

impl TransferMethod {
    /// The method's name: the wire's `assetTransferMethod` for EVM methods, `spl` for Solana, where the wire has none.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eip3009 => "eip3009",
            Self::Permit2 => "permit2",
            Self::SplTransfer => "spl",
        }
    }
}
