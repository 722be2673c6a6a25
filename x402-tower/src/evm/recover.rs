//! Who made a signature.

use alloy_primitives::{B256, Signature};

use crate::address::Address;
use crate::assets::Asset;
use crate::evm::{EvmError, SignedAuthorization, account, authorization_digest};

/// The account whose key signed `digest`; `signature` is `r`, `s` and the recovery byte.
///
/// The recovery byte must be 27 or 28, as all SDKs send it and as token contracts want it: with 0 or 1 the settlement
/// would revert. `s` must be in the lower half of the curve's order, so that one authorization has one signature.
///
/// # Errors
///
/// [`EvmError::Signature`] where no account comes out, [`EvmError::HighS`] for the second spelling.
pub fn recover_payer(digest: &[u8; 32], signature: &[u8; 65]) -> Result<Address, EvmError> {
    let [.., recovery] = signature;
    if !matches!(recovery, 27 | 28) {
        return Err(EvmError::Signature);
    }
    let parsed = Signature::from_raw_array(signature).map_err(|_| EvmError::Signature)?;
    if parsed.normalize_s().is_some() {
        return Err(EvmError::HighS);
    }
    let payer = parsed
        .recover_address_from_prehash(&B256::from(*digest))
        .map_err(|_| EvmError::Signature)?;
    account(payer)
}

/// Checks that the payer named in an authorization signed it, under the domain of the local `asset`.
///
/// # Errors
///
/// [`EvmError::WrongSigner`] where another account signed it or something else was signed, and everything that
/// [`authorization_digest`] and [`recover_payer`] refuse.
pub fn verify_authorization(asset: &Asset, signed: &SignedAuthorization) -> Result<(), EvmError> {
    let digest = authorization_digest(asset, &signed.authorization)?;
    if recover_payer(&digest, &signed.signature)? == signed.authorization.from {
        Ok(())
    } else {
        Err(EvmError::WrongSigner)
    }
}
