//! The official sellers that run as scripts.

use super::Peer;

/// An official seller of `POST /premium`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Seller {
    /// `@x402/express`, x402 v2.
    ExpressV2,
    /// `x402-express`, x402 v1.
    ExpressV1,
    /// The Python SDK on FastAPI, x402 v2.
    FastApi,
}

impl Seller {
    /// Starts it with the default price and recipient.
    ///
    /// # Panics
    ///
    /// As [`Peer::spawn`].
    pub async fn spawn(self, facilitator_url: &str) -> Peer {
        self.spawn_with(facilitator_url, &[]).await
    }

    /// Starts it with more variables (`PRICE`, `PAY_TO`, `PAYMENT_IDENTIFIER`: see the README of the scripts).
    ///
    /// # Panics
    ///
    /// As [`Peer::spawn`].
    pub async fn spawn_with(self, facilitator_url: &str, env: &[(&str, &str)]) -> Peer {
        let mut all = vec![("FACILITATOR_URL", facilitator_url)];
        all.extend_from_slice(env);
        Peer::spawn(self.script(), &all).await
    }

    fn script(self) -> &'static str {
        match self {
            Self::ExpressV2 => "seller-express-v2.cjs",
            Self::ExpressV1 => "seller-express-v1.cjs",
            Self::FastApi => "seller_fastapi.py",
        }
    }
}
