//! The rules, ready to decide.

use core::fmt;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use url::Url;

use super::choice::RecipientPinning;
use super::compile;
use super::config::PolicyConfig;
use super::contract::{AssetRule, Recipient};
use super::denied::Denied;
use super::error::PolicyError;
use super::limit_rule::CompiledLimit;
use super::limits::AppliedLimits;
use super::lookalike::{self, Lookalikes};
use super::offer::Offer;
use super::origin::Origin;
use super::scope::UrlScope;
use super::unpayable;
use super::violation::Violation;
use crate::address::Address;
use crate::context::ResourceMatch;
use crate::control::Mode;
use crate::money::{AtomicAmount, Usd};
use crate::network::ChainId;
use crate::store::Limit;

/// A policy that was checked and is ready to decide. Stateless: the sums are a ledger's.
pub struct Rules {
    pub(super) agent_id: Option<String>,
    pub(super) max_per_call: Option<Usd>,
    pub(super) daily_limit: Option<Usd>,
    pub(super) window: Duration,
    pub(super) first_contact_cap: Option<Usd>,
    pub(super) recipient_pinning: RecipientPinning,
    pub(super) max_quote_drift_percent: Option<u64>,
    pub(super) quote_drift_window: Duration,
    pub(super) allow_zero_amount: bool,
    pub(super) kill_switch: bool,
    pub(super) mode: Mode,
    pub(super) endpoints: HashMap<Origin, Vec<(UrlScope, Usd)>>,
    pub(super) limits: Vec<CompiledLimit>,
    pub(super) denied: Denied,
    pub(super) lookalikes: Lookalikes,
    pub(super) origins: Option<HashSet<Origin>>,
    pub(super) recipients: Option<HashMap<Origin, Vec<Recipient>>>,
    pub(super) assets: Option<HashSet<AssetRule>>,
    pub(super) networks: Option<HashSet<ChainId>>,
    pub(super) schemes: HashSet<String>,
    pub(super) max_authorization_seconds: u64,
    pub(super) resource_match: ResourceMatch,
    pub(super) allow_insecure_http: bool,
    pub(super) normal_form: String,
    pub(super) revision: String,
}

impl Rules {
    /// Checks a policy and makes it ready.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] with everything that is wrong.
    pub fn compile(config: &PolicyConfig) -> Result<Self, PolicyError> {
        compile::rules(config)
    }

    /// Decides on an offer by every rule that needs no state: URL, encryption, what is denied, then what is allowed
    /// (origin, scheme, network, asset, recipient), lifetime, amount, price, price per call, in this order.
    ///
    /// # Errors
    ///
    /// The first rule that the offer breaks.
    pub fn check_offer(&self, offer: &Offer<'_>) -> Result<(), Violation> {
        self.check_offer_at(&self.origin_of(offer.url)?, offer)
    }

    /// The same for an offer whose origin is known.
    pub(super) fn check_offer_at(
        &self,
        origin: &Origin,
        offer: &Offer<'_>,
    ) -> Result<(), Violation> {
        if !origin.is_secure() && !origin.is_loopback() && !self.allow_insecure_http {
            let origin = origin.clone();
            return Err(Violation::InsecureUrl { origin });
        }
        self.denied.check(origin, offer)?;
        if self.origins.as_ref().is_some_and(|o| !o.contains(origin)) {
            let origin = origin.clone();
            let resembles = self.lookalikes.find(&origin).cloned().map(Box::new);
            return Err(Violation::Origin { origin, resembles });
        }
        if !self.schemes.contains(offer.scheme) {
            return Err(Violation::Scheme);
        }
        let chain = offer.chain;
        if self.networks.as_ref().is_some_and(|n| !n.contains(chain)) {
            return Err(Violation::Network {
                chain: chain.clone(),
            });
        }
        self.check_asset(chain, offer.asset)?;
        self.check_recipient(origin, chain, offer.pay_to)?;
        if let Some(reason) = unpayable::reason(chain, offer.asset, offer.pay_to) {
            return Err(Violation::UnpayableRecipient {
                chain: chain.clone(),
                pay_to: offer.pay_to.clone(),
                reason,
            });
        }
        if offer.lifetime_seconds > self.max_authorization_seconds {
            return Err(Violation::Lifetime {
                seconds: offer.lifetime_seconds,
                most: self.max_authorization_seconds,
            });
        }
        if !self.allow_zero_amount && offer.amount.is_some_and(AtomicAmount::is_zero) {
            return Err(Violation::ZeroAmount);
        }
        self.check_price(offer.price)
    }

    fn check_asset(&self, chain: &ChainId, contract: &Address) -> Result<(), Violation> {
        let Some(assets) = &self.assets else {
            return Ok(());
        };
        let asset = AssetRule {
            chain: chain.clone(),
            contract: contract.clone(),
        };
        if !assets.contains(&asset) {
            return Err(Violation::Asset {
                chain: asset.chain,
                asset: asset.contract,
            });
        }
        Ok(())
    }

