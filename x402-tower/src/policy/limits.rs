//! The limits that a ledger has to count one payment under.

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use sha2::Sha256;

use super::key;
use super::limit_rule::LimitRule;
use super::scope::UrlScope;
use super::violation::Violation;
use crate::money::Usd;
use crate::store::{Limit, LimitKey, Quota};

/// What tells these keys from any other digest.
const DOMAIN: &[u8] = b"x402-tower/policy/limit/v1";

/// What a limit is called in the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitName {
    /// `daily_limit_usd`, for the agent.
    Daily,
    /// An entry of `per_endpoint`, for the agent.
    Endpoint(UrlScope),
    /// An entry of `limits`.
    Rule(Arc<LimitRule>),
}

/// As the policy writes it: `daily_limit_usd`, `per_endpoint https://a.io`, `limits per agent, origin`.
impl fmt::Display for LimitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Daily => f.write_str("daily_limit_usd"),
            Self::Endpoint(scope) => write!(f, "per_endpoint {scope}"),
            Self::Rule(rule) => rule.fmt(f),
        }
    }
}

/// Every limit that applies to one payment, with its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AppliedLimits {
    limits: Vec<Limit>,
    names: Vec<LimitName>,
}

impl AppliedLimits {
    pub(super) fn add_daily(&mut self, agent: &str, window: Duration, most: Usd) {
        let key = limit_key(&[b"agent", agent.as_bytes()]);
        self.add(key, window, most, LimitName::Daily);
    }

    pub(super) fn add_endpoint(
        &mut self,
        agent: &str,
        window: Duration,
        most: Usd,
        scope: &UrlScope,
    ) {
        let text = scope.to_string();
        let key = limit_key(&[b"endpoint", agent.as_bytes(), text.as_bytes()]);
        self.add(key, window, most, LimitName::Endpoint(scope.clone()));
    }

    fn add(&mut self, key: LimitKey, window: Duration, most: Usd, name: LimitName) {
        self.limits
            .push(Limit::new(key, window, Quota::Amount(most)));
        self.names.push(name);
    }

    pub(super) fn add_rule(&mut self, limit: Limit, rule: &Arc<LimitRule>) {
        self.limits.push(limit);
        self.names.push(LimitName::Rule(Arc::clone(rule)));
    }

    /// The limits, as a [`Reservation`](crate::store::Reservation) takes them.
    #[must_use]
    pub fn as_slice(&self) -> &[Limit] {
        &self.limits
    }

    /// The name of the limit with this index.
    #[must_use]
    pub fn name(&self, index: usize) -> Option<&LimitName> {
        self.names.get(index)
    }

    /// What to say when a store refuses `price` for the limit with this index; `None` for an index that is not there.
    #[must_use]
    pub fn violation(&self, index: usize, left: Quota, price: Usd) -> Option<Violation> {
        let (name, limit) = (self.names.get(index)?, self.limits.get(index)?);
        let window_seconds = limit.window.as_secs();
        let left = match left {
            Quota::Amount(left) => left,
            Quota::Count(_) => Usd::ZERO,
        };
        let rule = name.clone();
        Some(match (name, limit.quota) {
            (_, Quota::Count(most)) => Violation::CountWindow {
                rule,
                most,
                window_seconds,
            },
            (LimitName::Daily, Quota::Amount(limit)) => Violation::Window {
                price,
                limit,
                left,
                window_seconds,
            },
            (LimitName::Endpoint(scope), Quota::Amount(limit)) => Violation::EndpointWindow {
                scope: scope.clone(),
                price,
                limit,
                left,
                window_seconds,
            },
            (LimitName::Rule(_), Quota::Amount(limit)) => Violation::AmountWindow {
                rule,
                price,
                limit,
                left,
                window_seconds,
            },
        })
    }
}

/// The key of a limit on what `parts` name.
fn limit_key(parts: &[&[u8]]) -> LimitKey {
    LimitKey::from_bytes(key::digest(DOMAIN, parts))
}

/// A digest that nothing but keys of limits begins with.
pub(super) fn digest() -> Sha256 {
    key::begin(DOMAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_081_no_agent_id_reaches_into_another_scope() {
        let keys = [
            limit_key(&[b"agent", b"a"]),
            limit_key(&[b"agenta"]),
            limit_key(&[b"agent", b"a", b""]),
            limit_key(&[b"agent", b"", b"a"]),
            limit_key(&[b"endpoint", b"a", b"https://b.io"]),
            limit_key(&[b"endpoint", b"ahttps://b.io", b""]),
            limit_key(&[b"endpoint", b"a\0\0\0\0\0\0\0\x0chttps://b.io"]),
        ];
        for (n, one) in keys.iter().enumerate() {
            assert!(keys.iter().skip(n + 1).all(|other| one != other), "{n}");
        }
    }
}
