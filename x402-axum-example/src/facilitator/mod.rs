//! A facilitator in memory: it verifies and settles EIP-3009 payments of the `exact` scheme, x402 v1 and v2.
//!
//! The checks are those of a facilitator on a chain: the signature recovers to the payer under the token's own domain,
//! the seller is the one paid, the amount is exact, the time is right, the nonce is unused and the payer has the money.
//! The chain is replaced by a [`Ledger`] that moves balances and remembers nonces, as the token
//! contract does. Accounts of contracts (ERC-1271, ERC-6492) and Permit2 are refused: they need a chain to ask.
//!
//! | route | answers |
//! |---|---|
//! | `GET /supported` | what can be settled here |
//! | `POST /verify` | `{isValid, invalidReason?, payer?}` |
//! | `POST /settle` | `{success, errorReason?, transaction, network, payer?}` |

mod api;
mod checks;
mod ledger;
mod log;
mod reason;
mod request;

use std::collections::BTreeSet;
use std::sync::Arc;

use parking_lot::Mutex;
use x402_tower::assets::{Asset, AssetTable, TransferMethod};
use x402_tower::{Address, AtomicAmount, ChainId, Clock, NetworkError};

pub(crate) use api::router;
pub(crate) use ledger::{LedgerError, Settlement};
pub(crate) use log::FacilitatorLog;

use ledger::Ledger;
use reason::{Reason, Refusal};
use request::ExactRequest;

/// The facilitator's state. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Facilitator {
    assets: Arc<AssetTable>,
    clock: Arc<dyn Clock>,
    v1_networks: Vec<(String, ChainId)>,
    ledger: Arc<Mutex<Ledger>>,
    log: FacilitatorLog,
}

impl Facilitator {
    /// Settles the EIP-3009 tokens of `assets`, for x402 v2.
    pub(crate) fn new(assets: AssetTable, clock: Arc<dyn Clock>) -> Self {
        Self {
            assets: Arc::new(assets),
            clock,
            v1_networks: Vec::new(),
            ledger: Arc::default(),
            log: FacilitatorLog::default(),
        }
    }

    /// Settles x402 v1 payments on the network of this name, too.
    pub(crate) fn with_v1_network(mut self, name: &str) -> Result<Self, NetworkError> {
        let chain = ChainId::from_v1_name(name)?;
        self.v1_networks.push((name.to_owned(), chain));
        Ok(self)
    }

    /// The faucet: gives `holder` money out of nothing.
    pub(crate) fn fund(
        &self,
        asset: &Asset,
        holder: &Address,
        amount: AtomicAmount,
    ) -> Result<(), LedgerError> {
        self.ledger.lock().fund(asset, holder, amount)
    }

    /// What `holder` has, in atomic units.
    pub(crate) fn balance(&self, asset: &Asset, holder: &Address) -> u128 {
        self.ledger.lock().balance(asset, holder)
    }

    /// Everything that was settled, oldest first.
    pub(crate) fn settlements(&self) -> Vec<Settlement> {
        self.ledger.lock().settlements().to_vec()
    }

    /// What the facilitator was sent: everything it got to see of buyers and sellers.
    pub(crate) fn log(&self) -> &FacilitatorLog {
        &self.log
    }

    /// Checks a payment; nothing changes.
    fn verify(&self, body: &[u8]) -> Result<ExactRequest, Refusal> {
        let request = self.read(body)?;
        let checked = checks::authorization(&self.assets, self.clock.as_ref(), &request)
            .and_then(|(transfer, _)| self.ledger.lock().check(&transfer));
        match checked {
            Ok(()) => Ok(request),
            Err(reason) => Err(request.refused(reason)),
        }
    }

    /// Checks a payment and moves the money, in one step under the ledger's lock.
    fn settle(&self, body: &[u8]) -> Result<(ExactRequest, Settlement), Refusal> {
        let request = self.read(body)?;
        let settled = checks::authorization(&self.assets, self.clock.as_ref(), &request)
            .and_then(|(transfer, now)| self.ledger.lock().settle(transfer, now));
        match settled {
            Ok(settlement) => Ok((request, settlement)),
            Err(reason) => Err(request.refused(reason)),
        }
    }

    fn read(&self, body: &[u8]) -> Result<ExactRequest, Refusal> {
        request::read(body, |name| {
            self.v1_networks
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, chain)| chain.clone())
        })
    }

    /// The chains with a token that can be settled here.
    fn v2_networks(&self) -> BTreeSet<&ChainId> {
        self.assets
            .iter()
            .filter(|asset| asset.transfer_method == Some(TransferMethod::Eip3009))
            .map(|asset| &asset.chain)
            .collect()
    }
}

#[cfg(test)]
mod tests;
