//! Composable [`tower`](https://docs.rs/tower) layers that guard x402 payments.

pub mod address;
pub mod assets;
pub mod audit;
pub mod chain;
pub mod clock;
pub mod context;
pub mod control;
pub mod denial;
#[cfg(feature = "evm")]
pub mod evm;
mod flight;
pub mod guard;
pub mod money;
pub mod network;
mod offers;
pub mod pay;
pub mod payment;
pub mod pii;
pub mod policy;
pub mod replay;
pub mod screening;
pub mod service;
mod settlement;
pub mod step;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod wire;
#[cfg(feature = "x402-rs")]
pub mod x402_rs;

pub use address::{Address, AddressError};
pub use assets::AssetTable;
pub use chain::{Chain, OrderError};
pub use clock::{Clock, SystemClock, UnixMillis};
pub use context::{Context, ResourceMatch};
pub use control::{Control, ControlKind};
pub use denial::{Denial, DenialKind};
pub use guard::{ConfigError, GuardConfig, X402GuardLayer};
pub use money::{AmountError, AtomicAmount, Usd, UsdError};
pub use network::{ChainId, NetworkError};
pub use pay::{Approved, PayLayer, SignLayer, SignedPayment, Signer, SignerError};
pub use payment::{AgentId, Exchange, Outcome, Payment, PaymentId, PaymentRecord, Position, Terms};
pub use screening::{Purpose, Screening};
pub use service::{ControlService, GuardBody, Prepared};
pub use step::Step;
pub use wire::{Challenge, Receipt, Requirement};
