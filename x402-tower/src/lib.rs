//! Composable [`tower`](https://docs.rs/tower) layers that guard x402 payments.

pub mod address;
pub mod assets;
pub mod audit;
pub mod clock;
#[cfg(feature = "evm")]
pub mod evm;
pub mod money;
pub mod network;
pub mod payment;
pub mod step;
pub mod store;
pub mod wire;

pub use address::{Address, AddressError};
pub use clock::{Clock, SystemClock, UnixMillis};
pub use money::{AmountError, AtomicAmount, Usd, UsdError};
pub use network::{ChainId, NetworkError};
pub use step::Step;
