//! What is never paid, whatever else allows it.

use std::collections::{HashMap, HashSet};

use super::contract::{AssetRule, Recipient};
use super::offer::Offer;
use super::origin::Origin;
use super::violation::Violation;
use crate::address::Address;
use crate::network::ChainId;

/// The `denied_…` lists.
#[derive(Debug, Default)]
pub(super) struct Denied {
    pub(super) origins: HashSet<Origin>,
    pub(super) schemes: HashSet<String>,
    pub(super) networks: HashSet<ChainId>,
    pub(super) assets: HashSet<AssetRule>,
    pub(super) recipients: Recipients,
}

impl Denied {
    pub(super) fn check(&self, origin: &Origin, offer: &Offer<'_>) -> Result<(), Violation> {
        let chain = offer.chain;
        if self.origins.contains(origin) {
            let origin = origin.clone();
            return Err(Violation::DeniedOrigin { origin });
        }
        if self.schemes.contains(offer.scheme) {
            return Err(Violation::DeniedScheme);
        }
        if self.networks.contains(chain) {
            let chain = chain.clone();
            return Err(Violation::DeniedNetwork { chain });
        }
        if !self.assets.is_empty() {
            let rule = AssetRule {
                chain: chain.clone(),
                contract: offer.asset.clone(),
            };
            if self.assets.contains(&rule) {
                return Err(Violation::DeniedAsset {
                    chain: rule.chain,
                    asset: rule.contract,
                });
            }
        }
        if self.recipients.contain(chain, offer.pay_to) {
            return Err(Violation::DeniedRecipient {
                chain: chain.clone(),
                pay_to: offer.pay_to.clone(),
            });
        }
        Ok(())
    }
}

/// Recipients by address, so that a long list costs one look.
#[derive(Debug, Default)]
pub(super) struct Recipients(HashMap<Address, Vec<Recipient>>);

impl Recipients {
    pub(super) fn of(list: HashSet<Recipient>) -> Self {
        let mut by_address: HashMap<Address, Vec<Recipient>> = HashMap::new();
        for recipient in list {
            let address = recipient.address().clone();
            by_address.entry(address).or_default().push(recipient);
        }
        Self(by_address)
    }

    fn contain(&self, chain: &ChainId, address: &Address) -> bool {
        let list = self.0.get(address);
        list.is_some_and(|list| list.iter().any(|recipient| recipient.is(chain, address)))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Recipient> {
        self.0.values().flatten()
    }
}
