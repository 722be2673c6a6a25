//! The facilitator and the seller, for a buyer in the same process.

use url::Url;
use x402_tower::Address;

use crate::Failure;
use crate::seller::CATALOG;
use crate::servers::Servers;

/// A facilitator and a seller on free ports of the loopback, with play money, until it is closed.
#[derive(Debug)]
pub struct Market {
    servers: Servers,
}

impl Market {
    /// Starts both.
    ///
    /// # Errors
    ///
    /// Where no port can be had.
    pub async fn open() -> Result<Self, Failure> {
        let servers = Servers::open(0, 0, None).await?;
        Ok(Self { servers })
    }

    /// Where the seller is.
    #[must_use]
    pub fn seller(&self) -> &Url {
        &self.servers.seller_url
    }

    /// What it sells: path and price, in US dollars as text.
    pub fn catalog(&self) -> impl Iterator<Item = (&'static str, String)> {
        CATALOG
            .iter()
            .map(|product| (product.path, product.price.to_string()))
    }

    /// Gives `holder` play money, in atomic units of USDC (six decimals).
    ///
    /// # Errors
    ///
    /// Where `holder` is no account of the chain.
    pub fn fund(&self, holder: &Address, amount: u64) -> Result<(), Failure> {
        self.servers.fund(holder, amount)
    }

    /// How many payments were settled.
    #[must_use]
    pub fn settled(&self) -> usize {
        self.servers.facilitator.settlements().len()
    }

    /// Stops both, and waits a moment for open connections.
    ///
    /// # Errors
    ///
    /// Where a server ended with one.
    pub async fn close(self) -> Result<(), Failure> {
        self.servers.close().await
    }
}
