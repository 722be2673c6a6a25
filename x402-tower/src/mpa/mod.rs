//! Approvals of n of m for large payments.
//!
//! A payment of at least [`min_amount`](MpaConfig::with_min_amount), one that nobody can price, or one with which a
//! recipient has been paid [so much](MpaConfig::with_cumulative) within a window, passes only when a threshold of
//! [`Approver`]s has approved it. Approvers are asked all at once; the control answers as soon as the outcome is certain
//! either way, and denies when the wait is over. An answer that fails, is late or is not exactly right is no approval.
//!
//! Whoever started the payment cannot approve it: an approver with the agent's own name, or one that
//! [runs the agent](Approver::running_agent), is neither asked nor counted (attack 99). Two approvers with one key are a
//! configuration that is refused (attack 98).
//!
//! ```
//! use std::time::Duration;
//!
//! use x402_tower::guard::GuardConfig;
//! use x402_tower::mpa::{ApprovalSecret, Approver, MpaConfig};
//! use x402_tower::policy::PolicyConfig;
//! use x402_tower::{ControlKind, Usd};
//!
//! # const CAROL: [u8; 32] = [
//! #     0x03, 0xa1, 0x07, 0xbf, 0xf3, 0xce, 0x10, 0xbe, 0x1d, 0x70, 0xdd, 0x18, 0xe7, 0x4b, 0xc0, 0x99,
//! #     0x67, 0xe4, 0xd6, 0x30, 0x9b, 0xa5, 0x0d, 0x5f, 0x1d, 0xdc, 0x86, 0x64, 0x12, 0x55, 0x31, 0xb8,
//! # ];
//! // Two of three from a dollar on, and from five dollars a day to one recipient on.
//! let approvals = MpaConfig::new(2)
//!     .with_min_amount(Usd::parse("1.00")?)
//!     .with_cumulative(Usd::parse("5.00")?, Duration::from_secs(86_400))
//!     .with_approver(Approver::hmac("alice", ApprovalSecret::new("3f8a1c5de27b49601122334455667788")?))
//!     .with_approver(Approver::hmac("bob", ApprovalSecret::new("9be04d1726c85fa37788990011223344")?))
//!     .with_approver(Approver::ed25519("carol", CAROL));
//! let guard = GuardConfig::buyer().policy(PolicyConfig::new()).mpa(approvals).build()?;
//! assert_eq!(guard.chain().kinds().last(), Some(ControlKind::Mpa), "innermost");
//!
//! let alone = MpaConfig::new(2).with_approver(Approver::ed25519("carol", CAROL));
//! let refused = GuardConfig::buyer().policy(PolicyConfig::new()).mpa(alone).build().unwrap_err();
//! assert_eq!(refused.code(), "mpa.threshold_out_of_reach");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Webhooks
//!
//! The approver's URL gets a `POST` with a JSON object:
//!
//! | member | what it is |
//! |---|---|
//! | `request` | the [payload](#the-signed-payload), as an object, with its bytes unchanged |
//! | `approver_id` | who is asked |
//! | `threshold` | how many approvals are needed |
//! | `untrusted_texts` | what the seller says, as `field` and `text`: redacted, escaped, cut to 200 characters |
//!
//! It approves with status 200 and `{"approved":true}`: the JSON literal, nothing that is merely truthy. With a
//! [shared secret](Approver::with_shared_secret), requests carry
//!
//! - `X-MPA-Timestamp`: Unix seconds,
//! - `X-MPA-Signature`: HMAC-SHA256 in hexadecimal of `x402-tower/mpa/webhook-request/v1`, a line feed, the timestamp,
//!   a line feed, and the body;
//!
//! and an answer counts only with `X-MPA-HMAC`, the HMAC-SHA256 of its body in hexadecimal, and with `request_id` and
//! `digest` repeated in it, so that no answer can be given twice:
//! `{"approved":true,"request_id":"…","digest":"…"}`.
//!
//! With the feature `webhook`, `HttpWebhooks` calls them: no redirects, no proxies, capped answers, and only addresses
//! that were [checked](reach) after the name was resolved, over the very connection that was opened to them.
//!
//! # Countersignatures
//!
//! An approver who is known by a key signs the payload, with HMAC-SHA256 or Ed25519. In this process a [`Countersigner`]
//! does it at once. Anybody else takes two steps:
//!
//! 1. The payment is denied with `mpa.approval_required`. The denial's source is a [`NotApproved`] with the
//!    [`ApprovalRequest`]; the `application/problem+json` response has it as `approval_request`.
//! 2. The request is sent again with [`ApprovalSignatures`](crate::payment::ApprovalSignatures) in its extensions. The
//!    payment that then comes of it is held against what was signed, byte for byte: another price, recipient, URL, body,
//!    agent or policy revision needs new signatures (attack 97).
//!
//! A request that was countersigned buys once, within its life, in all processes that share a
//! [claim store](MpaControl::with_claims) (attack 96). A payment that was not sent gives it back.
//!
//! # The signed payload
//!
//! One JSON object as [RFC 8785](https://www.rfc-editor.org/rfc/rfc8785) writes it: UTF-8, no white space, members in
//! this order, an unknown value as `null`.
//!
//! | member | type | value |
//! |---|---|---|
//! | `agent` | string | who spends |
//! | `amount` | string | atomic units, plain digits; the signed maximum for `upto` |
//! | `asset` | string or null | token contract, lower case on EVM chains |
//! | `chain` | string | CAIP-2 |
//! | `digest` | string | the payment's digest, 64 hexadecimal digits |
//! | `expires` | number | Unix seconds; the signature is good before this moment |
//! | `method` | string | of the HTTP request |
//! | `pay_to` | string | recipient, in full |
//! | `policy_revision` | string or null | the policy that let it pass |
//! | `price_usd` | string or null | dollars, from the local price table |
//! | `request_id` | string | 32 hexadecimal digits |
//! | `scheme` | string | x402 scheme; characters that are not printed as `\u{…}`, at most 64 characters and `…` |
//! | `type` | string | `x402-tower/mpa/approval/v1` |
//! | `url` | string | the requested URL as it may be shown; the origin alone where no control has screened it |
//!
//! The digest is SHA-256 over these parts, each with its length in bytes before it as eight bytes, big-endian:
//! `x402-tower/mpa/payment/v1`, the agent, the method, the requested URL up to its fragment, the SHA-256 of the request's
//! body (empty where it is unknown), the idempotency key (empty without one), the scheme, the chain, the asset (empty
//! where it is unknown), the recipient, the amount.
//!
//! Vectors for both, and for each kind of signature, are in `tests/vectors/mpa.json` of the repository.

mod approver;
mod ballot;
mod config;
mod control;
mod countersignature;
mod cumulative;
mod error;
mod gather;
mod layer;
mod request;
mod secret;
mod shown;
#[cfg(test)]
mod tests;
mod webhook;

pub use approver::Approver;
pub use config::MpaConfig;
pub use control::MpaControl;
pub use countersignature::Countersigner;
pub(crate) use cumulative::own_id;
pub use error::{MpaError, NotApproved, Shortfall};
pub use layer::MpaLayer;
pub use request::ApprovalRequest;
pub use secret::ApprovalSecret;
#[cfg(feature = "webhook")]
pub use webhook::HttpWebhooks;
pub use webhook::{MAX_ANSWER_BYTES, Reach, WebhookFault, WebhookTransport, reach};
