//! An entry of `[[limits]]`, checked.

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use url::Url;

use super::choice::LimitPer;
use super::key::part;
use super::limits::digest;
use super::offer::Offer;
use super::origin::Origin;
use super::scope::UrlScope;
use crate::store::{Limit, LimitKey, Quota};

/// A limit of `[[limits]]`: how much or how often, within which window, and what it counts apart.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LimitRule {
    /// The rolling window.
    pub window: Duration,
    /// How much fits into it.
    pub quota: Quota,
    /// What is counted apart, each once; nothing where everything is counted together.
    pub per: Vec<LimitPer>,
    /// What is counted at all; everything where absent.
    pub endpoint: Option<UrlScope>,
}

impl fmt::Display for LimitRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("limits")?;
        for (index, per) in self.per.iter().enumerate() {
            write!(f, "{}{per}", if index == 0 { " per " } else { ", " })?;
        }
        if let Some(scope) = &self.endpoint {
            write!(f, " at {scope}")?;
        }
        Ok(())
    }
}

/// A rule and the part of its key that all payments share.
#[derive(Clone)]
pub(super) struct CompiledLimit {
    pub(super) rule: Arc<LimitRule>,
    prefix: Sha256,
}

impl CompiledLimit {
    /// The key says what is counted, and neither how much of it nor in which policy: spending outlives a change of the
    /// quota and of any other rule.
    pub(super) fn new(rule: LimitRule) -> Self {
        let mut prefix = digest();
        part(&mut prefix, b"limit");
        let scope = rule.endpoint.as_ref().map(UrlScope::to_string);
        part(&mut prefix, scope.unwrap_or_default().as_bytes());
        let names: Vec<_> = rule.per.iter().map(|per| per.as_str()).collect();
        part(&mut prefix, names.join(",").as_bytes());
        Self {
            rule: Arc::new(rule),
            prefix,
        }
    }

    /// Whether two rules count the same payments in the same windows.
    pub(super) fn counts_as(&self, other: &Self) -> bool {
        let (one, two) = (&*self.rule, &*other.rule);
        one.window == two.window && one.per == two.per && one.endpoint == two.endpoint
    }

    /// Whether the rule counts dollars, and not payments.
    pub(super) fn counts_dollars(&self) -> bool {
        matches!(self.rule.quota, Quota::Amount(_))
    }

    /// Whether the path of a URL at `origin` decides what is counted.
    pub(super) fn reads_path(&self, origin: &Origin) -> bool {
        match &self.rule.endpoint {
            Some(scope) if scope.origin() != origin => false,
            Some(scope) if !scope.is_whole_origin() => true,
            _ => self.rule.per.contains(&LimitPer::Endpoint),
        }
    }

    /// The limit on an offer at `origin`; `None` where the rule does not count it, or where its path is ambiguous.
    pub(super) fn applied(&self, agent: &str, origin: &Origin, offer: &Offer<'_>) -> Option<Limit> {
        if let Some(scope) = &self.rule.endpoint
            && (scope.origin() != origin || !scope.matches_path(offer.url))
        {
            return None;
        }
        let mut key = self.prefix.clone();
        for per in &self.rule.per {
            self.add(&mut key, *per, agent, origin, offer)?;
        }
        let key = LimitKey::from_bytes(key.finalize().into());
        Some(Limit::new(key, self.rule.window, self.rule.quota))
    }

    fn add(
        &self,
        key: &mut Sha256,
        per: LimitPer,
        agent: &str,
        origin: &Origin,
        offer: &Offer<'_>,
    ) -> Option<()> {
        match per {
            LimitPer::Agent => part(key, agent.as_bytes()),
            LimitPer::Origin => part(key, origin.to_string().as_bytes()),
            LimitPer::Endpoint => part(key, endpoint(offer.url)?.as_bytes()),
            LimitPer::Recipient => {
                // On another chain of the same kind it is the same holder: changing chains opens no new window.
                part(key, offer.chain.namespace().as_bytes());
                part(key, offer.pay_to.as_str().as_bytes());
            }
            LimitPer::Asset => {
                part(key, offer.chain.as_str().as_bytes());
                part(key, offer.asset.as_str().as_bytes());
            }
            LimitPer::Network => part(key, offer.chain.as_str().as_bytes()),
        }
        Some(())
    }
}

/// Origin and path of a URL in their one spelling.
fn endpoint(url: &Url) -> Option<String> {
    UrlScope::of(url).map(|scope| scope.to_string())
}
