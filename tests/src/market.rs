//! A facilitator and an official seller that uses it.

use crate::interop::x402_rs::{self, Version};
use crate::interop::{Peer, Seller, StubFacilitator};

/// An official seller of `POST /premium`, in its own process or in the test's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shop {
    /// `@x402/express`, x402 v2.
    ExpressV2,
    /// `x402-express`, x402 v1.
    ExpressV1,
    /// The Python SDK on FastAPI, x402 v2.
    FastApi,
    /// x402-rs' `x402-axum`, x402 v2.
    AxumV2,
    /// x402-rs' `x402-axum`, x402 v1.
    AxumV1,
}

impl Shop {
    /// The protocol version that it speaks: 1 or 2.
    #[must_use]
    pub fn version(self) -> u8 {
        match self {
            Self::ExpressV1 | Self::AxumV1 => 1,
            Self::ExpressV2 | Self::FastApi | Self::AxumV2 => 2,
        }
    }
}

/// A running seller, and the facilitator without a chain that it verifies and settles with.
#[derive(Debug)]
pub struct Market {
    facilitator: StubFacilitator,
    seller: Running,
}

#[derive(Debug)]
enum Running {
    Process(Peer),
    Task(String),
}

impl Market {
    /// Starts both.
    ///
    /// # Panics
    ///
    /// As [`Peer::spawn`] and [`x402_rs::spawn_seller`].
    pub async fn open(shop: Shop) -> Self {
        Self::open_with(shop, &[]).await
    }

    /// Starts both, the facilitator with more variables (`SETTLE_FAIL`, `VERIFY_FAIL`).
    ///
    /// # Panics
    ///
    /// As [`open`](Self::open).
    pub async fn open_with(shop: Shop, facilitator: &[(&str, &str)]) -> Self {
        let facilitator = StubFacilitator::spawn_with(facilitator).await;
        let url = facilitator.address();
        let seller = match shop {
            Shop::ExpressV2 => Running::Process(Seller::ExpressV2.spawn(url).await),
            Shop::ExpressV1 => Running::Process(Seller::ExpressV1.spawn(url).await),
            Shop::FastApi => Running::Process(Seller::FastApi.spawn(url).await),
            Shop::AxumV2 => Running::Task(x402_rs::spawn_seller(Version::V2, url).await),
            Shop::AxumV1 => Running::Task(x402_rs::spawn_seller(Version::V1, url).await),
        };
        Self {
            facilitator,
            seller,
        }
    }

    /// The facilitator.
    #[must_use]
    pub fn facilitator(&self) -> &StubFacilitator {
        &self.facilitator
    }

    /// Where the seller listens: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        match &self.seller {
            Running::Process(peer) => peer.address(),
            Running::Task(address) => address,
        }
    }

    /// What is sold.
    #[must_use]
    pub fn premium(&self) -> String {
        format!("{}/premium", self.address())
    }
}
