//! The policy as a control: rules first, then money set aside.

mod history;

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use self::history::refused;
use super::first_contact;
use super::history::{Firsts, History, Memory};
use super::kill_switch::KillSwitch;
use super::limits::AppliedLimits;
use super::offer::Offer;
use super::origin::Origin;
use super::rules::Rules;
use super::violation::Violation;
use crate::control::{Control, ControlKind, Mode};
use crate::denial::{Denial, DenialKind};
use crate::money::Usd;
use crate::payment::{Exchange, Outcome, Payment, Terms};
use crate::screening::Screening;
use crate::step::Step;
use crate::store::{Ledger, Limit, MemoryStore, Reservation, Reserved, SentPayment};
use crate::telemetry::ReservationState;

/// How long a reservation may wait to be sent, for signers and approvals that take their time.
const RESERVATION_LIFE: Duration = Duration::from_secs(15 * 60);

/// Keeps spending inside [`Rules`], counting it in a [`Ledger`].
///
/// Money is set aside before a signature exists and under every limit in one step, so that no number of parallel
/// requests spends more than a limit (attack 66). It is given back only where no signature left.
///
/// Where the rules ask for it, it also remembers in [`Claims`](crate::store::Claims) what payments that settled leave: whom an origin is paid
/// at ([`RecipientPins`](super::RecipientPins)), who is no stranger any more, and the first price of an endpoint. These facts are kept per
/// agent and requested origin, never by what a challenge says of itself, and outlive a change of the policy.
pub struct PolicyControl {
    rules: Arc<Rules>,
    revision: Arc<str>,
    ledger: Arc<dyn Ledger>,
    history: History,
    kill_switch: KillSwitch,
}

impl PolicyControl {
    /// Decides by `rules`, counting in the memory of this process.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        let store = Arc::new(MemoryStore::new());
        Self::with_ledger(rules, store.clone()).with_claims(store)
    }

    /// Decides by `rules`, counting in `ledger`, and remembering in the memory of this process.
    #[must_use]
    pub fn with_ledger(rules: Rules, ledger: Arc<dyn Ledger>) -> Self {
        Self {
            revision: rules.revision().into(),
            history: History {
                claims: Arc::new(MemoryStore::new()),
                memory: Memory::of(&rules),
            },
            kill_switch: KillSwitch::new(),
            rules: Arc::new(rules),
            ledger,
        }
    }

    fn check_kill_switch(&self) -> Result<(), Denial> {
        if self.rules.kill_switch() || self.kill_switch.is_engaged() {
            return Err(denial(Violation::KillSwitch).even_in_shadow());
        }
        Ok(())
    }

    fn offer<'a>(
        &self,
        exchange: &'a Exchange,
        terms: &'a Terms,
    ) -> Result<(Origin, Offer<'a>), Denial> {
        self.check_kill_switch()?;
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
        let origin = self.rules.origin_of(offer.url).map_err(denial)?;
        self.rules.check_offer_at(&origin, &offer).map_err(denial)?;
        Ok((origin, offer))
    }

    /// What a payment counts as.
    fn price(&self, terms: &Terms) -> Result<Usd, Denial> {
        match terms.price {
            Some(price) => Ok(price),
            // Where payments are only counted, it does not matter what they cost.
            None if !self.rules.limits_dollars() => Ok(Usd::ZERO),
            None => Err(denial(Violation::Unpriced)),
        }
    }

    fn reserve(
        &self,
        payment: &Payment,
        limits: AppliedLimits,
        stranger: Option<Limit>,
        price: Usd,
    ) -> Step<'_, Result<(), Denial>> {
        let now = payment.exchange().now();
        let with_stranger;
        let all = match stranger {
            None => limits.as_slice(),
            Some(limit) => {
                with_stranger = [limits.as_slice(), &[limit]].concat();
                &with_stranger
            }
        };
        let reservation = Reservation::new(
            payment.id(),
            price,
            all,
            now,
            now.saturating_add(RESERVATION_LIFE),
        );
        let answer = self.ledger.reserve(&reservation);
        answer.map(move |answer| match answer {
            Ok(Reserved::Granted) => {
                failpoint!(Reserved);
                ReservationState::Reserved.count();
                Ok(())
            }
            Ok(Reserved::Refused { limit, left }) => Err(limits
                .violation(limit, left, price)
                .or_else(|| first_contact::violation(stranger?, left, price))
                .map_or_else(|| denial(Violation::Unpriced), denial)),
            Err(error) => Err(error.denial(DenialKind::PolicyViolation)),
        })
    }
}

impl Control for PolicyControl {
    fn kind(&self) -> ControlKind {
        ControlKind::Policy
    }

