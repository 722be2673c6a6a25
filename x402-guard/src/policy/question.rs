//! A payment that nobody has asked for, to ask a policy about.

use serde::Serialize;
use url::Url;
use x402_tower::policy::{Origin, PolicyConfig, UrlScope};
use x402_tower::{Address, AgentId, AssetTable, AtomicAmount, ChainId, Terms, Usd};

/// Base, which most sellers take.
const BASE: &str = "eip155:8453";
/// Addresses of nobody, for rules that do not look at the recipient.
const NOBODY_EVM: &str = "0x1111111111111111111111111111111111111111";
const NOBODY_SOLANA: &str = "Vote111111111111111111111111111111111111111";

/// What was asked; the policy and custom say the rest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Question {
    pub(crate) url: String,
    pub(crate) price: Usd,
    pub(crate) agent: Option<String>,
    pub(crate) pay_to: Option<String>,
    pub(crate) network: Option<String>,
    pub(crate) asset: Option<String>,
    pub(crate) scheme: Option<String>,
    pub(crate) lifetime_seconds: Option<u64>,
}

/// Everything that a rule may look at.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) url: Url,
    pub(crate) agent: AgentId,
    pub(crate) terms: Terms,
    /// What was not asked, but taken from the policy or from custom.
    pub(crate) assumed: Vec<&'static str>,
}

/// What is asked of a policy, for programs.
#[derive(Debug, Serialize)]
pub(crate) struct Asked {
    url: String,
    amount_usd: Option<String>,
    agent: String,
    network: String,
    asset: Option<String>,
    pay_to: String,
    scheme: String,
    lifetime_seconds: u64,
    assumed: Vec<&'static str>,
}

/// Why a question makes no sense.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QuestionError {
    #[error("the URL cannot be read; write it with http:// or https:// and a host")]
    Url,
    #[error("the agent cannot have this id: {0}")]
    Agent(String),
    #[error("the network cannot be read: {0}; write it as eip155:8453")]
    Network(String),
    #[error(
        "the asset cannot be read: {0}; write its contract as 0x... or eip155:8453/erc20:0x..."
    )]
    Asset(String),
    #[error("asset and network name two chains; leave one out")]
    TwoChains,
    #[error("no token of {0} is known; name the asset")]
    NoAsset(ChainId),
    #[error("the recipient cannot be read: {0}")]
    PayTo(String),
    #[error("nobody is known on {0}; name the recipient")]
    NoPayTo(ChainId),
}

impl Question {
    /// What the question is about, with what it leaves open filled in.
    pub(crate) fn resolve(&self, config: &PolicyConfig) -> Result<Scenario, QuestionError> {
        let mut assumed = Vec::new();
        let url = Url::parse(&self.url)
            .ok()
            .filter(|url| url.has_host() && matches!(url.scheme(), "http" | "https"))
            .ok_or(QuestionError::Url)?;
        let agent = match self.agent.as_deref().or(config.agent_id.as_deref()) {
            Some(id) => {
                AgentId::new(id).map_err(|error| QuestionError::Agent(error.to_string()))?
            }
            None => AgentId::default(),
        };
        let (chain, asset) = self.token(config, &mut assumed)?;
        let pay_to = self.recipient(config, &url, &chain, &mut assumed)?;
        // What it is in atomic units does not matter to a policy, only whether it is nothing.
        let amount = AtomicAmount::from(self.price.micros());
        let mut terms = Terms::new(chain, asset, pay_to, amount);
        terms.price = Some(self.price);
        terms.lifetime_seconds = self.lifetime_seconds.unwrap_or(terms.lifetime_seconds);
        match (&self.scheme, config.allowed_schemes.as_slice()) {
            (Some(scheme), _) => terms.scheme.clone_from(scheme),
            (None, [first, ..]) if !config.allowed_schemes.contains(&terms.scheme) => {
                terms.scheme.clone_from(first);
                assumed.push("scheme");
            }
            (None, _) => assumed.push("scheme"),
        }
        Ok(Scenario {
            url,
            agent,
            terms,
            assumed,
        })
    }

