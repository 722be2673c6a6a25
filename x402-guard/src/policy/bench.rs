//! The policy control on a bench: with a ledger of its own, a clock that stands still, and no money.

use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use x402_tower::policy::{
    AppliedLimits, LimitName, Offer, PolicyConfig, PolicyControl, PolicyError, Rules,
};
use x402_tower::store::{Ledger, MemoryStore, Quota, Usage};
use x402_tower::wire::Version;
use x402_tower::wire::header::PAYMENT_RESPONSE;
use x402_tower::{
    Control, Denial, DenialKind, Exchange, Outcome, Payment, PaymentId, Position, Receipt, Terms,
    UnixMillis,
};

use crate::policy::question::Scenario;

/// When all payments are made: the year 2033, so that the same question has the same answer at any time.
const NOW_SECS: u64 = 2_000_000_000;

pub(super) struct Bench {
    control: PolicyControl,
    rules: Rules,
    ledger: Arc<MemoryStore>,
}

/// A limit that counts a payment, and what is left of it.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) name: LimitName,
    pub(super) window_seconds: u64,
    pub(super) most: Quota,
    pub(super) left: Quota,
}

impl Bench {
    pub(super) fn new(config: &PolicyConfig) -> Result<Self, PolicyError> {
        let ledger = Arc::new(MemoryStore::new());
        Ok(Self {
            control: PolicyControl::with_ledger(Rules::compile(config)?, ledger.clone()),
            rules: Rules::compile(config)?,
            ledger,
        })
    }

    /// Decides on a payment; one that is allowed is settled at once, and counted from then on.
    pub(super) async fn pay(&self, scenario: &Scenario, seconds_ago: u64) -> Result<(), Denial> {
        let id = PaymentId::random().ok_or_else(no_randomness)?;
        let exchange = Exchange::new(
            Position::Buyer,
            scenario.agent.clone(),
            http::Method::GET,
            scenario.url.clone(),
            UnixMillis::from_secs(NOW_SECS.saturating_sub(seconds_ago)),
        );
        let mut payment = Payment::new(id, exchange, Version::V2, scenario.terms.clone());
        self.control.check(&mut payment).await?;
        self.control.sending(&payment).await?;
        if let Some(receipt) = receipt(&scenario.terms) {
            let settled = Outcome::Settled(receipt);
            self.control.finish(&payment, &settled).await;
        }
        Ok(())
    }

    /// Every limit that counts a payment; none where a rule refuses it before anything is counted.
    pub(super) async fn left(&self, scenario: &Scenario) -> Vec<Left> {
        let limits = self.limits(scenario).unwrap_or_default();
        let mut all = Vec::new();
        for (index, limit) in limits.as_slice().iter().enumerate() {
            let now = UnixMillis::from_secs(NOW_SECS);
            let usage = self.ledger.usage(limit.key, limit.window, now).await;
            if let (Some(name), Ok(usage)) = (limits.name(index), usage) {
                all.push(Left {
                    name: name.clone(),
                    window_seconds: limit.window.as_secs(),
                    most: limit.quota,
                    left: rest(limit.quota, usage),
                });
            }
        }
        all
    }

    fn limits(&self, scenario: &Scenario) -> Option<AppliedLimits> {
        let terms = &scenario.terms;
        let asset = terms.asset.as_ref()?;
        let offer = Offer::new(
            &scenario.url,
            &terms.chain,
            &terms.scheme,
            asset,
            &terms.pay_to,
        );
        self.rules.limits_for(scenario.agent.as_str(), &offer).ok()
    }
}

/// What a seller says of a payment that settled.
fn receipt(terms: &Terms) -> Option<Receipt> {
    let said = serde_json::json!({
        "success": true,
        "transaction": format!("0x{}", "0".repeat(64)),
        "network": terms.chain.as_str(),
    });
    let value = BASE64_STANDARD.encode(said.to_string());
    let mut headers = http::HeaderMap::new();
    headers.insert(PAYMENT_RESPONSE, value.parse().ok()?);
    Receipt::from_headers(&headers, Version::V2).ok()?
}

fn rest(most: Quota, used: Usage) -> Quota {
    match most {
        Quota::Amount(most) => Quota::Amount(most.saturating_sub(used.amount)),
        Quota::Count(most) => Quota::Count(most.saturating_sub(used.count)),
        other => other,
    }
}

fn no_randomness() -> Denial {
    let detail = "the operating system gave no random number to name a payment with";
    Denial::new(DenialKind::PaymentError, "policy.no_randomness", detail)
}
