//! Why a payment is refused, in the words of the official SDKs.

/// The reasons that `@x402/evm` 2.27.0 gives (`exact/facilitator/errors`), and four of the x402 v2 specification,
/// section 9, for what that package leaves to its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    InvalidVersion,
    InvalidPayload,
    InvalidRequirements,
    UnsupportedPayload,
    Scheme,
    Network,
    UnknownAsset,
    NotEip3009,
    MissingDomain,
    NameMismatch,
    DomainVersionMismatch,
    Signature,
    Recipient,
    Expired,
    NotYetValid,
    ValueV1,
    ValueV2,
    NonceUsed,
    Balance,
    /// The facilitator's own trouble: no clock, a full ledger.
    Unexpected,
}

impl Reason {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidVersion => "invalid_x402_version",
            Self::InvalidPayload => "invalid_payload",
            Self::InvalidRequirements => "invalid_payment_requirements",
            Self::UnsupportedPayload => "unsupported_payload_type",
            Self::Scheme => "invalid_exact_evm_scheme",
            Self::Network => "invalid_exact_evm_network_mismatch",
            Self::UnknownAsset => "asset_not_deployed_contract",
            Self::NotEip3009 => "invalid_exact_evm_eip3009_not_supported",
            Self::MissingDomain => "invalid_exact_evm_missing_eip712_domain",
            Self::NameMismatch => "invalid_exact_evm_token_name_mismatch",
            Self::DomainVersionMismatch => "invalid_exact_evm_token_version_mismatch",
            Self::Signature => "invalid_exact_evm_signature",
            Self::Recipient => "invalid_exact_evm_recipient_mismatch",
            Self::Expired => "invalid_exact_evm_payload_authorization_valid_before",
            Self::NotYetValid => "invalid_exact_evm_payload_authorization_valid_after",
            Self::ValueV1 => "invalid_exact_evm_authorization_value",
            Self::ValueV2 => "invalid_exact_evm_payload_authorization_value_mismatch",
            Self::NonceUsed => "invalid_exact_evm_nonce_already_used",
            Self::Balance => "invalid_exact_evm_insufficient_balance",
            Self::Unexpected => "unexpected_settle_error",
        }
    }
}

/// A refusal, with what is known of the payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) reason: Reason,
    /// The network as the request spells it; empty where it could not be read.
    pub(super) network: String,
    pub(super) payer: Option<String>,
}

impl Refusal {
    pub(super) fn unread(reason: Reason) -> Self {
        Self {
            reason,
            network: String::new(),
            payer: None,
        }
    }
}