    fn check_recipient(
        &self,
        origin: &Origin,
        chain: &ChainId,
        pay_to: &Address,
    ) -> Result<(), Violation> {
        let Some(recipients) = &self.recipients else {
            return Ok(());
        };
        let listed = recipients.get(origin).map_or(&[][..], Vec::as_slice);
        if listed.iter().any(|recipient| recipient.is(chain, pay_to)) {
            return Ok(());
        }
        let mut addresses = listed.iter().map(Recipient::address);
        let resembles = addresses.find(|known| lookalike::is_poisoned(pay_to, known));
        Err(Violation::Recipient {
            origin: origin.clone(),
            chain: chain.clone(),
            pay_to: pay_to.clone(),
            resembles: resembles.cloned().map(Box::new),
        })
    }

    fn check_price(&self, price: Option<Usd>) -> Result<(), Violation> {
        let Some(price) = price else {
            return if self.limits_dollars() {
                Err(Violation::Unpriced)
            } else {
                Ok(())
            };
        };
        match self.max_per_call {
            Some(limit) if price > limit => Err(Violation::PerCall { price, limit }),
            _ => Ok(()),
        }
    }

    /// The origin of a requested URL, if the rules can be sure of it.
    pub(super) fn origin_of(&self, url: &Url) -> Result<Origin, Violation> {
        let unclear = |reason| Violation::Url { reason };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(unclear("it holds a user name or password"));
        }
        let origin = Origin::of(url).ok_or(unclear("it is not http or https with a host"))?;
        let by_path = self
            .endpoints
            .get(&origin)
            .is_some_and(|list| list.iter().any(|(scope, _)| !scope.is_whole_origin()))
            || self.limits.iter().any(|limit| limit.reads_path(&origin));
        if by_path && UrlScope::is_ambiguous(url) {
            return Err(unclear("servers may read its path differently"));
        }
        Ok(origin)
    }

    /// Every limit that a payment of `offer` has to be counted under for `agent`.
    ///
    /// The daily limit and those of `per_endpoint` are counted per agent. No limit's key depends on the policy's
    /// [`revision`](Self::revision): what was spent stays counted when a policy changes.
    ///
    /// # Errors
    ///
    /// [`Violation::Url`] where it cannot be told which limits apply.
    pub fn limits_for(&self, agent: &str, offer: &Offer<'_>) -> Result<AppliedLimits, Violation> {
        Ok(self.limits_at(agent, &self.origin_of(offer.url)?, offer))
    }

    /// The same for an offer whose origin is known.
    pub(super) fn limits_at(
        &self,
        agent: &str,
        origin: &Origin,
        offer: &Offer<'_>,
    ) -> AppliedLimits {
        let mut limits = AppliedLimits::default();
        if let Some(most) = self.daily_limit {
            limits.add_daily(agent, self.window, most);
        }
        for (scope, most) in self.endpoints.get(origin).into_iter().flatten() {
            if scope.matches_path(offer.url) {
                limits.add_endpoint(agent, self.window, *most, scope);
            }
        }
        for limit in &self.limits {
            if let Some(applied) = limit.applied(agent, origin, offer) {
                limits.add_rule(applied, &limit.rule);
            }
        }
        limits
    }

    /// The daily limit of `agent`, whatever it pays for.
    #[must_use]
    pub fn daily_limit_of(&self, agent: &str) -> Option<Limit> {
        let mut limits = AppliedLimits::default();
        limits.add_daily(agent, self.window, self.daily_limit?);
        limits.as_slice().first().copied()
    }

    /// Whether any rule needs to know what a payment costs in dollars.
    #[must_use]
    pub fn limits_dollars(&self) -> bool {
        self.max_per_call.is_some()
            || self.daily_limit.is_some()
            || self.first_contact_cap.is_some()
            || !self.endpoints.is_empty()
            || self.limits.iter().any(CompiledLimit::counts_dollars)
    }

    /// The agent that the policy names.
    #[must_use]
    pub fn agent_id(&self) -> Option<&str> {
        self.agent_id.as_deref()
    }

    /// How close a challenge's `resource.url` has to be to the URL that was requested.
    #[must_use]
    pub fn resource_match(&self) -> ResourceMatch {
        self.resource_match
    }

    /// Longest time that a signed authorization may stay valid, in seconds.
    #[must_use]
    pub fn max_authorization_seconds(&self) -> u64 {
        self.max_authorization_seconds
    }

    /// Most that the first payment to an address may cost that its origin has not been paid at before.
    #[must_use]
    pub fn first_contact_cap(&self) -> Option<Usd> {
        self.first_contact_cap
    }

    /// Whether an origin may change the address that it is paid at.
    #[must_use]
    pub fn recipient_pinning(&self) -> RecipientPinning {
        self.recipient_pinning
    }

    /// Most that a price may rise above the first quote, in percent of that.
    #[must_use]
    pub fn max_quote_drift_percent(&self) -> Option<u64> {
        self.max_quote_drift_percent
    }

    /// How long a first quote is held against later ones.
    #[must_use]
    pub fn quote_drift_window(&self) -> Duration {
        self.quote_drift_window
    }

    /// Whether the policy refuses every payment.
    #[must_use]
    pub fn kill_switch(&self) -> bool {
        self.kill_switch
    }

    /// Whether decisions of the policy hold.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The policy as TOML in its one normal form: two policies that mean the same have the same.
    #[must_use]
    pub fn normal_form(&self) -> &str {
        &self.normal_form
    }

    /// The SHA-256 of the [`normal_form`](Self::normal_form) in hexadecimal, to be recorded with every decision.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
