//! The policy as a control: rules first, then money set aside.

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::limits::AppliedLimits;
use super::offer::Offer;
use super::rules::Rules;
use super::violation::Violation;
use crate::control::{Control, ControlKind};
use crate::denial::{Denial, DenialKind};
use crate::money::Usd;
use crate::payment::{Exchange, Outcome, Payment, Terms};
use crate::screening::Screening;
use crate::step::Step;
use crate::store::{Ledger, MemoryStore, Reservation, Reserved, StoreError};
use crate::telemetry::ReservationState;

/// How long a reservation may wait to be sent, for signers and approvals that take their time.
const RESERVATION_LIFE: Duration = Duration::from_secs(15 * 60);

/// Keeps spending inside [`Rules`], counting it in a [`Ledger`].
///
/// Money is set aside before a signature exists and under every limit in one step, so that no number of parallel
/// requests spends more than a limit (attack 66). It is given back only where no signature left.
pub struct PolicyControl {
    rules: Arc<Rules>,
    revision: Arc<str>,
    ledger: Arc<dyn Ledger>,
}

impl PolicyControl {
    /// Decides by `rules`, counting in the memory of this process.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self::with_ledger(rules, Arc::new(MemoryStore::new()))
    }

    /// Decides by `rules`, counting in `ledger`.
    #[must_use]
    pub fn with_ledger(rules: Rules, ledger: Arc<dyn Ledger>) -> Self {
        Self {
            revision: rules.revision().into(),
            rules: Arc::new(rules),
            ledger,
        }
    }

    fn offer<'a>(&self, exchange: &'a Exchange, terms: &'a Terms) -> Result<Offer<'a>, Denial> {
        let asset = terms.asset.as_ref().ok_or_else(unknown_asset)?;
        let offer = Offer::new(
            exchange.url(),
            &terms.chain,
            &terms.scheme,
            asset,
            &terms.pay_to,
        )
        .with_amount(terms.amount)
        .with_price(terms.price)
        .with_lifetime_seconds(terms.lifetime_seconds);
        self.rules.check_offer(&offer).map_err(denial)?;
        Ok(offer)
    }

    async fn reserve(
        &self,
        payment: &Payment,
        limits: &AppliedLimits,
        price: Usd,
    ) -> Result<(), Denial> {
        let now = payment.exchange().now();
        let reservation = Reservation::new(
            payment.id(),
            price,
            limits.as_slice(),
            now,
            now.saturating_add(RESERVATION_LIFE),
        );
        match self.ledger.reserve(&reservation).await {
            Ok(Reserved::Granted) => {
                ReservationState::Reserved.count();
                Ok(())
            }
            Ok(Reserved::Refused { limit, left }) => Err(limits
                .violation(limit, left, price)
                .map_or_else(|| denial(Violation::Unpriced), denial)),
            Err(error) => Err(store_denial(&error)),
        }
    }
}

impl Control for PolicyControl {
    fn kind(&self) -> ControlKind {
        ControlKind::Policy
    }

    fn screen(&self, screening: &mut Screening<'_>) {
        let exchange = screening.exchange();
        if exchange.position().spends() {
            screening.retain(|_, terms| self.offer(exchange, terms).map(drop));
        }
    }

    fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        payment.set_policy_revision(Arc::clone(&self.revision));
        if !payment.exchange().position().spends() {
            return Step::ready(Ok(()));
        }
        let (exchange, terms) = (payment.exchange(), payment.terms());
        let limits = self.offer(exchange, terms).and_then(|offer| {
            self.rules
                .limits_for(exchange.agent().as_str(), &offer)
                .map_err(denial)
        });
        let limits = match limits {
            Ok(limits) if limits.as_slice().is_empty() => return Step::ready(Ok(())),
            Ok(limits) => limits,
            Err(denial) => return Step::ready(Err(denial)),
        };
        let price = match terms.price {
            Some(price) => price,
            // Where payments are only counted, it does not matter what they cost.
            None if !self.rules.limits_dollars() => Usd::ZERO,
            None => return Step::ready(Err(denial(Violation::Unpriced))),
        };
        // Noted first: dropped while the store is asked, it is still given back.
        payment.note_set_aside(true);
        Step::wait(async move {
            let reserved = self.reserve(payment, &limits, price).await;
            if reserved.is_err() {
                payment.note_set_aside(false);
            }
            reserved
        })
    }

    fn sending<'a>(&'a self, payment: &'a Payment) -> Step<'a, Result<(), Denial>> {
        if !payment.is_set_aside() {
            return Step::ready(Ok(()));
        }
        let marked = self.ledger.mark_sent(payment.id());
        marked.map(|marked| {
            marked.map_err(|error| store_denial(&error))?;
            ReservationState::Sent.count();
            Ok(())
        })
    }

    fn finish<'a>(&'a self, payment: &'a Payment, outcome: &'a Outcome) -> Step<'a, ()> {
        if !payment.is_set_aside() {
            return Step::ready(());
        }
        let id = payment.id();
        let noted = match outcome {
            Outcome::Settled(receipt) => {
                let actual = receipt
                    .amount()
                    .and_then(|amount| part_of(payment.terms(), amount));
                self.ledger.settle(id, actual)
            }
            Outcome::NotSent(_) => self.ledger.release(id),
            _ => self.ledger.mark_unknown(id),
        };
        noted.map(move |noted| {
            if let Err(error) = noted {
                // The reservation stays counted, which is the safe side.
                tracing::error!(payment = %id, code = error.code(), "the ledger did not take an outcome");
            } else {
                ReservationState::after(outcome).count();
            }
        })
    }

    fn abandon(&self, payment: &Payment, outcome: &Outcome) {
        if payment.is_set_aside() && matches!(outcome, Outcome::NotSent(_)) {
            self.ledger.release_now(payment.id());
            ReservationState::Released.count();
        }
    }
}

/// What a receipt's amount costs, at the price of the whole payment, rounded up.
fn part_of(terms: &Terms, settled: crate::money::AtomicAmount) -> Option<Usd> {
    if settled == terms.amount {
        return terms.price;
    }
    terms.amount.share_of(settled, terms.price?)
}

fn unknown_asset() -> Denial {
    denial(Violation::Unpriced)
}

fn denial(violation: Violation) -> Denial {
    Denial::new(
        DenialKind::PolicyViolation,
        violation.code(),
        violation.to_string(),
    )
    .with_source(violation)
}

fn store_denial(error: &StoreError) -> Denial {
    Denial::new(DenialKind::PolicyViolation, error.code(), error.to_string())
        .with_status(http::StatusCode::SERVICE_UNAVAILABLE)
        .with_source(error.clone())
}

impl fmt::Debug for PolicyControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyControl")
            .field("revision", &self.revision)
            .field("ledger", &self.ledger)
            .finish_non_exhaustive()
    }
}