    fn token(
        &self,
        config: &PolicyConfig,
        assumed: &mut Vec<&'static str>,
    ) -> Result<(ChainId, Address), QuestionError> {
        let allowed = config.allowed_assets.as_deref().unwrap_or_default();
        let networks = config.allowed_networks.as_deref().unwrap_or_default();
        let (named, address) = match self.asset.as_deref().map(on_chain) {
            Some((chain, address)) => (chain, Some(address)),
            None => (None, None),
        };
        let chain = match (self.network.as_deref(), named) {
            (Some(one), Some(two)) if one != two => return Err(QuestionError::TwoChains),
            (Some(chain), _) | (None, Some(chain)) => chain,
            (None, None) => {
                assumed.push("network");
                let of_asset = || allowed.first().and_then(|asset| on_chain(asset).0);
                networks
                    .first()
                    .map(String::as_str)
                    .or_else(of_asset)
                    .unwrap_or(BASE)
            }
        };
        let chain =
            ChainId::parse(chain).map_err(|error| QuestionError::Network(error.to_string()))?;
        let address = match address {
            Some(address) => address,
            None => {
                assumed.push("asset");
                let on_it = |asset: &&String| on_chain(asset).0 == Some(chain.as_str());
                match allowed.iter().find(on_it) {
                    Some(asset) => on_chain(asset).1,
                    None => return Ok((chain.clone(), usual_asset(&chain)?)),
                }
            }
        };
        let address = Address::parse(&chain, address)
            .map_err(|error| QuestionError::Asset(error.to_string()))?;
        Ok((chain, address))
    }

    fn recipient(
        &self,
        config: &PolicyConfig,
        url: &Url,
        chain: &ChainId,
        assumed: &mut Vec<&'static str>,
    ) -> Result<Address, QuestionError> {
        let parse = |text: &str| Address::parse(chain, text);
        if let Some(text) = &self.pay_to {
            let text = on_chain(text).1;
            return parse(text).map_err(|error| QuestionError::PayTo(error.to_string()));
        }
        assumed.push("pay_to");
        let origin = Origin::of(url);
        let is_listed = |text: &str| {
            UrlScope::parse(text)
                .ok()
                .map(|scope| scope.origin().clone())
                == origin
        };
        let listed = config.recipients.iter().flatten();
        let known = listed
            .filter(|(text, _)| origin.is_some() && is_listed(text))
            .flat_map(|(_, addresses)| addresses)
            .map(|text| on_chain(text))
            .find(|(on, text)| on.is_none_or(|on| on == chain.as_str()) && parse(text).is_ok());
        let text = match (known, chain.namespace()) {
            (Some((_, text)), _) => text,
            (None, "eip155") => NOBODY_EVM,
            (None, "solana") => NOBODY_SOLANA,
            _ => return Err(QuestionError::NoPayTo(chain.clone())),
        };
        parse(text).map_err(|error| QuestionError::PayTo(error.to_string()))
    }
}

/// Chain and address of `eip155:8453/erc20:0x…`, `eip155:8453/0x…`, `eip155:8453:0x…` or `0x…`.
fn on_chain(text: &str) -> (Option<&str>, &str) {
    if let Some((chain, rest)) = text.split_once('/') {
        return (
            Some(chain),
            rest.split_once(':').map_or(rest, |(_, address)| address),
        );
    }
    match text.rsplit_once(':') {
        Some((chain, address)) => (Some(chain), address),
        None => (None, text),
    }
}

/// USDC, where the chain has it, else another token of the built-in table.
fn usual_asset(chain: &ChainId) -> Result<Address, QuestionError> {
    let table = AssetTable::builtin();
    let mut known: Vec<_> = table.iter().filter(|asset| asset.chain == *chain).collect();
    known.sort_by_key(|asset| (&*asset.symbol != "USDC", asset.address.clone()));
    let first = known.first().map(|asset| asset.address.clone());
    first.ok_or_else(|| QuestionError::NoAsset(chain.clone()))
}

impl Scenario {
    pub(crate) fn asked(&self) -> Asked {
        let terms = &self.terms;
        Asked {
            url: self.url.to_string(),
            amount_usd: terms.price.map(super::print::dollars),
            agent: self.agent.as_str().to_owned(),
            network: terms.chain.to_string(),
            asset: terms.asset.as_ref().map(Address::to_string),
            pay_to: terms.pay_to.to_string(),
            scheme: terms.scheme.clone(),
            lifetime_seconds: terms.lifetime_seconds,
            assumed: self.assumed.clone(),
        }
    }
}

impl Asked {
    /// Name, value and whether it was taken and not asked.
    pub(crate) fn rows(&self) -> Vec<(&'static str, String, bool)> {
        let row = |name, value: String| (name, value, self.assumed.contains(&name));
        let mut rows = vec![row("url", self.url.clone())];
        rows.extend(
            self.amount_usd
                .as_ref()
                .map(|usd| row("amount", format!("{usd} USD"))),
        );
        rows.push(row("agent", self.agent.clone()));
        rows.push(row("network", self.network.clone()));
        rows.extend(self.asset.clone().map(|asset| row("asset", asset)));
        rows.push(row("pay_to", self.pay_to.clone()));
        rows.push(row("scheme", self.scheme.clone()));
        rows.push(row("lifetime", format!("{} s", self.lifetime_seconds)));
        rows
    }
}
