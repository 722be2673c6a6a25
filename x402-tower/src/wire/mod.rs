//! x402 on HTTP, versions 1 and 2: parsed once, strictly, and passed on byte for byte.
//!
//! | message | v1 | v2 | type |
//! |---|---|---|---|
//! | challenge | body of the 402 | `PAYMENT-REQUIRED` | [`Challenge`] |
//! | payment | `X-PAYMENT` | `PAYMENT-SIGNATURE` | [`PaymentPayload`] |
//! | receipt | `X-PAYMENT-RESPONSE` | `PAYMENT-RESPONSE` | [`Receipt`] |
//! | `/verify`, `/settle` | JSON body | JSON body | [`FacilitatorRequest`] |
//!
//! 1. Whatever two readers could understand differently is an error: duplicate headers and keys, case twins of known
//!    keys, fields of the other protocol version, loose base64, loose numbers.
//! 2. Every message is bounded before it is decoded.
//! 3. A message that nobody edited leaves exactly as it came; an edit touches only the text it replaces.
//! 4. Errors name the rule and the field, never the content.

mod authorization;
mod challenge;
mod compose;
mod conflict;
mod edited;
mod error;
mod facilitator;
pub mod header;
mod identifier;
pub mod json;
mod json_text;
mod object;
mod payment;
mod receipt;
mod requirement;
mod rewrite;
mod text;
mod version;
mod words;

#[cfg(test)]
mod tests;

pub use authorization::{Authorization, AuthorizationKind, SignatureBytes};
pub use challenge::Challenge;
pub use compose::{compose_v1, compose_v2};
pub use error::WireError;
pub use facilitator::{FacilitatorRequest, SettleResponse, VerifyResponse};
pub use identifier::{PAYMENT_IDENTIFIER, is_payment_identifier};
pub use json::{Document, Edits, JsonError, Limits, MAX_DEPTH, NodeId};
pub use json_text::JsonText;
pub use payment::PaymentPayload;
pub use receipt::Receipt;
pub use requirement::Requirement;
pub(crate) use rewrite::Rewrite;
pub use text::{TextField, TextId};
pub use version::Version;

pub use crate::money::MAX_AMOUNT_DIGITS;

/// Largest value of a challenge or payment header, before base64 is decoded (attack 24).
///
/// Real ones take 1 to 4 KiB; common servers and proxies cap all headers together at 8 to 64 KiB.
pub const MAX_HEADER_BYTES: usize = 65_536;

/// Largest JSON body of a v1 challenge or a facilitator message (attack 24).
pub const MAX_BODY_BYTES: usize = 65_536;

/// Largest value of a receipt header (attack 122). Real ones take under 1 KiB.
pub const MAX_RECEIPT_BYTES: usize = 8_192;

/// Most entries of `accepts` (attack 31). Real challenges offer one per chain and asset.
pub const MAX_REQUIREMENTS: usize = 32;
