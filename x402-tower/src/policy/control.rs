//! The policy as a control: rules first, then money set aside.

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::first_contact;
use super::history::{Firsts, History, Memory, Refused};
use super::kill_switch::KillSwitch;
use super::limits::AppliedLimits;
use super::pin::RecipientPins;
use super::rules::{Offer, Rules};
use super::violation::Violation;
use crate::control::{Control, ControlKind, Mode};
use crate::denial::{Denial, DenialKind};
use crate::money::Usd;
use crate::payment::{Exchange, NotSent, Outcome, Payment, Terms};
use crate::screening::Screening;
use crate::step::Step;
use crate::store::{Claims, Ledger, Limit, MemoryStore, Reservation, Reserved, StoreError};
use crate::telemetry::ReservationState;

/// How long a reservation may wait to be sent, for signers and approvals that take their time.
const RESERVATION_LIFE: Duration = Duration::from_secs(15 * 60);

/// Keeps spending inside [`Rules`], counting it in a [`Ledger`].
///
/// Money is set aside before a signature exists and under every limit in one step, so that no number of parallel
/// requests spends more than a limit (attack 66). It is given back only where no signature left.
///
/// Where the rules ask for it, it also remembers in [`Claims`] what payments that settled leave: whom an origin is paid
/// at ([`RecipientPins`]), who is no stranger any more, and the first price of an endpoint. These facts are kept per
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

    /// Remembers in `claims` what settled payments leave. A store that outlives the process keeps an attacker from
    /// being the first again.
    #[must_use]
    pub fn with_claims(mut self, claims: Arc<dyn Claims>) -> Self {
        self.history.claims = claims;
        self
    }

    /// Stops every payment while `switch` is engaged.
    #[must_use]
    pub fn with_kill_switch(mut self, switch: KillSwitch) -> Self {
        self.kill_switch = switch;
        self
    }

    /// The recipients that payments have pinned.
    #[must_use]
    pub fn pins(&self) -> RecipientPins {
        RecipientPins::new(Arc::clone(&self.history.claims))
    }

    fn check_kill_switch(&self) -> Result<(), Denial> {
        if self.rules.kill_switch() || self.kill_switch.is_engaged() {
            return Err(denial(Violation::KillSwitch).even_in_shadow());
        }
        Ok(())
    }

    fn offer(&self, exchange: &Exchange, terms: &Terms) -> Result<(), Denial> {
        self.check_kill_switch()?;
        let asset = terms.asset.as_ref().ok_or_else(unknown_asset)?;
        let offer = Offer::new(
            exchange.url(),
            &terms.chain,
            &terms.scheme,
            asset,
            &terms.pay_to,
        )
        .with_price(terms.price)
        .with_lifetime_seconds(terms.lifetime_seconds);
        self.rules.check_offer(&offer).map_err(denial)
    }

    /// Decides by what earlier payments left, then sets money aside. Takes nothing that a denial keeps.
    async fn check_history(
        &self,
        payment: &mut Payment,
        limits: &AppliedLimits,
    ) -> Result<(), Denial> {
        let firsts = self.history.look(payment).await.map_err(refused)?;
        // Noted first: dropped while the store is asked, its candidacy is still given back.
        payment.extensions_mut().insert(firsts);
        let decided = self.stand_and_reserve(payment, &firsts, limits).await;
        if decided.is_err() {
            let denied = Outcome::NotSent(NotSent::Cancelled);
            self.history.finish(payment, &firsts, &denied).await;
            payment.extensions_mut().remove::<Firsts>();
        }
        decided
    }

    async fn stand_and_reserve(
        &self,
        payment: &mut Payment,
        firsts: &Firsts,
        limits: &AppliedLimits,
    ) -> Result<(), Denial> {
        let stood = self.history.stand(payment, firsts).await;
        stood.map_err(refused)?;
        let stranger = self.history.limit(firsts);
        if limits.as_slice().is_empty() && stranger.is_none() {
            return Ok(());
        }
        let price = payment.terms().price.ok_or_else(unknown_asset)?;
        payment.extensions_mut().insert(SetAside);
        let reserved = self.reserve(payment, limits, stranger, price).await;
        if reserved.is_err() {
            payment.extensions_mut().remove::<SetAside>();
        }
        reserved
    }

    async fn reserve(
        &self,
        payment: &Payment,
        limits: &AppliedLimits,
        stranger: Option<Limit>,
        price: Usd,
    ) -> Result<(), Denial> {
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
        match self.ledger.reserve(&reservation).await {
            Ok(Reserved::Granted) => {
                ReservationState::Reserved.count();
                Ok(())
            }
            Ok(Reserved::Refused { limit, left }) => Err(limits
                .violation(limit, left, price)
                .or_else(|| first_contact::violation(stranger?, left, price))
                .map_or_else(|| denial(Violation::Unpriced), denial)),
            Err(error) => Err(store_denial(&error)),
        }
    }
}

