//! One payment between its first check and its outcome, safe to drop at any moment.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::chain::{Chain, check_place, screen_texts};
use crate::control::{Control, ControlKind};
use crate::denial::{Denial, DenialKind};
use crate::payment::{NotSent, Outcome, Payment, PaymentRecord, PaymentText, Uncertainty};
use crate::screening::TextPlace;
use crate::step::Step;
use crate::unwind::{caught, panicked};
use crate::wire::Authorization;

/// A payment and the controls that have begun to look at it.
///
/// Dropping it tells those controls that the caller went away: before [`sending`](Self::sending) nothing was sent,
/// after it nobody knows (attack 145).
#[derive(Debug)]
pub(crate) struct Flight {
    payment: Payment,
    begun: Vec<Begun>,
    sent: bool,
    outcome: Option<Outcome>,
}

struct Begun(Arc<dyn Control>);

impl core::fmt::Debug for Begun {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(&self.0.kind(), f)
    }
}

impl Flight {
    pub(crate) fn new(payment: Payment) -> Self {
        Self {
            payment,
            begun: Vec::new(),
            sent: false,
            outcome: None,
        }
    }

    pub(crate) fn payment(&self) -> &Payment {
        &self.payment
    }

    /// Notes what was signed, so that a receipt can be held against it.
    pub(crate) fn signed(&mut self, authorization: Authorization) {
        self.payment.set_authorization(authorization);
    }

    pub(crate) fn kinds(&self) -> impl Iterator<Item = ControlKind> {
        self.begun.iter().map(|begun| begun.0.kind())
    }

    /// Lets every control of `chain` decide. A denial has been told to the controls that let the payment pass.
    pub(crate) async fn check_all(mut self, chain: &Chain) -> Result<Self, Denial> {
        for control in chain.controls() {
            if let Err(denial) = self.check(control).await {
                return Err(self.deny(denial).await);
            }
        }
        Ok(self)
    }

    async fn check(&mut self, control: &Arc<dyn Control>) -> Result<(), Denial> {
        let last = self.kinds().filter(|kind| kind.place().is_some()).last();
        check_place(last, control.kind()).map_err(|error| stack_order(&error.to_string()))?;
        // Noted before it is asked: dropped while it waits, it still hears of the end.
        self.begun.push(Begun(Arc::clone(control)));
        let verdict = caught(async { control.check(&mut self.payment).await }).await;
        let Some(verdict) = verdict else {
            // It stays noted: what it had set aside before it panicked has to be given back.
            return Err(panicked(control.kind()));
        };
        if verdict.is_err() {
            self.begun.pop();
        }
        verdict
    }

    /// Asks every control for its last word, outermost last, so that the intent is on record when all others agree.
    pub(crate) async fn approve(&mut self) -> Result<(), Denial> {
        for Begun(control) in self.begun.iter().rev() {
            guarded(control.kind(), || control.approve(&self.payment)).await?;
        }
        Ok(())
    }

    /// Marks the payment as sent with every control. Called before the first byte leaves.
    pub(crate) async fn sending(&mut self) -> Result<(), Denial> {
        for Begun(control) in &self.begun {
            guarded(control.kind(), || control.sending(&self.payment)).await?;
        }
        self.sent = true;
        Ok(())
    }

    /// Lets the controls that let the payment pass read texts beside it; what they find is noted with the payment.
    pub(crate) fn screen_texts(
        &mut self,
        place: TextPlace,
        texts: &mut [PaymentText],
    ) -> Result<(), Denial> {
        let controls = self.begun.iter().map(|begun| &begun.0);
        let findings = screen_texts(controls, place, texts)?;
        self.payment.note_findings(&findings);
        Ok(())
    }

    /// The controls that let it pass, for what comes back.
    pub(crate) fn passed(&self) -> Chain {
        Chain::of(self.begun.iter().map(|begun| Arc::clone(&begun.0)))
    }

    /// Tells every control, innermost first, that the payment was refused.
    pub(crate) async fn deny(self, denial: Denial) -> Denial {
        self.finish(Outcome::NotSent(NotSent::Denied(denial.clone())))
            .await;
        denial
    }

    /// Tells every control, innermost first, how it ended.
    pub(crate) async fn finish(mut self, outcome: Outcome) -> PaymentRecord {
        let record = PaymentRecord::new(&self.payment, outcome.clone());
        self.outcome = Some(outcome.clone());
        while let Some(Begun(control)) = self.begun.last() {
            let told = caught(async { control.finish(&self.payment, &outcome).await }).await;
            if told.is_none() {
                tracing::error!(control = %control.kind(), "a control panicked when told an outcome");
            }
            self.begun.pop();
        }
        record
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let outcome = self.outcome.take().unwrap_or(if self.sent {
            Outcome::Unknown(Uncertainty::Cancelled)
        } else {
            Outcome::NotSent(NotSent::Cancelled)
        });
        while let Some(Begun(control)) = self.begun.pop() {
            // A second panic while one unwinds would abort the process.
            let told = catch_unwind(AssertUnwindSafe(|| {
                control.abandon(&self.payment, &outcome)
            }));
            if told.is_err() {
                tracing::error!(control = %control.kind(), "a control panicked when abandoned");
            }
        }
    }
}

/// Runs one step of a control; a panic denies (attack 144).
async fn guarded<'a>(
    kind: ControlKind,
    step: impl FnOnce() -> Step<'a, Result<(), Denial>>,
) -> Result<(), Denial> {
    caught(async { step().await })
        .await
        .unwrap_or_else(|| Err(panicked(kind)))
}

/// The stack is built in an order that cannot be safe.
pub(crate) fn stack_order(detail: &str) -> Denial {
    Denial::new(DenialKind::PaymentError, "stack.order", detail.to_owned())
        .with_status(http::StatusCode::INTERNAL_SERVER_ERROR)
}
