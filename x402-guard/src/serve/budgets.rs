//! What every agent has left, for the page that Prometheus reads.
//!
//! | metric | labels | what |
//! |---|---|---|
//! | `x402_budget_limit` | `agent`, `rule`, `unit` | how much a limit lets an agent spend in its window |
//! | `x402_budget_left` | `agent`, `rule`, `unit` | how much of it is left |
//!
//! `unit` is `USD` or `payments`. Limits of one origin or recipient alone are not among them: `GET /v1/budget?url=` is asked
//! for those. What cannot be told at the moment is no number.

use core::time::Duration;
use std::collections::BTreeSet;
use std::sync::Arc;

use parking_lot::Mutex;
use x402_tower::AgentId;
use x402_tower::store::Quota;

use crate::serve::agents::Agents;
use crate::serve::api::{compiled, limits_of};
use crate::serve::guards::Guards;
use crate::serve::problem::Problem;

const LIMIT: &str = "x402_budget_limit";
const LEFT: &str = "x402_budget_left";

/// A page that comes late is not read: whoever cannot be asked about in this time is left out.
const PATIENCE: Duration = Duration::from_secs(3);

/// An agent, a rule and its unit.
type Series = (String, String, &'static str);

/// What is shown of whom.
#[derive(Debug)]
pub(crate) struct Budgets {
    agents: Arc<Agents>,
    shown: Mutex<BTreeSet<Series>>,
}

impl Budgets {
    pub(crate) fn new(agents: Arc<Agents>) -> Self {
        metrics::describe_gauge!(LIMIT, "what a limit lets an agent spend in its window");
        metrics::describe_gauge!(LEFT, "what an agent has left of a limit");
        Self {
            agents,
            shown: Mutex::default(),
        }
    }

    /// Asks the ledger, and sets the gauges.
    pub(crate) async fn measure(&self, guards: &Guards) {
        let mut measured = BTreeSet::new();
        let all = self.measure_into(guards, &mut measured);
        if !matches!(tokio::time::timeout(PATIENCE, all).await, Ok(Ok(()))) {
            tracing::warn!("what agents have left is not known at the moment");
        }
        let mut shown = self.shown.lock();
        for series in shown.difference(&measured) {
            show(series, f64::NAN, f64::NAN);
        }
        shown.extend(measured);
    }

    async fn measure_into(
        &self,
        guards: &Guards,
        measured: &mut BTreeSet<Series>,
    ) -> Result<(), Problem> {
        let policy = guards.policy();
        let rules = compiled(&policy)?;
        for agent in self.agents.iter() {
            let agent: &AgentId = &agent.id;
            for limit in limits_of(guards, &policy, &rules, agent, None).await? {
                let series = (agent.as_str().to_owned(), limit.rule, limit.unit);
                show(&series, number(limit.quota), number(limit.room));
                measured.insert(series);
            }
        }
        Ok(())
    }
}

fn show((agent, rule, unit): &Series, limit: f64, left: f64) {
    for (name, value) in [(LIMIT, limit), (LEFT, left)] {
        metrics::gauge!(name, "agent" => agent.clone(), "rule" => rule.clone(), "unit" => *unit)
            .set(value);
    }
}

#[allow(
    clippy::float_arithmetic,
    reason = "gauges are floats; these are only looked at, and nothing is decided by them"
)]
fn number(quota: Quota) -> f64 {
    match quota {
        Quota::Amount(amount) => amount.micros() as f64 / 1e6,
        Quota::Count(count) => count as f64,
        _ => f64::NAN,
    }
}
