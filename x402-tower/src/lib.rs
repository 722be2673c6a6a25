//! Composable [`tower`](https://docs.rs/tower) layers that guard x402 payments.

pub mod address;
pub mod assets;
pub mod clock;
pub mod money;
pub mod network;
pub mod payment;
pub mod policy;
pub mod step;
pub mod store;

pub use address::{Address, AddressError};
pub use clock::{Clock, SystemClock, UnixMillis};
pub use money::{AmountError, AtomicAmount, Usd, UsdError};
pub use network::{ChainId, NetworkError};
pub use step::Step;
