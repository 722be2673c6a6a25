//! The token contracts, as far as a payment sees them: balances, used nonces and what was settled.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};
use x402_tower::assets::Asset;
use x402_tower::evm::TransferAuthorization;
use x402_tower::wire::Version;
use x402_tower::{Address, AtomicAmount, ChainId, UnixMillis};

use super::reason::Reason;

/// Most accounts, and most settlements, that are kept. A full ledger settles nothing.
const MAX_ENTRIES: usize = 10_000;

/// A token contract on its chain.
type Token = (ChainId, Address);

/// What a holder has of a token.
type Account = (Token, Address);

/// A transfer whose signature, recipient, amount and time were found good.
#[derive(Debug, Clone)]
pub(super) struct Transfer {
    token: Token,
    authorization: TransferAuthorization,
    digest: [u8; 32],
    version: Version,
}

impl Transfer {
    pub(super) fn new(
        asset: &Asset,
        authorization: TransferAuthorization,
        digest: [u8; 32],
        version: Version,
    ) -> Self {
        Self {
            token: (asset.chain.clone(), asset.address.clone()),
            authorization,
            digest,
            version,
        }
    }
}

/// One settled payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settlement {
    /// What a chain would call the transaction: `0x` and 64 hexadecimal digits, the same for the same authorization.
    pub(crate) transaction: String,
    /// When it was settled.
    pub(crate) at: UnixMillis,
    /// The version of x402 that it came in.
    pub(crate) version: Version,
    /// The chain of the token.
    pub(crate) chain: ChainId,
    /// The token contract.
    pub(crate) asset: Address,
    /// Who paid.
    pub(crate) from: Address,
    /// Who was paid.
    pub(crate) to: Address,
    /// How much, in atomic units.
    pub(crate) amount: AtomicAmount,
}

/// Why the faucet gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LedgerError {
    #[error("the balance does not fit 128 bits")]
    TooMuch,
    #[error("the ledger is full; restart the facilitator")]
    Full,
}

/// Balances and nonces of all tokens.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    balances: HashMap<Account, u128>,
    // EIP-3009 keeps nonces by payer in each token contract: no version, amount or signature belongs in the key.
    used: HashSet<(Token, Address, [u8; 32])>,
    settlements: Vec<Settlement>,
}

impl Ledger {
    pub(super) fn fund(
        &mut self,
        asset: &Asset,
        holder: &Address,
        amount: AtomicAmount,
    ) -> Result<(), LedgerError> {
        let account = ((asset.chain.clone(), asset.address.clone()), holder.clone());
        let known = self.balances.contains_key(&account);
        if !known && self.balances.len() >= MAX_ENTRIES {
            return Err(LedgerError::Full);
        }
        let sum = units(amount)
            .and_then(|more| self.held(&account).checked_add(more))
            .ok_or(LedgerError::TooMuch)?;
        self.balances.insert(account, sum);
        Ok(())
    }

    pub(super) fn balance(&self, asset: &Asset, holder: &Address) -> u128 {
        self.held(&((asset.chain.clone(), asset.address.clone()), holder.clone()))
    }

    pub(super) fn settlements(&self) -> &[Settlement] {
        &self.settlements
    }

    /// Whether this transfer could be settled now.
    pub(super) fn check(&self, transfer: &Transfer) -> Result<(), Reason> {
        self.after(transfer).map(|_| ())
    }

    /// Moves the money and marks the nonce: both or neither.
    pub(super) fn settle(
        &mut self,
        transfer: Transfer,
        at: UnixMillis,
    ) -> Result<Settlement, Reason> {
        let changes = self.after(&transfer)?;
        let authorization = transfer.authorization;
        let settlement = Settlement {
            transaction: transaction(&transfer.digest),
            at,
            version: transfer.version,
            chain: transfer.token.0.clone(),
            asset: transfer.token.1.clone(),
            from: authorization.from.clone(),
            to: authorization.to,
            amount: authorization.value,
        };
        self.balances.extend(changes);
        self.used
            .insert((transfer.token, authorization.from, authorization.nonce));
        self.settlements.push(settlement.clone());
        Ok(settlement)
    }

    /// The balances that the transfer would leave behind.
    fn after(&self, transfer: &Transfer) -> Result<Vec<(Account, u128)>, Reason> {
        let Transfer {
            token,
            authorization,
            ..
        } = transfer;
        let nonce = (
            token.clone(),
            authorization.from.clone(),
            authorization.nonce,
        );
        if self.used.contains(&nonce) {
            return Err(Reason::NonceUsed);
        }
        let payer = (token.clone(), authorization.from.clone());
        let left = units(authorization.value)
            .and_then(|value| self.held(&payer).checked_sub(value))
            .ok_or(Reason::Balance)?;
        if self.settlements.len() >= MAX_ENTRIES || self.balances.len() >= MAX_ENTRIES {
            return Err(Reason::Unexpected);
        }
        if authorization.from == authorization.to {
            return Ok(Vec::new());
        }
        let payee = (token.clone(), authorization.to.clone());
        let sum = units(authorization.value)
            .and_then(|value| self.held(&payee).checked_add(value))
            .ok_or(Reason::Unexpected)?;
        Ok(vec![(payer, left), (payee, sum)])
    }

    fn held(&self, account: &Account) -> u128 {
        self.balances.get(account).copied().unwrap_or(0)
    }
}

/// An amount in 128 bits, which is more than any token has ever issued.
fn units(amount: AtomicAmount) -> Option<u128> {
    let bytes = amount.to_be_bytes();
    let (high, low) = bytes.split_first_chunk::<16>()?;
    let low: [u8; 16] = low.try_into().ok()?;
    (*high == [0; 16]).then(|| u128::from_be_bytes(low))
}

fn transaction(digest: &[u8; 32]) -> String {
    let mut hash = Sha256::new();
    hash.update(b"x402-axum-example transaction");
    hash.update(digest);
    let hash: [u8; 32] = hash.finalize().into();
    const_hex::encode_prefixed(hash)
}
