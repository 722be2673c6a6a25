//! One payment between its first check and its outcome, safe to drop at any moment.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tracing::{Instrument, Span};

use crate::chain::{Chain, check_place, screen_texts};
use crate::control::{Control, ControlKind, Mode};
use crate::denial::{Denial, DenialKind};
use crate::payment::{NotSent, Outcome, Payment, PaymentRecord, PaymentText, Uncertainty};
use crate::screening::TextPlace;
use crate::shadow::noted;
use crate::telemetry::{ControlTrace, PaymentTrace};
use crate::unwind::{caught, panicked};
use crate::wire::Authorization;

/// A payment and the controls that have begun to look at it.
///
/// Dropping it tells those controls that the caller went away: before [`sending`](Self::sending) nothing was sent,
/// after it nobody knows (attack 145).
#[derive(Debug)]
pub(crate) struct Flight {
    payment: Payment,
    trace: PaymentTrace,
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
            trace: PaymentTrace::new(&payment),
            payment,
            begun: Vec::new(),
            sent: false,
            outcome: None,
        }
    }

    pub(crate) fn payment(&self) -> &Payment {
        &self.payment
    }

    /// The span of the payment.
    pub(crate) fn span(&self) -> &Span {
        self.trace.span()
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
        let trace = self.trace.control(control.kind(), "check");
        let step = async { control.check(&mut self.payment).await };
        let answer = caught(trace.around(step)).await;
        if let Some(redactions) = redactions {
            self.payment.restore_redactions(redactions);
        }
        let objected = matches!(answer, Some(Err(_)));
        let heeded = heed(&**control, &mut self.payment, trace, answer);
        // One that panicked stays noted: what it had set aside before has to be given back.
        if objected && heeded.is_err() {
            self.begun.pop();
        } else if objected && let Some(begun) = self.begun.last_mut() {
            begun.overruled = true;
        }
        heeded
    }

    /// Asks every control for its last word, outermost last, so that the intent is on record when all others agree.
    pub(crate) async fn approve(&mut self) -> Result<(), Denial> {
        for Begun { control, overruled } in self.begun.iter().rev() {
            if !overruled {
                let trace = self.trace.control(control.kind(), "approve");
                let step = async { control.approve(&self.payment).await };
                let answer = caught(trace.around(step)).await;
                heed(&**control, &mut self.payment, trace, answer)?;
            }
        }
        Ok(())
    }

    /// Marks the payment as sent with every control. Called before the first byte leaves.
    pub(crate) async fn sending(&mut self) -> Result<(), Denial> {
        for Begun { control, overruled } in &self.begun {
            if !overruled {
                let trace = self.trace.control(control.kind(), "sending");
                let step = async { control.sending(&self.payment).await };
                let answer = caught(trace.around(step)).await;
                heed(&**control, &mut self.payment, trace, answer)?;
            }
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
        let asked = self.begun.iter().filter(|begun| !begun.overruled);
        let controls = asked.map(|begun| &begun.control);
        let findings = screen_texts(controls, place, texts)?;
        self.payment.note_findings(&findings);
        Ok(())
    }

    /// The controls that let it pass, for what comes back.
    pub(crate) fn passed(&self) -> Chain {
        let asked = self.begun.iter().filter(|begun| !begun.overruled);
        Chain::of(asked.map(|begun| Arc::clone(&begun.control)))
    }

    /// Tells every control, innermost first, that the payment was refused.
    pub(crate) async fn deny(self, denial: Denial) -> Denial {
        self.trace.denied(&self.payment, &denial);
        self.denied_further_in(denial).await
    }

    /// The same, where a guard further in refused and has counted that.
    pub(crate) async fn denied_further_in(self, denial: Denial) -> Denial {
        self.finish(Outcome::NotSent(NotSent::Denied(denial.clone())))
            .await;
        denial
    }

    /// Tells every control, innermost first, how it ended.
    pub(crate) async fn finish(mut self, outcome: Outcome) -> PaymentRecord {
        let record = PaymentRecord::new(&self.payment, outcome.clone());
        self.outcome = Some(outcome.clone());
        self.trace.ended(&self.payment, &outcome);
        while let Some(Begun { control, overruled }) = self.begun.last() {
            if *overruled {
                self.begun.pop();
                continue;
            }
            let step = async { control.finish(&self.payment, &outcome).await };
            let told = caught(step.instrument(self.trace.span().clone())).await;
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
        let outcome = self.outcome.take().unwrap_or_else(|| {
            let outcome = if self.sent {
                Outcome::Unknown(Uncertainty::Cancelled)
            } else {
                Outcome::NotSent(NotSent::Cancelled)
            };
            self.trace.ended(&self.payment, &outcome);
            outcome
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

/// What becomes of what a control answered: a panic is a denial (attack 144), and no denial holds in shadow.
///
/// A control in shadow that objects after `check` has let the payment pass before, and is still told how it ended.
fn heed(
    control: &dyn Control,
    payment: &mut Payment,
    trace: ControlTrace,
    answer: Option<Result<(), Denial>>,
) -> Result<(), Denial> {
    let (kind, mode) = (control.kind(), control.mode());
    let verdict = answer.unwrap_or_else(|| Err(panicked(kind, mode)));
    trace.decided(&verdict);
    match verdict {
        Err(denial) if mode == Mode::Shadow && !denial.holds_in_shadow() => {
            noted(kind, &denial);
            payment.note_shadowed(kind, denial);
            Ok(())
        }
        verdict => verdict,
    }
}

/// The stack is built in an order that cannot be safe.
pub(crate) fn stack_order(detail: &str) -> Denial {
    Denial::new(DenialKind::PaymentError, "stack.order", detail.to_owned())
        .with_status(http::StatusCode::INTERNAL_SERVER_ERROR)
}
