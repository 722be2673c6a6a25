//! What a requirement asks for, in canonical form.

use crate::address::Address;
use crate::assets::AssetTable;
use crate::denial::{Denial, DenialKind};
use crate::money::{AtomicAmount, Usd};
use crate::network::ChainId;
use crate::wire::Requirement;

/// What would be paid, to whom, in what and for how long: the typed fields that rules decide on.
///
/// `price` comes from the local [`AssetTable`](crate::assets::AssetTable), never from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Terms {
    /// The payment scheme, such as `exact`, as it stands on the wire.
    pub scheme: String,
    /// The chain.
    pub chain: ChainId,
    /// The token contract. `None` only where a v1 payment header names none (seller position).
    pub asset: Option<Address>,
    /// The recipient.
    pub pay_to: Address,
    /// The amount in atomic units; the signed maximum for `upto`.
    pub amount: AtomicAmount,
    /// The amount in dollars; `None` where nobody priced the asset.
    pub price: Option<Usd>,
    /// How long the authorization can be settled, in seconds from now.
    pub lifetime_seconds: u64,
}

impl Terms {
    /// A payment of `amount`, as `exact` and for a minute, that nobody has priced.
    #[must_use]
    pub fn new(chain: ChainId, asset: Address, pay_to: Address, amount: AtomicAmount) -> Self {
        Self {
            scheme: "exact".to_owned(),
            chain,
            asset: Some(asset),
            pay_to,
            amount,
            price: None,
            lifetime_seconds: 60,
        }
    }

    /// The terms of a requirement, priced by the local table.
    ///
    /// # Errors
    ///
    /// A [`Denial`] where the chain, the token or the recipient cannot be named exactly.
    pub fn of(requirement: &Requirement, assets: &AssetTable) -> Result<Self, Denial> {
        let unusable = |code, what: &str| {
            Denial::new(
                DenialKind::PaymentError,
                code,
                format!("the offer cannot be paid: {what}"),
            )
        };
        let chain = requirement
            .chain()
            .map_err(|error| unusable(error.code(), &error.to_string()))?
            .clone();
        let address = |parsed: Result<Address, crate::wire::WireError>| {
            parsed.map_err(|error| unusable(error.code(), &error.to_string()))
        };
        let asset = address(requirement.asset_address())?;
        let pay_to = address(requirement.pay_to_address())?;
        let amount = requirement.amount();
        let price = assets.price(&chain, &asset, amount).ok();
        Ok(Self {
            scheme: requirement.scheme().to_owned(),
            chain,
            asset: Some(asset),
            pay_to,
            amount,
            price,
            lifetime_seconds: requirement.max_timeout_seconds(),
        })
    }
}
