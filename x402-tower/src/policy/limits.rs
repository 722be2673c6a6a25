//! The limits that a ledger has to count one payment under.

use std::time::Duration;

use super::key;
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
}

/// Every limit that applies to one payment, with its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AppliedLimits {
    limits: Vec<Limit>,
    names: Vec<(LimitName, Usd)>,
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
        self.names.push((name, most));
    }

    /// The limits, as a [`Reservation`](crate::store::Reservation) takes them.
    #[must_use]
    pub fn as_slice(&self) -> &[Limit] {
        &self.limits
    }

    /// The name of the limit with this index.
    #[must_use]
    pub fn name(&self, index: usize) -> Option<&LimitName> {
        self.names.get(index).map(|(name, _)| name)
    }

    /// What to say when a store refuses `price` for the limit with this index; `None` for an index that is not there.
    #[must_use]
    pub fn violation(&self, index: usize, left: Quota, price: Usd) -> Option<Violation> {
        let (name, limit) = self.names.get(index)?;
        let (limit, window_seconds) = (*limit, self.limits.get(index)?.window.as_secs());
        let left = match left {
            Quota::Amount(left) => left,
            Quota::Count(_) => Usd::ZERO,
        };
        Some(match name {
            LimitName::Daily => Violation::Window {
                price,
                limit,
                left,
                window_seconds,
            },
            LimitName::Endpoint(scope) => Violation::EndpointWindow {
                scope: scope.clone(),
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
