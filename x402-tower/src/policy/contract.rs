//! Rules that name a contract or an account on a chain.

use crate::address::Address;
use crate::network::{ChainId, NetworkError};

/// A token contract on a chain, as `allowed_assets` lists it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct AssetRule {
    pub(super) chain: ChainId,
    pub(super) contract: Address,
}

impl AssetRule {
    /// Reads `eip155:8453/erc20:0x…` ([CAIP-19](https://chainagnostic.org/CAIPs/caip-19)), `solana:…/token:…`, or the
    /// same without the kind of asset.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (chain, asset) = text
            .split_once('/')
            .ok_or("the chain is missing; write eip155:8453/erc20:0x…")?;
        let chain = chain_id(chain)?;
        let address = match (chain.namespace(), asset.split_once(':')) {
            (_, None) => asset,
            ("eip155", Some(("erc20", address))) | ("solana", Some(("token", address))) => address,
            (_, Some(_)) => return Err("unknown kind of asset; write erc20:0x… or token:…".into()),
        };
        let contract = Address::parse(&chain, address).map_err(|error| error.to_string())?;
        Ok(Self { chain, contract })
    }

    pub(super) fn to_text(&self) -> String {
        format!("{}/{}", self.chain, self.contract)
    }
}

/// Whom an origin may be paid at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Recipient {
    chain: Option<ChainId>,
    /// The kind of chain that the address was read for.
    namespace: &'static str,
    address: Address,
}

impl Recipient {
    /// Reads `eip155:8453/0x…`, `eip155:8453:0x…` ([CAIP-10](https://chainagnostic.org/CAIPs/caip-10)), or an address
    /// alone, which holds on every chain of its kind.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let named = text
            .split_once('/')
            .or_else(|| text.rsplit_once(':').filter(|(head, _)| head.contains(':')));
        if let Some((chain, address)) = named {
            let chain = chain_id(chain)?;
            let address = Address::parse(&chain, address).map_err(|error| error.to_string())?;
            return Ok(Self {
                chain: Some(chain),
                namespace: "",
                address,
            });
        }
        // The reference does not matter: an address is read by the rule of its kind of chain.
        let (namespace, any) = if text.starts_with("0x") {
            ("eip155", "eip155:1")
        } else {
            ("solana", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp")
        };
        let any = chain_id(any)?;
        let address = Address::parse(&any, text)
            .map_err(|_| "neither an EVM nor a Solana address; write chain/address")?;
        Ok(Self {
            chain: None,
            namespace,
            address,
        })
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    pub(super) fn chain(&self) -> Option<&ChainId> {
        self.chain.as_ref()
    }

    pub(super) fn is(&self, chain: &ChainId, address: &Address) -> bool {
        let same_chain = match &self.chain {
            Some(own) => own == chain,
            None => chain.namespace() == self.namespace,
        };
        same_chain && self.address == *address
    }

    pub(super) fn to_text(&self) -> String {
        match &self.chain {
            Some(chain) => format!("{chain}/{}", self.address),
            None => self.address.to_string(),
        }
    }
}

/// Reads a chain; a v1 name is an error that says what it is called now.
pub(super) fn chain_id(text: &str) -> Result<ChainId, String> {
    ChainId::parse(text).map_err(|error: NetworkError| match ChainId::from_v1_name(text) {
        Ok(chain) => format!("this is the name that x402 v1 has for it; write {chain}"),
        Err(_) => error.to_string(),
    })
}
