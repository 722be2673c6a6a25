//! `TransferWithAuthorization` and its EIP-712 digest.

use core::fmt;

use alloy_primitives::{Address as EvmAddress, B256, U256};
use alloy_sol_types::{SolStruct, eip712_domain};

use crate::address::Address;
use crate::assets::Asset;
use crate::evm::EvmError;
use crate::money::AtomicAmount;

/// The message of EIP-3009, as the macro of alloy writes it.
#[allow(missing_docs, unreachable_pub, clippy::exhaustive_structs)]
mod message {
    alloy_sol_types::sol! {
        struct TransferWithAuthorization {
            address from;
            address to;
            uint256 value;
            uint256 validAfter;
            uint256 validBefore;
            bytes32 nonce;
        }
    }
}

/// What a payer signs to let a token move once ([EIP-3009](https://eips.ethereum.org/EIPS/eip-3009)).
///
/// It binds neither the URL nor the resource: who holds the signature can settle it for anything that costs the same
/// at the same recipient, until `valid_before`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransferAuthorization {
    /// The paying account.
    pub from: Address,
    /// The account that is paid.
    pub to: Address,
    /// How much, in atomic units of the token.
    pub value: AtomicAmount,
    /// Not valid before this moment, in Unix seconds.
    pub valid_after: u64,
    /// No longer valid from this moment on, in Unix seconds. The contract takes 256 bits here; an end that does not
    /// fit 64 never comes, and such an authorization cannot be written down.
    pub valid_before: u64,
    /// 32 random bytes; the contract lets each pair of payer and nonce move money once.
    pub nonce: [u8; 32],
}

impl TransferAuthorization {
    /// An authorization with all its fields, in the order in which they are hashed.
    #[must_use]
    pub fn new(
        from: Address,
        to: Address,
        value: AtomicAmount,
        valid_after: u64,
        valid_before: u64,
        nonce: [u8; 32],
    ) -> Self {
        Self {
            from,
            to,
            value,
            valid_after,
            valid_before,
            nonce,
        }
    }
}

/// An authorization and the signature that makes it money: until it is settled or has expired, whoever holds this can
/// spend it. `Debug` leaves the signature out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedAuthorization {
    /// What was signed.
    pub authorization: TransferAuthorization,
    /// `r`, `s` and the recovery byte, 27 or 28.
    pub signature: [u8; 65],
}

impl SignedAuthorization {
    /// An authorization with its signature (`r`, `s`, and 27 or 28).
    #[must_use]
    pub fn new(authorization: TransferAuthorization, signature: [u8; 65]) -> Self {
        Self {
            authorization,
            signature,
        }
    }
}

impl fmt::Debug for SignedAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedAuthorization")
            .field("authorization", &self.authorization)
            .field("signature", &"(secret)")
            .finish()
    }
}

/// The digest that the payer signs: EIP-712 over `TransferWithAuthorization` under the token's own domain.
///
/// # Errors
///
/// [`EvmError::NotEvm`] where the token or an account is not one of an EVM chain, [`EvmError::NoDomain`] where the
/// asset has no EIP-712 name.
pub fn authorization_digest(
    asset: &Asset,
    authorization: &TransferAuthorization,
) -> Result<[u8; 32], EvmError> {
    let chain_id = asset.chain.evm_chain_id().ok_or(EvmError::NotEvm)?;
    let eip712 = asset.eip712.as_ref().ok_or(EvmError::NoDomain)?;
    let domain = eip712_domain! {
        name: eip712.name.to_string(),
        version: eip712.version.to_string(),
        chain_id: chain_id,
        verifying_contract: evm_address(&asset.address)?,
    };
    let message = message::TransferWithAuthorization {
        from: evm_address(&authorization.from)?,
        to: evm_address(&authorization.to)?,
        value: U256::from_be_bytes(authorization.value.to_be_bytes()),
        validAfter: U256::from(authorization.valid_after),
        validBefore: U256::from(authorization.valid_before),
        nonce: B256::from(authorization.nonce),
    };
    Ok(message.eip712_signing_hash(&domain).0)
}

fn evm_address(address: &Address) -> Result<EvmAddress, EvmError> {
    address
        .evm_bytes()
        .map(EvmAddress::from)
        .ok_or(EvmError::NotEvm)
}
