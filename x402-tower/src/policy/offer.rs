//! What the rules look at.

use url::Url;

use crate::address::Address;
use crate::money::{AtomicAmount, Usd};
use crate::network::ChainId;

/// One requirement of a challenge, and the URL that was requested.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Offer<'a> {
    /// The URL that was requested and that answered; never what the challenge says of itself.
    pub url: &'a Url,
    /// The chain.
    pub chain: &'a ChainId,
    /// The x402 scheme.
    pub scheme: &'a str,
    /// The token contract.
    pub asset: &'a Address,
    /// Who gets the money.
    pub pay_to: &'a Address,
    /// The amount in atomic units, where it is known.
    pub amount: Option<AtomicAmount>,
    /// What it costs at most, by the local asset table; `None` where nobody priced the asset.
    pub price: Option<Usd>,
    /// How long the authorization would stay valid from now on, in seconds.
    pub lifetime_seconds: u64,
}

impl<'a> Offer<'a> {
    /// An offer that nobody has priced yet, valid for ever: say what holds with the setters.
    #[must_use]
    pub fn new(
        url: &'a Url,
        chain: &'a ChainId,
        scheme: &'a str,
        asset: &'a Address,
        pay_to: &'a Address,
    ) -> Self {
        Self {
            url,
            chain,
            scheme,
            asset,
            pay_to,
            amount: None,
            price: None,
            lifetime_seconds: u64::MAX,
        }
    }

    /// Sets the [`amount`](Self::amount).
    #[must_use]
    pub fn with_amount(mut self, amount: AtomicAmount) -> Self {
        self.amount = Some(amount);
        self
    }

    /// Sets the [`price`](Self::price).
    #[must_use]
    pub fn with_price(mut self, price: Option<Usd>) -> Self {
        self.price = price;
        self
    }

    /// Sets [`lifetime_seconds`](Self::lifetime_seconds).
    #[must_use]
    pub fn with_lifetime_seconds(mut self, seconds: u64) -> Self {
        self.lifetime_seconds = seconds;
        self
    }
}
