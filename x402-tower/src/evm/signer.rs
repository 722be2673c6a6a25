//! A signer that holds its key, or reaches it.

use core::fmt;

use alloy_primitives::B256;
use alloy_signer::Signer;
use alloy_signer_local::PrivateKeySigner;
use zeroize::Zeroizing;

use crate::address::Address;
use crate::assets::{Asset, TransferMethod};
use crate::evm::{
    EvmError, SignedAuthorization, TransferAuthorization, account, authorization_digest,
    recover_payer,
};
use crate::money::AtomicAmount;

/// Signs EIP-3009 authorizations with a key in memory, or with any other [`alloy_signer::Signer`]: a key service, a
/// hardware wallet.
///
/// It signs what it is told to. Put the controls in front of it; a layer of this crate hands it nothing that was not
/// allowed. `Debug` shows the account and never the key.
pub struct LocalEvmSigner<S = PrivateKeySigner> {
    inner: S,
    address: Address,
}

impl LocalEvmSigner {
    /// From a private key of 32 bytes in hexadecimal, with or without `0x`.
    ///
    /// # Errors
    ///
    /// [`EvmError::KeyInvalid`], which does not quote the text.
    pub fn from_hex(key: &str) -> Result<Self, EvmError> {
        let mut bytes = Zeroizing::new([0u8; 32]);
        const_hex::decode_to_slice(key, bytes.as_mut()).map_err(|_| EvmError::KeyInvalid)?;
        let inner =
            PrivateKeySigner::from_slice(bytes.as_ref()).map_err(|_| EvmError::KeyInvalid)?;
        Self::new(inner)
    }

    /// From a private key in the environment variable `name`, read as by [`from_hex`](Self::from_hex); white space
    /// around it is ignored.
    ///
    /// # Errors
    ///
    /// [`EvmError::KeyMissing`] where the variable is not set or is not text, [`EvmError::KeyInvalid`] where it is not
    /// a key.
    pub fn from_env_key(name: &str) -> Result<Self, EvmError> {
        let key = Zeroizing::new(std::env::var(name).map_err(|_| EvmError::KeyMissing)?);
        Self::from_hex(key.trim())
    }
}

impl<S: Signer + Send + Sync> LocalEvmSigner<S> {
    /// Over a signer that already has its key.
    ///
    /// # Errors
    ///
    /// [`EvmError::NotEvm`] where the signer's account cannot be read as an EVM address.
    pub fn new(inner: S) -> Result<Self, EvmError> {
        let address = account(inner.address())?;
        Ok(Self { inner, address })
    }

    /// Signs that `amount` of `asset` may move once to `to`, from `valid_after` until `valid_before` (Unix seconds).
    ///
    /// Name, version, chain and contract of the signed domain are those of `asset`; the nonce is 32 fresh random bytes.
    /// The signature is checked before it is handed out: a key service that answers with another key's signature is an
    /// error here and not a payment that fails far away.
    ///
    /// # Errors
    ///
    /// [`EvmError::NotEip3009`], [`EvmError::NotEvm`] or [`EvmError::NoDomain`] where the asset cannot be signed for,
    /// [`EvmError::Window`] where the window is empty, [`EvmError::Randomness`] without a nonce, [`EvmError::Signer`]
    /// where the key's holder fails, [`EvmError::WrongSigner`] where another key signed.
    pub async fn sign_authorization(
        &self,
        asset: &Asset,
        to: &Address,
        amount: AtomicAmount,
        valid_after: u64,
        valid_before: u64,
    ) -> Result<SignedAuthorization, EvmError> {
        if asset.transfer_method != Some(TransferMethod::Eip3009) {
            return Err(EvmError::NotEip3009);
        }
        if valid_after >= valid_before {
            return Err(EvmError::Window);
        }
        let mut nonce = [0u8; 32];
        getrandom::fill(&mut nonce).map_err(|_| EvmError::Randomness)?;
        let authorization = TransferAuthorization::new(
            self.address.clone(),
            to.clone(),
            amount,
            valid_after,
            valid_before,
            nonce,
        );
        let digest = authorization_digest(asset, &authorization)?;
        let signature = self
            .inner
            .sign_hash(&B256::from(digest))
            .await
            .map_err(|_| EvmError::Signer)?
            .normalized_s()
            .as_bytes();
        if recover_payer(&digest, &signature)? != self.address {
            return Err(EvmError::WrongSigner);
        }
        Ok(SignedAuthorization::new(authorization, signature))
    }
}

impl<S> LocalEvmSigner<S> {
    /// The account that pays.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }
}

impl<S> fmt::Debug for LocalEvmSigner<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalEvmSigner")
            .field("address", &self.address)
            .field("key", &"(secret)")
            .finish()
    }
}

#[cfg(test)]
mod tests;
