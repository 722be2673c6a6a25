//! A payment happens once.
//!
//! - **Buyer**: the same logical request (method, requested URL, body, recipient, token, chain, scheme and agent, or the
//!   caller's own `Idempotency-Key`) is paid once until its claim runs out: after the configured time, and never before
//!   the authorization itself. The amount is kept beside the claim, not in it: the same request at another price is still
//!   the same request. An agent that polls on purpose is allowed a number of repeats
//!   ([`with_max_repeats`](ReplayControl::with_max_repeats)).
//! - **Third party's payment, seller**: the authorization itself is claimed, by the chain's own notion of uniqueness, until
//!   it cannot be settled any more, and is bound to the request: method, host, path, query and body. A seller that does
//!   not do this serves the same payment twice, or for something dearer (attack 90).
//!
//! - **Facilitator-bound**: a payment is handed in for settlement in one form ([`SettleOnce`]), and not again once settled.
//!
//! A payment that was denied or never sent leaves no claim behind. A seller's claim is given back only where the service
//! inside proves that it will not be settled ([`ProvenUnsettled`](crate::service::ProvenUnsettled)).
//!
//! | code | meaning |
//! |---|---|
//! | `replay.duplicate` | the same request was paid already, or is being paid |
//! | `replay.duplicate_amount` | the same, at another price |
//! | `replay.key_reused` | the caller's `Idempotency-Key` was used for another request |
//! | `replay.authorization` | the same authorization was used already for this very request |
//! | `replay.other_request` | the authorization was used already for another request |
//! | `replay.no_key` | nothing in the authorization can be used once |
//! | `replay.long_lived` | a seller would have to remember the authorization for longer than it wants to |
//! | `replay.body_unknown` | the body of a third party's request is not known, so that repeats cannot be told |
//! | `replay.settled` | facilitator-bound: the payment was settled already |
//! | `replay.settle_differs` | facilitator-bound: another message was handed in for this payment before |

mod claiming;
mod control;
mod fingerprint;
mod layer;
mod refusal;
mod settle_once;
mod svm;

pub use crate::fingerprint_key::{FingerprintKey, FingerprintKeyError};
pub(crate) use control::DEFAULT_TTL;
pub use control::ReplayControl;
pub use layer::ReplayLayer;
pub use settle_once::SettleOnce;