/// Whether money was set aside for a payment.
#[derive(Debug, Clone, Copy)]
struct SetAside;

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
            screening.retain(|_, terms| self.offer(exchange, terms));
        }
    }

    fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        payment.set_policy_revision(Arc::clone(&self.revision));
        if !payment.exchange().position().spends() {
            return Step::ready(Ok(()));
        }
        let (exchange, terms) = (payment.exchange(), payment.terms());
        let limits = self.offer(exchange, terms).and_then(|()| {
            self.rules
                .limits_for(exchange.agent().as_str(), exchange.url())
                .map_err(denial)
        });
        let limits = match limits {
            Ok(limits) if self.history.memory.is_needed() => {
                return Step::wait(async move { self.check_history(payment, &limits).await });
            }
            Ok(limits) if limits.as_slice().is_empty() => return Step::ready(Ok(())),
            Ok(limits) => limits,
            Err(denial) => return Step::ready(Err(denial)),
        };
        let Some(price) = terms.price else {
            return Step::ready(Err(denial(Violation::Unpriced)));
        };
        // Noted first: dropped while the store is asked, it is still given back.
        payment.extensions_mut().insert(SetAside);
        Step::wait(async move {
            let reserved = self.reserve(payment, &limits, None, price).await;
            if reserved.is_err() {
                payment.extensions_mut().remove::<SetAside>();
            }
            reserved
        })
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
        let set_aside = is_set_aside(payment);
        if unpinned.is_none() && !set_aside {
            return Step::ready(Ok(()));
        }
        Step::wait(async move {
            if let Some(firsts) = unpinned {
                let last_word = self.history.sending(payment, &firsts).await;
                last_word.map_err(refused)?;
            }
            if set_aside {
                let marked = self.ledger.mark_sent(payment.id()).await;
                marked.map_err(|error| store_denial(&error))?;
                ReservationState::Sent.count();
            }
            // Again: it may have been engaged while a store was asked.
            self.check_kill_switch()
        })
    }

    fn finish<'a>(&'a self, payment: &'a Payment, outcome: &'a Outcome) -> Step<'a, ()> {
        let set_aside = is_set_aside(payment);
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
        if is_set_aside(payment) && matches!(outcome, Outcome::NotSent(_)) {
            self.ledger.release_now(payment.id());
            ReservationState::Released.count();
        }
        if let Some(firsts) = firsts(payment) {
            self.history.abandon(payment, &firsts, outcome);
        }
    }
}

impl PolicyControl {
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
            Outcome::NotSent(_) => self.ledger.release(id),
            _ => self.ledger.mark_unknown(id),
        };
        Step::wait(async move {
            if let Err(error) = noted.await {
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

fn is_set_aside(payment: &Payment) -> bool {
    payment.extensions().get::<SetAside>().is_some()
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

fn refused(refused: Refused) -> Denial {
    match refused {
        Refused::Broken(violation) => denial(violation),
        Refused::Unanswered(error) => store_denial(&error),
    }
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
