//! One payment between its first check and its outcome, safe to drop at any moment.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::chain::{Chain, check_place};
use crate::control::{Control, ControlKind, Mode};
use crate::denial::{Denial, DenialKind};
use crate::payment::{NotSent, Outcome, Payment, PaymentRecord, Uncertainty};
use crate::shadow::noted;
use crate::unwind::{caught, panicked, panicked_in_shadow};
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

struct Begun {
    control: Arc<dyn Control>,
    /// It denied in shadow: it counts as asked, and is told nothing more.
    overruled: bool,
}

impl core::fmt::Debug for Begun {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(&self.control.kind(), f)
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
        self.begun.iter().map(|begun| begun.control.kind())
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
        let shadow = control.mode() == Mode::Shadow;
        let redactions = shadow.then(|| self.payment.redactions());
        // Noted before it is asked: dropped while it waits, it still hears of the end.
        self.begun.push(Begun {
            control: Arc::clone(control),
            overruled: false,
        });
        let verdict = caught(async { control.check(&mut self.payment).await }).await;
        if let Some(redactions) = redactions {
            self.payment.restore_redactions(redactions);
        }
        match verdict {
            Some(Ok(())) => Ok(()),
            Some(Err(denial)) if shadow => {
                if let Some(begun) = self.begun.last_mut() {
                    begun.overruled = true;
                }
                overrule(&mut self.payment, control.kind(), denial);
                Ok(())
            }
            Some(Err(denial)) => {
                self.begun.pop();
                Err(denial)
            }
            // It stays noted: what it had set aside before it panicked has to be given back.
            None if shadow => {
                let denial = panicked_in_shadow(control.kind());
                overrule(&mut self.payment, control.kind(), denial);
                Ok(())
            }
            None => Err(panicked(control.kind())),
        }
    }

    /// Asks every control for its last word, outermost last, so that the intent is on record when all others agree.
    pub(crate) async fn approve(&mut self) -> Result<(), Denial> {
        for Begun { control, overruled } in self.begun.iter().rev() {
            if !overruled {
                let verdict = caught(async { control.approve(&self.payment).await }).await;
                heed(&**control, &mut self.payment, verdict)?;
            }
        }
        Ok(())
    }

    /// Marks the payment as sent with every control. Called before the first byte leaves.
    pub(crate) async fn sending(&mut self) -> Result<(), Denial> {
        for Begun { control, overruled } in &self.begun {
            if !overruled {
                let verdict = caught(async { control.sending(&self.payment).await }).await;
                heed(&**control, &mut self.payment, verdict)?;
            }
        }
        self.sent = true;
        Ok(())
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
        while let Some(Begun { control, overruled }) = self.begun.last() {
            if *overruled {
                self.begun.pop();
                continue;
            }
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
        while let Some(Begun { control, overruled }) = self.begun.pop() {
            if overruled {
                continue;
            }
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

/// What becomes of a control's verdict: a panic denies (attack 144), and no denial holds in shadow.
///
/// A control in shadow that objects this late has let the payment pass before, and is still told how it ended.
fn heed(
    control: &dyn Control,
    payment: &mut Payment,
    verdict: Option<Result<(), Denial>>,
) -> Result<(), Denial> {
    let kind = control.kind();
    match (control.mode(), verdict) {
        (_, Some(Ok(()))) => Ok(()),
        (Mode::Enforce, Some(Err(denial))) => Err(denial),
        (Mode::Enforce, None) => Err(panicked(kind)),
        (Mode::Shadow, Some(Err(denial))) => {
            overrule(payment, kind, denial);
            Ok(())
        }
        (Mode::Shadow, None) => {
            overrule(payment, kind, panicked_in_shadow(kind));
            Ok(())
        }
    }
}

/// Notes what a control in shadow denied.
fn overrule(payment: &mut Payment, kind: ControlKind, denial: Denial) {
    noted(kind, &denial);
    payment.note_shadowed(kind, denial);
}

/// The stack is built in an order that cannot be safe.
pub(crate) fn stack_order(detail: &str) -> Denial {
    Denial::new(DenialKind::PaymentError, "stack.order", detail.to_owned())
        .with_status(http::StatusCode::INTERNAL_SERVER_ERROR)
}
