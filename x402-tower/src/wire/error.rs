//! Why a message is refused.

use super::{JsonError, Version};
use crate::address::AddressError;
use crate::money::AmountError;
use crate::network::NetworkError;

/// Why an x402 message is refused.
///
/// Messages name the rule and the field; they never quote the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// The JSON text is refused.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A header value is longer than its cap.
    #[error("the x402 header is longer than {limit} bytes; send a smaller message")]
    TooLarge {
        /// The cap in bytes.
        limit: usize,
    },
    /// A header value is not canonical base64 (attack 27).
    #[error(
        "the x402 header is not canonical base64; use the standard alphabet with padding (RFC 4648 section 4)"
    )]
    Base64,
    /// A header that must come once comes several times or comma-joined (attack 28).
    #[error("the header {header} must come exactly once")]
    DuplicateHeader {
        /// The header's name.
        header: &'static str,
    },
    /// A payment header written with underscores, which some servers take for the real one (attack 127).
    #[error(
        "a payment header is written with underscores, which servers read differently; write PAYMENT-SIGNATURE or X-PAYMENT"
    )]
    UnderscoreHeader,
    /// Two headers that exclude each other.
    #[error(
        "the headers {first} and {second} must not come together; send the one of your x402 version"
    )]
    ConflictingHeaders {
        /// One header's name.
        first: &'static str,
        /// The other header's name.
        second: &'static str,
    },
    /// The body is something else: not a JSON object, or one without any x402 field.
    #[error("the body is no x402 message; handle it as an ordinary response")]
    NotX402,
    /// `x402Version` is missing, mistyped or not the number of this transport (attack 33).
    #[error("x402Version must be the number {expected} here")]
    Version {
        /// The version that belongs to the transport.
        expected: Version,
    },
    /// A field of the other protocol version (attack 33).
    #[error(
        "the field {field} does not exist in x402 version {version}; send the fields of one version only"
    )]
    OtherVersion {
        /// The field's name.
        field: &'static str,
        /// The version of the message.
        version: Version,
    },
    /// A required field is missing.
    #[error("the field {field} is missing")]
    Missing {
        /// The field's name.
        field: &'static str,
    },
    /// A field has the wrong JSON type (attack 8).
    #[error("the field {field} must be {wanted}")]
    Type {
        /// The field's name.
        field: &'static str,
        /// The type that the specification asks for.
        wanted: &'static str,
    },
    /// A key that differs from a known one only in case, `_` or `-` (attacks 20 and 29).
    #[error(
        "a key is a look-alike of {field}; other readers could take one for the other, so send {field} only"
    )]
    Alias {
        /// The known key.
        field: &'static str,
    },
    /// An amount that is not plain digits within 256 bits (attacks 1 to 6).
    #[error("the field {field} is not an atomic amount: {source}")]
    Amount {
        /// The field's name.
        field: &'static str,
        /// The rule it breaks.
        source: AmountError,
    },
    /// A time that is not decimal seconds within 64 bits.
    #[error("the field {field} must be seconds as a decimal string within 64 bits")]
    Time {
        /// The field's name.
        field: &'static str,
    },
    /// Bytes that are not hexadecimal of the right length.
    #[error("the field {field} must be 0x-prefixed hexadecimal of the length the scheme asks for")]
    Hex {
        /// The field's name.
        field: &'static str,
    },
    /// An address that is not one of the payment's chain.
    #[error("the field {field} is not an address: {source}")]
    Address {
        /// The field's name.
        field: &'static str,
        /// The rule it breaks.
        source: AddressError,
    },
    /// The network is none that money may move on.
    #[error("the network cannot be used: {0}")]
    Network(#[from] NetworkError),
    /// `accepts` is empty or has more than [`MAX_REQUIREMENTS`](super::MAX_REQUIREMENTS) entries (attack 31).
    #[error("accepts must have 1 to {limit} entries")]
    RequirementCount {
        /// The cap.
        limit: usize,
    },
    /// A payload that carries several kinds of authorization; readers could pick different ones.
    #[error("the payload carries more than one kind of authorization; send one")]
    AmbiguousPayload,
    /// An edit of something that must not change on its way.
    #[error("this value must not be rewritten; deny the payment instead")]
    NotRewritable,
    /// A v1 challenge has no header form.
    #[error("an x402 version 1 challenge travels in the body; write it there")]
    NoHeaderForm,
}

impl WireError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => error.code(),
            Self::TooLarge { .. } => "wire.too_large",
            Self::Base64 => "wire.base64",
            Self::DuplicateHeader { .. } => "wire.duplicate_header",
            Self::UnderscoreHeader => "wire.underscore_header",
            Self::ConflictingHeaders { .. } => "wire.conflicting_headers",
            Self::NotX402 => "wire.not_x402",
            Self::Version { .. } => "wire.version",
            Self::OtherVersion { .. } => "wire.version_mix",
            Self::Missing { .. } => "wire.missing_field",
            Self::Type { .. } => "wire.field_type",
            Self::Alias { .. } => "wire.alias",
            Self::Amount { .. } => "wire.amount",
            Self::Time { .. } => "wire.time",
            Self::Hex { .. } => "wire.hex",
            Self::Address { .. } => "wire.address",
            Self::Network(_) => "wire.network",
            Self::RequirementCount { .. } => "wire.requirement_count",
            Self::AmbiguousPayload => "wire.ambiguous_payload",
            Self::NotRewritable => "wire.not_rewritable",
            Self::NoHeaderForm => "wire.no_header_form",
        }
    }

    /// Whether the message is not x402 at all, as opposed to broken x402.
    ///
    /// A 402 of another protocol passes through untouched; broken x402 is refused.
    #[must_use]
    pub const fn is_not_x402(&self) -> bool {
        matches!(self, Self::NotX402)
    }
}