    fn mode(&self) -> Mode {
        self.rules.mode()
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
        let limits = self.offer(exchange, terms).map(|(origin, offer)| {
            let agent = exchange.agent().as_str();
            self.rules.limits_at(agent, &origin, &offer)
        });
        let limits = match limits {
            Ok(limits) if self.history.memory.is_needed() => {
                return Step::wait(async move { self.check_history(payment, limits).await });
            }
            Ok(limits) if limits.as_slice().is_empty() => return Step::ready(Ok(())),
            Ok(limits) => limits,
            Err(denial) => return Step::ready(Err(denial)),
        };
        let price = match self.price(terms) {
            Ok(price) => price,
            Err(denial) => return Step::ready(Err(denial)),
        };
        // Noted first: dropped while the store is asked, it is still given back.
        payment.note_set_aside(true);
        match self.reserve(payment, limits, None, price).into_ready() {
            Ok(reserved) => {
                payment.note_set_aside(reserved.is_ok());
                Step::ready(reserved)
            }
            Err(waiting) => Step::wait(async move {
                let reserved = waiting.await;
                payment.note_set_aside(reserved.is_ok());
                reserved
            }),
        }
    }

    fn approve<'a>(&'a self, payment: &'a Payment) -> Step<'a, Result<(), Denial>> {
        if !payment.exchange().position().spends() {
            return Step::ready(Ok(()));
        }
        Step::ready(self.check_kill_switch())
    }

    fn sending<'a>(&'a self, payment: &'a Payment) -> Step<'a, Result<(), Denial>> {
        if !payment.exchange().position().spends() {
            return Step::ready(Ok(()));
        }
        if let Err(denial) = self.check_kill_switch() {
            return Step::ready(Err(denial));
        }
        let unpinned = firsts(payment).filter(Firsts::is_unpinned);
        let Some(firsts) = unpinned else {
            return self.mark_sent(payment);
        };
        Step::wait(async move {
            let last_word = self.history.sending(payment, &firsts).await;
            last_word.map_err(refused)?;
            self.mark_sent(payment).await
        })
    }

    fn resend<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        payment.set_policy_revision(Arc::clone(&self.revision));
        if let Err(denial) = self.check_kill_switch() {
            return Step::ready(Err(denial));
        }
        if !self.history.memory.is_needed() {
            return Step::ready(Ok(()));
        }
        Step::wait(async move {
            // What it is the first in is only noted once it has settled. Where that cannot be known now, nothing is.
            if let Ok(firsts) = self.history.look(payment).await
                && !firsts.is_empty()
            {
                payment.extensions_mut().insert(firsts);
            }
            Ok(())
        })
    }

    fn finish<'a>(&'a self, payment: &'a Payment, outcome: &'a Outcome) -> Step<'a, ()> {
        let set_aside = payment.is_set_aside();
        if let Some(firsts) = firsts(payment) {
            return Step::wait(async move {
                // The money first: it may be all that a caller who goes away leaves time for.
                if set_aside {
                    self.note(payment, outcome).await;
                }
                self.history.finish(payment, &firsts, outcome).await;
            });
        }
        if set_aside {
            self.note(payment, outcome)
        } else {
            Step::ready(())
        }
    }

    fn abandon(&self, payment: &Payment, outcome: &Outcome) {
        if payment.is_set_aside() && matches!(outcome, Outcome::NotSent(_)) {
            self.ledger.release_now(payment.id());
            ReservationState::Released.count();
        }
        if let Some(firsts) = firsts(payment) {
            self.history.abandon(payment, &firsts, outcome);
        }
    }
}

impl PolicyControl {
    /// Tells the ledger that the money is out, and looks at the kill switch again: it may have been engaged while a store
    /// was asked.
    fn mark_sent(&self, payment: &Payment) -> Step<'_, Result<(), Denial>> {
        if !payment.is_set_aside() {
            return Step::ready(self.check_kill_switch());
        }
        let sent = SentPayment::of(payment);
        let marked = self.ledger.mark_sent(payment.id(), Some(sent));
        marked.map(|marked| {
            marked.map_err(|error| error.denial(DenialKind::PolicyViolation))?;
            ReservationState::Sent.count();
            self.check_kill_switch()
        })
    }

    /// Tells the ledger how a payment ended.
    fn note<'a>(&'a self, payment: &'a Payment, outcome: &'a Outcome) -> Step<'a, ()> {
        let id = payment.id();
        let noted = match outcome {
            Outcome::Settled(receipt) => {
                let actual = receipt
                    .amount()
                    .and_then(|amount| part_of(payment.terms(), amount));
                self.ledger.settle(id, actual)
            }
            Outcome::SettledEarlier(_) => self.ledger.settle(id, None),
            Outcome::NotSent(_) => self.ledger.release(id),
            _ => self.ledger.mark_unknown(id),
        };
        noted.map(move |noted| {
            failpoint!(Counted);
            if let Err(error) = noted {
                // The reservation stays counted, which is the safe side.
                tracing::error!(payment = %id, code = error.code(), "the ledger did not take an outcome");
            } else {
                ReservationState::after(outcome).count();
            }
        })
    }
}

fn firsts(payment: &Payment) -> Option<Firsts> {
    payment.extensions().get::<Firsts>().copied()
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
    let denial = Denial::new(
        DenialKind::PolicyViolation,
        violation.code(),
        violation.to_string(),
    );
    match violation.limit() {
        Some(limit) => denial.with_limit(limit),
        None => denial,
    }
    .with_source(violation)
}

impl fmt::Debug for PolicyControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyControl")
            .field("revision", &self.revision)
            .field("ledger", &self.ledger)
            .finish_non_exhaustive()
    }
}
