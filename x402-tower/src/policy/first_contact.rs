//! The most that a stranger gets.

use std::time::Duration;

use super::history::{FACTS, FOR_EVER, Refused, fact_key};
use super::key;
use super::origin::Origin;
use super::violation::Violation;
use crate::money::Usd;
use crate::payment::Payment;
use crate::store::{ClaimKey, Claims, Limit, LimitKey, Quota, StoreError};

/// How long an unsettled payment to a stranger counts against the cap.
pub(super) const WINDOW: Duration = Duration::from_secs(86_400);

/// An agent, an origin and a recipient between whom no payment has settled yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stranger {
    met: ClaimKey,
    limit: LimitKey,
}

/// Whether the recipient of a payment is a stranger at its origin.
pub(super) async fn look(
    claims: &dyn Claims,
    payment: &Payment,
    origin: &Origin,
) -> Result<Option<Stranger>, Refused> {
    let (exchange, terms) = (payment.exchange(), payment.terms());
    let origin = origin.to_string();
    let parts: [&[u8]; 5] = [
        b"met",
        exchange.agent().as_str().as_bytes(),
        origin.as_bytes(),
        terms.chain.as_str().as_bytes(),
        terms.pay_to.as_str().as_bytes(),
    ];
    let met = fact_key(&parts);
    if claims.read(met, exchange.now()).await?.is_some() {
        return Ok(None);
    }
    let limit = LimitKey::from_bytes(key::digest(FACTS, &parts));
    Ok(Some(Stranger { met, limit }))
}

/// What to say when the ledger refuses a payment to a stranger for `limit`.
pub(super) fn violation(limit: Limit, left: Quota, price: Usd) -> Option<Violation> {
    match (limit.quota, left) {
        (Quota::Amount(cap), Quota::Amount(left)) => {
            Some(Violation::FirstContact { price, cap, left })
        }
        _ => None,
    }
}

impl Stranger {
    /// The cap as a limit of the ledger, so that concurrent first payments share it: until one has settled, all of them
    /// within [`WINDOW`] cost at most `cap` together.
    pub(super) fn limit(&self, cap: Usd) -> Limit {
        Limit::new(self.limit, WINDOW, Quota::Amount(cap))
    }

    /// Notes that a payment has settled.
    pub(super) async fn meet(
        &self,
        claims: &dyn Claims,
        payment: &Payment,
    ) -> Result<(), StoreError> {
        let (id, now) = (payment.id(), payment.exchange().now());
        claims
            .claim(self.met, id, &[], now, now.saturating_add(FOR_EVER))
            .await
            .map(drop)
    }
}
