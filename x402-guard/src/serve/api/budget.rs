//! `GET /v1/budget`, and what limits have counted.

use axum::body::Body;
use axum::extract::State;
use http::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use x402_tower::policy::{AppliedLimits, Offer, PolicyConfig, Rules, Violation};
use x402_tower::store::Quota;
use x402_tower::{AgentId, UnixMillis};

use super::asked::{Asking, Queried};
use super::{Api, answer};
use crate::policy::print::dollars;
use crate::policy::question::{Question, Scenario};
use crate::serve::guards::Guards;
use crate::serve::problem::Problem;

/// A limit that counts the agent's payments.
#[derive(Debug, Serialize)]
pub(crate) struct Counted {
    pub(crate) rule: String,
    window_seconds: u64,
    /// `USD` or `payments`.
    pub(crate) unit: &'static str,
    most: String,
    left: String,
    /// The same as numbers: how much fits, and how much still does.
    #[serde(skip)]
    pub(crate) quota: Quota,
    #[serde(skip)]
    pub(crate) room: Quota,
    /// Why the payment that is asked about has no room in it; none where it has.
    #[serde(skip)]
    pub(super) full: Option<Violation>,
}

/// Where somebody would pay: limits may be an endpoint's own.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    url: Option<String>,
}

#[derive(Debug, Serialize)]
struct Budget {
    agent: String,
    /// The most that one payment may cost; none where no rule says.
    max_per_call_usd: Option<String>,
    kill_switch: bool,
    limits: Vec<Counted>,
}

/// What is left of every limit that counts payments of this agent at a URL.
pub(super) async fn budget(
    State(api): State<Api>,
    Asking(agent): Asking,
    Queried(asked): Queried<Asked>,
) -> Result<Response<Body>, Problem> {
    let policy = api.guards.policy();
    let rules = compiled(&policy)?;
    let limits = limits_of(&api.guards, &policy, &rules, &agent.id, asked.url).await?;
    Ok(answer(
        StatusCode::OK,
        &Budget {
            agent: agent.id.as_str().to_owned(),
            max_per_call_usd: policy.max_per_call.map(dollars),
            kill_switch: api.guards.switch.is_engaged(),
            limits,
        },
    ))
}

/// The rules of the policy that is in force.
pub(crate) fn compiled(policy: &PolicyConfig) -> Result<Rules, Problem> {
    Rules::compile(policy).map_err(|error| {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "api.policy",
            error.to_string(),
        )
    })
}

/// What an agent has left of every limit that holds at a URL, or without one of those that hold everywhere.
pub(crate) async fn limits_of(
    guards: &Guards,
    policy: &PolicyConfig,
    rules: &Rules,
    agent: &AgentId,
    url: Option<String>,
) -> Result<Vec<Counted>, Problem> {
    let question = Question {
        url: url.unwrap_or_else(|| "https://x402.invalid/".into()),
        agent: Some(agent.as_str().to_owned()),
        ..Question::default()
    };
    let scenario = question.resolve(policy).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, "api.question", error.to_string())
    })?;
    // Limits that cannot be told are not no limits.
    let limits = applied(rules, &scenario).map_err(|violation| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            violation.code(),
            violation.to_string(),
        )
    })?;
    counted(guards, &limits, &scenario).await
}

/// What every limit that counts such a payment has left.
pub(super) async fn counted(
    guards: &Guards,
    limits: &AppliedLimits,
    scenario: &Scenario,
) -> Result<Vec<Counted>, Problem> {
    let now = now(guards)?;
    let mut all = Vec::new();
    for (index, limit) in limits.as_slice().iter().enumerate() {
        let usage = guards.ledger.usage(limit.key, limit.window, now).await;
        let usage = usage.map_err(|error| {
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                error.code(),
                error.to_string(),
            )
        })?;
        let price = scenario.terms.price.unwrap_or_default();
        let (unit, most, left, room, fits) = match limit.quota {
            Quota::Amount(most) => {
                let left = most.saturating_sub(usage.amount);
                let room = Quota::Amount(left);
                ("USD", dollars(most), dollars(left), room, price <= left)
            }
            Quota::Count(most) => {
                let left = most.saturating_sub(usage.count);
                let (most, text) = (most.to_string(), left.to_string());
                ("payments", most, text, Quota::Count(left), left > 0)
            }
            _ => continue,
        };
        let full = if fits {
            None
        } else {
            limits.violation(index, room, price)
        };
        all.push(Counted {
            rule: limits
                .name(index)
                .map(ToString::to_string)
                .unwrap_or_default(),
            window_seconds: limit.window.as_secs(),
            unit,
            most,
            left,
            quota: limit.quota,
            room,
            full,
        });
    }
    Ok(all)
}

pub(super) fn now(guards: &Guards) -> Result<UnixMillis, Problem> {
    guards
        .buyer
        .context()
        .now()
        .map_err(|denial| Problem::of(&denial))
}

/// The limits that count such a payment.
pub(super) fn applied(rules: &Rules, scenario: &Scenario) -> Result<AppliedLimits, Violation> {
    let terms = &scenario.terms;
    let Some(asset) = &terms.asset else {
        return Ok(AppliedLimits::default());
    };
    let offer = Offer::new(
        &scenario.url,
        &terms.chain,
        &terms.scheme,
        asset,
        &terms.pay_to,
    );
    rules.limits_for(scenario.agent.as_str(), &offer)
}
