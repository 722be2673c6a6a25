//! Where a chain remembers that an authorization was used.

use alloy_primitives::{Address as EvmAddress, B256, U256, address};
use alloy_sol_types::SolCall;

use crate::store::SentPayment;
use crate::wire::AuthorizationKind;

/// The functions that are called, as the macro of alloy writes them.
#[allow(missing_docs, unreachable_pub, clippy::exhaustive_structs)]
mod contract {
    alloy_sol_types::sol! {
        function authorizationState(address authorizer, bytes32 nonce) external view returns (bool);
        function nonceBitmap(address owner, uint256 wordPos) external view returns (uint256);
    }
}

/// The Permit2 contract, at one address on every chain that has it.
const PERMIT2: EvmAddress = address!("000000000022D473030F116dDEE9F6B43aC78BA3");

/// A question whose answer is one word, and the bits of it that say that the nonce is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NonceQuery {
    pub(super) contract: EvmAddress,
    pub(super) input: Vec<u8>,
    /// A bool, or one bit of a bitmap.
    answer: AnswerKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AnswerKind {
    Bool,
    Bit(usize),
}

impl NonceQuery {
    /// The question about a payment; `None` where its kind leaves no nonce on an EVM chain.
    pub(super) fn about(payment: &SentPayment) -> Option<Self> {
        let payer = EvmAddress::from(payment.payer.as_ref()?.evm_bytes()?);
        let nonce = payment.nonce?;
        match payment.kind {
            AuthorizationKind::Eip3009 => Some(Self {
                contract: EvmAddress::from(payment.asset.as_ref()?.evm_bytes()?),
                input: contract::authorizationStateCall {
                    authorizer: payer,
                    nonce: B256::from(nonce),
                }
                .abi_encode(),
                answer: AnswerKind::Bool,
            }),
            AuthorizationKind::Permit2 => {
                let [word @ .., bit] = nonce;
                Some(Self {
                    contract: PERMIT2,
                    input: contract::nonceBitmapCall {
                        owner: payer,
                        wordPos: U256::from_be_slice(&word),
                    }
                    .abi_encode(),
                    answer: AnswerKind::Bit(usize::from(bit)),
                })
            }
            _ => None,
        }
    }

    /// Whether a word says that the nonce is used; `None` for a word that is no such answer.
    pub(super) fn is_used(&self, word: [u8; 32]) -> Option<bool> {
        let word = U256::from_be_bytes(word);
        match self.answer {
            AnswerKind::Bit(bit) => Some(word.bit(bit)),
            AnswerKind::Bool if word <= U256::ONE => Some(word == U256::ONE),
            AnswerKind::Bool => None,
        }
    }
}
