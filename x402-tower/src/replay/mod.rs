//! A payment happens once.
//!
//! - **Buyer**: the same logical request (method, requested URL, body, recipient, token, chain, scheme and agent, or the
//!   caller's own `Idempotency-Key`) is paid once until its claim runs out: after the configured time, and never before
//!   the authorization itself.
//! - **Third party's payment, seller**: the authorization itself is claimed, by the chain's own notion of uniqueness, until
//!   it cannot be settled any more. A seller that does not do this serves the same payment twice (attack 90).
//!
//! - **Facilitator-bound**: a payment is handed in for settlement in one form ([`SettleOnce`]), and not again once settled.
//!
//! A payment that was denied or never sent leaves no claim behind.

mod control;
mod fingerprint;
mod layer;
mod settle_once;

pub(crate) use control::DEFAULT_TTL;
pub use control::ReplayControl;
pub use fingerprint::{FingerprintKey, FingerprintKeyError};
pub use layer::ReplayLayer;
pub use settle_once::SettleOnce;
