//! Official x402 software as peers: sellers, buyers and a facilitator without a chain.
//!
//! The scripts are in `tests/interop` (its README has their variables). A test that cannot start one
//! fails and says so; it never passes without having met its peer.
//!
//! ```no_run
//! # async fn example() {
//! use x402_tests::interop::{Buyer, Seller, StubFacilitator, run_client};
//!
//! let facilitator = StubFacilitator::spawn().await;
//! let seller = Seller::ExpressV2.spawn(facilitator.address()).await;
//! let report = run_client(Buyer::Httpx, &format!("{}/premium", seller.address())).await.unwrap();
//! assert_eq!(report.status, 200);
//! assert_eq!(facilitator.calls_to("/settle").len(), 1);
//! # }
//! ```

mod buyer;
mod facilitator;
mod peer;
mod program;
mod seller;
pub mod x402_rs;

pub use buyer::{Buyer, ClientCall, ClientFailure, ClientReport, PaymentHeader, run_client};
pub use facilitator::{Exchange, StubFacilitator};
pub use peer::Peer;
pub use seller::Seller;

/// Who the sellers want paid, unless a test says otherwise.
pub const PAY_TO: &str = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

/// What the sellers charge, in atomic units of USDC (6 decimals): one cent.
pub const PRICE_ATOMIC: u64 = 10_000;

/// USDC on Base Sepolia, the one asset that is sold for here.
pub const USDC_BASE_SEPOLIA: &str = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

/// Who pays: the address of [`PAYER_KEY`].
pub const PAYER: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

/// Key 0 of every local EVM development node: public, and worthless on any real chain.
pub const PAYER_KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
