//! What an agent may still spend: the same rules and the same ledger that its guard decides by.

use std::sync::Arc;

use x402_tower::policy::Rules;
use x402_tower::store::{Ledger, Quota, SqliteStore};
use x402_tower::{AgentId, Clock, SystemClock, Usd};

use crate::Failure;

/// Rules and ledger of one agent.
#[derive(Debug)]
pub(crate) struct Budget {
    rules: Rules,
    ledger: Arc<SqliteStore>,
}

/// What is left of the daily limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) left: Usd,
    pub(crate) limit: Usd,
}

impl Budget {
    pub(super) fn new(rules: Rules, ledger: Arc<SqliteStore>) -> Self {
        Self { rules, ledger }
    }

    /// Other rules, over the same ledger.
    pub(super) fn follow(&mut self, rules: Rules) {
        self.rules = rules;
    }

    /// What is left of the daily limit now.
    pub(crate) async fn left(&self) -> Result<Left, Failure> {
        let default = AgentId::default();
        let agent = self.rules.agent_id().unwrap_or(default.as_str());
        let daily = self.rules.daily_limit_of(agent);
        let now = SystemClock::new().now().ok_or("the clock is missing")?;
        let Some((limit, Quota::Amount(most))) = daily.map(|limit| (limit, limit.quota)) else {
            return Err("the policy has no daily limit".into());
        };
        let used = self.ledger.usage(limit.key, limit.window, now).await?;
        Ok(Left {
            left: most.saturating_sub(used.amount),
            limit: most,
        })
    }
}
