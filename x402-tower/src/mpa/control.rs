//! Approvals as a control.

use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use super::cumulative::{Cumulative, own_id};
use super::gather::Gathered;
use super::webhook::WebhookTransport;
use super::{Approver, MpaConfig, MpaError, NotApproved, Shortfall};
use crate::clock::UnixMillis;
use crate::control::{Control, ControlKind};
use crate::denial::{Denial, DenialKind};
use crate::payment::{Approvals, Outcome, Payment};
use crate::step::Step;
use crate::store::{Claim, ClaimKey, Claims, Ledger, MemoryStore, StoreError};

/// Added to a countersigned request's life in the store: its clock and the guard's differ.
const SKEW: core::time::Duration = core::time::Duration::from_secs(60);

/// Lets expensive payments pass only with the approvals of n of m.
///
/// It stands innermost, so that what approvers are shown is redacted and what they approve is inside the policy. In the
/// seller's position it lets everything pass: no money of ours moves there.
pub struct MpaControl {
    pub(super) config: MpaConfig,
    pub(super) transport: Option<Arc<dyn WebhookTransport>>,
    cumulative: Option<Cumulative>,
    claims: Arc<dyn Claims>,
    pending: AtomicUsize,
}

impl MpaControl {
    /// Asks as `config` says, counting and claiming in the memory of this process.
    ///
    /// # Errors
    ///
    /// [`MpaError`] for the first thing that cannot be right.
    pub fn new(config: MpaConfig) -> Result<Self, MpaError> {
        config.check()?;
        let store = Arc::new(MemoryStore::new());
        let transport = config.webhooks()?;
        let cumulative = config.cumulative.map(|(sum, window)| Cumulative {
            ledger: store.clone(),
            sum,
            window,
        });
        Ok(Self {
            config,
            transport,
            cumulative,
            claims: store,
            pending: AtomicUsize::new(0),
        })
    }

    /// Counts what each recipient is paid in `ledger`. Processes that share one count together.
    #[must_use]
    pub fn with_ledger(mut self, ledger: Arc<dyn Ledger>) -> Self {
        if let Some(cumulative) = &mut self.cumulative {
            cumulative.ledger = ledger;
        }
        self
    }

    /// Keeps used countersignatures in `claims`. Processes that accept the same keys have to share one, or each of them
    /// would accept a signature once (attack 95).
    #[must_use]
    pub fn with_claims(mut self, claims: Arc<dyn Claims>) -> Self {
        self.claims = claims;
        self
    }

    /// How many approvals a payment needs.
    #[must_use]
    pub fn threshold(&self) -> usize {
        self.config.threshold
    }

    pub(super) fn approvers(&self) -> impl Iterator<Item = (usize, &Approver)> {
        self.config.approvers.iter().enumerate()
    }

    /// Whether a payment needs approvals for what it costs alone. What nobody can price always does.
    fn is_large(&self, payment: &Payment) -> bool {
        let Some(price) = payment.terms().price else {
            return true;
        };
        match self.config.min_amount {
            Some(least) => price >= least,
            None => self.cumulative.is_none(),
        }
    }

    async fn decide(&self, payment: &mut Payment) -> Result<(), Denial> {
        if !self.is_large(payment)
            && let (Some(cumulative), Some(price)) = (&self.cumulative, payment.terms().price)
        {
            // Noted first: dropped while the ledger is asked, it is still given back.
            payment.note_summed(true);
            match cumulative.count_below(payment, price).await {
                Ok(true) => return Ok(()),
                Ok(false) => payment.note_summed(false),
                Err(error) => {
                    payment.note_summed(false);
                    return Err(error.denial(DenialKind::MpaDenied));
                }
            }
        }
        let gathered = self
            .gather_in_turn(payment)
            .await
            .map_err(NotApproved::into_denial)?;
        let settled = self.take(payment, &gathered).await;
        if settled.is_err() {
            self.give_back(payment).await;
        }
        settled?;
        payment.set_approvals(Approvals::new(
            gathered.request.id(),
            self.config.threshold,
            gathered.approvers,
        ));
        crate::telemetry::approved();
        Ok(())
    }

    /// Gathers approvals, if not too many payments wait for some already.
    async fn gather_in_turn(&self, payment: &Payment) -> Result<Gathered, NotApproved> {
        let before = self.pending.fetch_add(1, Ordering::Relaxed);
        let _turn = Turn(&self.pending);
        if before >= self.config.max_pending {
            return Err(NotApproved {
                shortfall: Shortfall::Busy,
                approvals: 0,
                threshold: self.config.threshold,
                request: None,
            });
        }
        self.gather(payment).await
    }

