//! `POST /v1/decide`.

use axum::body::Body;
use axum::extract::State;
use http::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use x402_tower::Usd;
use x402_tower::policy::Offer;

use super::asked::{Asking, Whole};
use super::budget::{Counted, applied, compiled, counted};
use super::{Api, answer, read};
use crate::policy::question::{Asked, Question};
use crate::serve::problem::Problem;

/// A payment that nobody has asked for yet. What is left open is taken from the policy, and said to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proposed {
    url: String,
    amount_usd: String,
    pay_to: Option<String>,
    network: Option<String>,
    asset: Option<String>,
    scheme: Option<String>,
    lifetime_seconds: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Decision {
    /// `allowed` or `denied`.
    decision: &'static str,
    code: Option<String>,
    /// The key of the policy that decides.
    rule: Option<String>,
    detail: Option<String>,
    asked: Asked,
    limits: Vec<Counted>,
}

/// What the policy and its limits would say at this moment. Nothing is set aside; personal data, duplicates and approvals
/// are looked at when there is a payment.
pub(super) async fn decide(
    State(api): State<Api>,
    Asking(agent): Asking,
    Whole(body): Whole,
) -> Result<Response<Body>, Problem> {
    let proposed: Proposed = read(&body)?;
    let wrong = |text: String| Problem::new(StatusCode::BAD_REQUEST, "api.question", text);
    let price = Usd::parse(&proposed.amount_usd).map_err(|error| wrong(error.to_string()))?;
    let policy = api.guards.policy();
    let question = Question {
        url: proposed.url,
        price,
        agent: Some(agent.id.as_str().to_owned()),
        pay_to: proposed.pay_to,
        network: proposed.network,
        asset: proposed.asset,
        scheme: proposed.scheme,
        lifetime_seconds: proposed.lifetime_seconds,
    };
    let scenario = question
        .resolve(&policy)
        .map_err(|error| wrong(error.to_string()))?;
    let rules = compiled(&policy)?;
    let terms = &scenario.terms;
    let violation = match &terms.asset {
        Some(asset) => {
            let mut offer = Offer::new(
                &scenario.url,
                &terms.chain,
                &terms.scheme,
                asset,
                &terms.pay_to,
            )
            .with_amount(terms.amount)
            .with_price(Some(price));
            offer.lifetime_seconds = terms.lifetime_seconds;
            rules.check_offer(&offer).err()
        }
        None => None,
    };
    // Where they cannot be told there is a violation already.
    let limits = applied(&rules, &scenario).unwrap_or_default();
    let limits = counted(&api.guards, &limits, &scenario).await?;
    let mut decision = Decision {
        decision: "allowed",
        code: None,
        rule: None,
        detail: None,
        asked: scenario.asked(),
        limits,
    };
    if api.guards.switch.is_engaged() {
        decision.deny("policy.kill_switch", "kill_switch", "payments are stopped");
    } else if let Some(violation) = violation {
        let detail = violation.to_string();
        decision.deny(
            violation.code(),
            violation.key().unwrap_or_default(),
            &detail,
        );
    } else if let Some((rule, full)) = decision
        .limits
        .iter()
        .find_map(|limit| Some((limit.rule.clone(), limit.full.clone()?)))
    {
        // As the payment itself would be refused.
        decision.deny(full.code(), &rule, &full.to_string());
    }
    Ok(answer(StatusCode::OK, &decision))
}

impl Decision {
    fn deny(&mut self, code: &str, rule: &str, detail: &str) {
        self.decision = "denied";
        self.code = Some(code.to_owned());
        self.rule = (!rule.is_empty()).then(|| rule.to_owned());
        self.detail = Some(detail.to_owned());
    }
}
