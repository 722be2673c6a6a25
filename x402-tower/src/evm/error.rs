//! Why something could not be signed or recovered.

/// Why an EVM authorization could not be made or checked. No variant quotes a key, a signature or an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvmError {
    /// The token is not on an `eip155` chain, or an account is not an EVM address.
    #[error("not an EVM chain or address; EIP-3009 authorizations exist on eip155 chains only")]
    NotEvm,
    /// The asset table has no EIP-712 name and version for the token (attack 14).
    #[error(
        "the asset table has no EIP-712 name and version for this token; add them as the contract has them"
    )]
    NoDomain,
    /// The asset table does not say that the token has EIP-3009.
    #[error(
        "the asset table does not list this token for EIP-3009; such a signature could never be settled"
    )]
    NotEip3009,
    /// `validAfter` is not before `validBefore`: the authorization could never be settled.
    #[error("the authorization is never valid: validAfter must be earlier than validBefore")]
    Window,
    /// The operating system gave no randomness for the nonce.
    #[error("no random nonce could be drawn from the operating system")]
    Randomness,
    /// The environment variable is not set or is not text.
    #[error("the environment variable with the private key is not set, or is not text")]
    KeyMissing,
    /// Not 32 bytes of hexadecimal, or not a key of secp256k1.
    #[error("the private key is not 32 bytes in hexadecimal, or not a valid secp256k1 key")]
    KeyInvalid,
    /// The signer (a key service or a device, say) refused or failed.
    #[error("the signer refused or failed; look into its own log")]
    Signer,
    /// The signature does not recover to any account, or its recovery byte is neither 27 nor 28.
    #[error("not an ECDSA signature with a recovery byte of 27 or 28")]
    Signature,
    /// `s` is in the upper half of the curve's order: the same signature in its second spelling (EIP-2).
    #[error("the signature is malleable: s must be in the lower half of the curve's order")]
    HighS,
    /// The signature is another account's.
    #[error("the signature was not made by the paying account")]
    WrongSigner,
}

impl EvmError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotEvm => "evm.not_evm",
            Self::NoDomain => "evm.no_domain",
            Self::NotEip3009 => "evm.not_eip3009",
            Self::Window => "evm.window",
            Self::Randomness => "evm.randomness",
            Self::KeyMissing => "evm.key_missing",
            Self::KeyInvalid => "evm.key_invalid",
            Self::Signer => "evm.signer",
            Self::Signature => "evm.signature",
            Self::HighS => "evm.high_s",
            Self::WrongSigner => "evm.wrong_signer",
        }
    }
}