    /// Uses up the countersigned request and counts the payment.
    async fn take(&self, payment: &mut Payment, gathered: &Gathered) -> Result<(), Denial> {
        if gathered.countersigned {
            let key = request_key(gathered);
            payment.note_used_request(Some(*key.as_bytes()));
            self.use_up(payment, gathered, key).await?;
        }
        if let (Some(cumulative), Some(price)) = (&self.cumulative, payment.terms().price) {
            payment.note_summed(true);
            let counted = cumulative.count(payment, price).await;
            counted.map_err(|error| error.denial(DenialKind::MpaDenied))?;
        }
        Ok(())
    }

    async fn use_up(
        &self,
        payment: &Payment,
        gathered: &Gathered,
        key: ClaimKey,
    ) -> Result<(), Denial> {
        let now = payment.exchange().now();
        let until: UnixMillis = gathered.request.expires().saturating_add(SKEW);
        match self.claims.claim(key, payment.id(), &[], now, until).await {
            Ok(Claim::Taken) => Ok(()),
            Ok(Claim::Held { .. }) => Err(NotApproved {
                shortfall: Shortfall::AlreadyUsed,
                approvals: 0,
                threshold: self.config.threshold,
                request: None,
            }
            .into_denial()),
            Err(error) => Err(error.denial(DenialKind::MpaDenied)),
        }
    }

    async fn give_back(&self, payment: &mut Payment) {
        self.free(payment).await;
        payment.note_used_request(None);
        payment.note_summed(false);
    }

    async fn free(&self, payment: &Payment) {
        let id = payment.id();
        if let Some(key) = used_request(payment)
            && let Err(error) = self.claims.give_back(key, id).await
        {
            tracing::error!(payment = %id, code = error.code(), "a used approval was not given back");
        }
        if let Some(cumulative) = self.counting(payment) {
            tell(payment, cumulative.ledger.release(own_id(id))).await;
        }
    }

    /// The sum that counts this payment, where one does.
    fn counting(&self, payment: &Payment) -> Option<&Cumulative> {
        self.cumulative.as_ref().filter(|_| payment.is_summed())
    }
}

fn used_request(payment: &Payment) -> Option<ClaimKey> {
    payment.used_request().copied().map(ClaimKey::from_bytes)
}

/// One payment's place among those that wait; given up however the wait ends.
struct Turn<'a>(&'a AtomicUsize);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A countersigned request buys once, whoever signed it.
fn request_key(gathered: &Gathered) -> ClaimKey {
    let id = gathered.request.id();
    ClaimKey::from_bytes(crate::digest::length_prefixed(&[
        b"x402-tower/mpa/request/v1",
        id.as_bytes(),
    ]))
}

async fn tell(payment: &Payment, step: Step<'_, Result<(), StoreError>>) {
    if let Err(error) = step.await {
        // It stays counted, which is the safe side.
        tracing::error!(payment = %payment.id(), code = error.code(), "the ledger did not take an outcome");
    }
}

impl Control for MpaControl {
    fn kind(&self) -> ControlKind {
        ControlKind::Mpa
    }

    fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        let exempt = !self.is_large(payment) && self.cumulative.is_none();
        if exempt || !payment.exchange().position().spends() {
            return Step::ready(Ok(()));
        }
        Step::wait(self.decide(payment))
    }

    fn sending<'a>(&'a self, payment: &'a Payment) -> Step<'a, Result<(), Denial>> {
        match self.counting(payment) {
            Some(cumulative) => cumulative
                .ledger
                .mark_sent(own_id(payment.id()), None)
                .map(|marked| marked.map_err(|error| error.denial(DenialKind::MpaDenied))),
            None => Step::ready(Ok(())),
        }
    }

    fn finish<'a>(&'a self, payment: &'a Payment, outcome: &'a Outcome) -> Step<'a, ()> {
        if matches!(outcome, Outcome::NotSent(_)) {
            return Step::wait(self.free(payment));
        }
        let Some(cumulative) = self.counting(payment) else {
            return Step::ready(());
        };
        let id = own_id(payment.id());
        let noted = match outcome {
            // In full, also where the seller took less: against the spender.
            Outcome::Settled(_) | Outcome::SettledEarlier(_) => cumulative.ledger.settle(id, None),
            _ => cumulative.ledger.mark_unknown(id),
        };
        Step::wait(tell(payment, noted))
    }

    fn abandon(&self, payment: &Payment, outcome: &Outcome) {
        if !matches!(outcome, Outcome::NotSent(_)) {
            return;
        }
        if let Some(key) = used_request(payment) {
            self.claims.give_back_now(key, payment.id());
        }
        if let Some(cumulative) = self.counting(payment) {
            cumulative.ledger.release_now(own_id(payment.id()));
        }
    }
}

impl fmt::Debug for MpaControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MpaControl")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
