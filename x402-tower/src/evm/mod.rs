//! EIP-3009 authorizations: what is hashed, who signed it, and a local signer (feature `evm`).
//!
//! An x402 payment of the `exact` scheme on EVM is a signed `TransferWithAuthorization`
//! ([EIP-3009](https://eips.ethereum.org/EIPS/eip-3009)) under the token's EIP-712 domain. Name, version, chain and
//! contract of that domain always come from an [`Asset`](crate::assets::Asset) of the local table, never from a
//! server's `extra` (attack 14).
//!
//! ```
//! use x402_tower::assets::AssetTable;
//! use x402_tower::evm::{LocalEvmSigner, authorization_digest, recover_payer};
//! use x402_tower::{Address, AtomicAmount, ChainId};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let chain = ChainId::parse("eip155:84532")?;
//! let contract = Address::parse(&chain, "0x036CbD53842c5426634e7929541eC2318f3dCF7e")?;
//! let seller = Address::parse(&chain, "0x209693Bc6afc0C5328bA36FaF03C514EF312287C")?;
//! let table = AssetTable::builtin();
//! let usdc = table.get(&chain, &contract).ok_or("not in the table")?;
//!
//! // A key that everybody knows: the first account of the test chains.
//! let signer = LocalEvmSigner::from_hex("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")?;
//! let signed = signer
//!     .sign_authorization(usdc, &seller, AtomicAmount::from(10_000), 0, 1_800_000_000)
//!     .await?;
//!
//! let digest = authorization_digest(usdc, &signed.authorization)?;
//! assert_eq!(&recover_payer(&digest, &signed.signature)?, signer.address());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod authorization;
mod error;
#[cfg(feature = "evm-oracle")]
mod oracle;
mod pay;
mod recover;
mod signer;

pub use authorization::{SignedAuthorization, TransferAuthorization, authorization_digest};
pub use error::EvmError;
#[cfg(feature = "evm-oracle")]
pub use oracle::{BlockTag, EndpointError, JsonRpcOracle};
pub use recover::{recover_payer, verify_authorization};
pub use signer::LocalEvmSigner;

use crate::address::Address;
use crate::network::ChainId;

/// An account of whatever EVM chain: one key has the same address on all of them.
fn account(bytes: alloy_primitives::Address) -> Result<Address, EvmError> {
    let any = ChainId::parse("eip155:1").map_err(|_| EvmError::NotEvm)?;
    Address::parse(&any, &const_hex::encode_prefixed(bytes.0)).map_err(|_| EvmError::NotEvm)
}
