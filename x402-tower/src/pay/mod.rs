//! 402 → choose → check → sign → compare → send.
//!
//! 1. The challenge is read under a cap and a deadline; what is malformed, redirected from elsewhere or about another
//!    resource is denied.
//! 2. The cheapest offer that the controls would allow and the signer can pay is chosen.
//! 3. Every control decides on it; then the intent is journalled.
//! 4. The [`Signer`] is given an [`Approved`] payment, and what it makes is compared with it.
//! 5. The payment counts as spent, and leaves.
//! 6. Whatever comes back, also another 402, is an outcome.

mod answer;
mod compare;
mod kept;
mod layer;
mod payer;
mod service;
mod sign;
mod signer;

pub use answer::{Answer, AnsweringUri, check_answering_origin};
pub use kept::{MAX_REPLAY_BODY_BYTES, body_not_replayable};
pub use layer::PayLayer;
pub use payer::Payer;
pub use service::PayService;
pub use sign::{SignFuture, SignLayer, SignService};
pub use signer::{Approved, NoSigner, SignedPayment, Signer, SignerError};
