//! What a seller sends to its facilitator, screened before it leaves.
//!
//! A seller hands every payment to a third party: `POST /verify`, then `POST /settle`, with the buyer's payment in full,
//! unknown members included. A facilitator may log it, and catalogue it for everybody.
//!
//! | | what happens |
//! |---|---|
//! | text that nobody signs or compares: v2 `resource` and the bazaar extension, v1 `resource`, `description`, `outputSchema` | redacted, blocked or reported, as the [`PiiControl`](crate::pii::PiiControl) says |
//! | everything else of `paymentPayload` and `paymentRequirements` | never changed: personal data there denies or is reported |
//! | a payment that is not for what the seller asks (another recipient, amount, token, chain or scheme) | denied before it is sent (attack 124) |
//! | `/settle` with another body for a payment that was handed in, or after it was settled | denied by [`SettleOnce`](crate::replay::SettleOnce); the same body again is a retry and passes |
//! | the answer's explanations of a failure | redacted, because sellers repeat them to buyers |
//!
//! A message in which nothing is found leaves byte for byte. Every other request of the same client, such as
//! `GET /supported`, passes through in place.
//!
//! [`FacilitatorGuardLayer`] stands around a tower client; [`FacilitatorGuard`] is the same for any other transport.

mod bind;
mod call;
mod guard;
mod layer;
mod outcome_of;
mod service;

pub use call::FacilitatorCall;
pub use guard::FacilitatorGuard;
pub use layer::FacilitatorGuardLayer;
pub use service::FacilitatorGuardService;

pub use crate::payment::Operation;
