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
use crate::step::Step;
use crate::telemetry::{ControlTrace, PaymentTrace};
use crate::unwind::{caught, panicked};
use crate::wire::Authorization;

/// A payment and the controls that have begun to look at it.
///
/// Dropping it tells those controls that the caller went away: before [`sending`](Self::sending) nothing was sent,
/// after it nobody knows (attack 145).
///
/// One allocation, so that the futures that hand it on stay small.
#[derive(Debug)]
pub(crate) struct Flight(Box<State>);

#[derive(Debug)]
struct State {
    payment: Payment,
    trace: PaymentTrace,
    begun: Vec<Begun>,
    sent: bool,
    /// What the caller is told, from the moment the outcome is known.
    record: Option<PaymentRecord>,
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
        Self(Box::new(State {
            trace: PaymentTrace::new(&payment),
            begun: Vec::new(),
            sent: payment.is_resent(),
            payment,
            record: None,
        }))
    }

    pub(crate) fn payment(&self) -> &Payment {
        &self.0.payment
    }

    /// The span of the payment.
    pub(crate) fn span(&self) -> &Span {
        self.0.trace.span()
    }

    /// Notes what was signed, so that a receipt can be held against it.
    pub(crate) fn signed(&mut self, authorization: impl Into<Arc<Authorization>>) {
        self.0.payment.set_authorization(authorization);
    }

    pub(crate) fn kinds(&self) -> impl Iterator<Item = ControlKind> {
        self.0.begun.iter().map(|begun| begun.control.kind())
    }

    /// Lets every control of `chain` decide. A denial has been told to the controls that let the payment pass.
    pub(crate) async fn check_all(mut self, chain: &Chain) -> Result<Self, Denial> {
        self.0.begun.reserve_exact(chain.controls().len());
        for control in chain.controls() {
            if let Err(denial) = self.check(control).await {
                return Err(self.deny(denial).await);
            }
        }
        failpoint!(Checked);
        Ok(self)
    }

    async fn check(&mut self, control: &Arc<dyn Control>) -> Result<(), Denial> {
        let last = self.kinds().filter(|kind| kind.place().is_some()).last();
        check_place(last, control.kind()).map_err(|error| stack_order(&error.to_string()))?;
        let shadow = control.mode() == Mode::Shadow;
        let redactions = shadow.then(|| self.0.payment.redactions());
        // Noted before it is asked: dropped while it waits, it still hears of the end.
        self.0.begun.push(Begun {
            control: Arc::clone(control),
            overruled: false,
        });
        let resent = self.0.payment.is_resent();
        let name = if resent { "resend" } else { "check" };
        let trace = self.0.trace.control(control.kind(), name);
        let payment = &mut self.0.payment;
        let answer = answer(trace.span(), || {
            if resent {
                control.resend(payment)
            } else {
                control.check(payment)
            }
        });
        let answer = answer.await;
        if let Some(redactions) = redactions {
            self.0.payment.restore_redactions(redactions);
        }
        let objected = matches!(answer, Some(Err(_)));
        let heeded = heed(&**control, &mut self.0.payment, trace, answer);
        // One that panicked stays noted: what it had set aside before has to be given back.
        if objected && heeded.is_err() {
            self.0.begun.pop();
        } else if objected && let Some(begun) = self.0.begun.last_mut() {
            begun.overruled = true;
        }
        heeded
    }

    /// Asks every control for its last word, outermost last, so that the intent is on record when all others agree.
    pub(crate) async fn approve(&mut self) -> Result<(), Denial> {
        for Begun { control, overruled } in self.0.begun.iter().rev() {
            if !overruled {
                let trace = self.0.trace.control(control.kind(), "approve");
                let payment = &self.0.payment;
                let answer = answer(trace.span(), || control.approve(payment)).await;
                heed(&**control, &mut self.0.payment, trace, answer)?;
            }
        }
        Ok(())
    }

    /// Marks the payment as sent with every control. Called before the first byte leaves.
    pub(crate) async fn sending(&mut self) -> Result<(), Denial> {
        for Begun { control, overruled } in &self.0.begun {
            if !overruled {
                let trace = self.0.trace.control(control.kind(), "sending");
                let payment = &self.0.payment;
                let answer = answer(trace.span(), || control.sending(payment)).await;
                heed(&**control, &mut self.0.payment, trace, answer)?;
            }
        }
        self.0.sent = true;
        Ok(())
    }

    /// Lets the controls that let the payment pass read texts beside it; what they find is noted with the payment.
    pub(crate) fn screen_texts(
        &mut self,
        place: TextPlace,
        texts: &mut [PaymentText],
    ) -> Result<(), Denial> {
        let asked = self.0.begun.iter().filter(|begun| !begun.overruled);
        let controls = asked.map(|begun| &begun.control);
        let findings = screen_texts(controls, place, texts)?;
        self.0.payment.note_findings(&findings);
        Ok(())
    }

    /// The controls that let it pass, for what comes back.
    pub(crate) fn passed(&self) -> Chain {
        let asked = self.0.begun.iter().filter(|begun| !begun.overruled);
        Chain::of(asked.map(|begun| Arc::clone(&begun.control)))
    }

    /// Tells every control, innermost first, that the payment was refused.
    pub(crate) async fn deny(self, denial: Denial) -> Denial {
        self.0.trace.denied(&self.0.payment, &denial);
        self.denied_further_in(denial).await
    }

    /// Tells every control that the payment is not sent again. What it counts and claims stays as it was: it may have left
    /// before.
    async fn stay(mut self, denial: &Denial) {
        let outcome = Outcome::NotSent(NotSent::Denied(denial.clone()));
        self.0.trace.ended(&self.0.payment, &outcome);
        self.0.record = Some(PaymentRecord::new(&self.0.payment, outcome));
        while let Some(Begun { control, .. }) = self.0.begun.last() {
            let exchange = self.0.payment.exchange();
            let step = async { control.refused(exchange, denial).await };
            if caught(step).await.is_none() {
                tracing::error!(control = %control.kind(), "a control panicked when told a refusal");
            }
            self.0.begun.pop();
        }
    }

    /// The same, where a guard further in refused and has counted that.
    pub(crate) async fn denied_further_in(self, denial: Denial) -> Denial {
        if self.0.payment.is_resent() {
            self.stay(&denial).await;
        } else {
            self.finish(Outcome::NotSent(NotSent::Denied(denial.clone())))
                .await;
        }
        denial
    }

    /// Tells every control, innermost first, how it ended.
    pub(crate) async fn finish(mut self, outcome: Outcome) -> PaymentRecord {
        let record = PaymentRecord::new(&self.0.payment, outcome);
        self.0.record = Some(record.clone());
        self.0.trace.ended(&self.0.payment, record.outcome());
        while let Some(Begun { control, overruled }) = self.0.begun.last() {
            if *overruled {
                self.0.begun.pop();
                continue;
            }
            let payment = &self.0.payment;
            let tell = || control.finish(payment, record.outcome());
            let told = answer(self.0.trace.span(), tell).await;
            if told.is_none() {
                tracing::error!(control = %control.kind(), "a control panicked when told an outcome");
            }
            self.0.begun.pop();
        }
        record
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let state = &mut *self.0;
        let gone = if state.sent {
            Outcome::Unknown(Uncertainty::Cancelled)
        } else {
            Outcome::NotSent(NotSent::Cancelled)
        };
        let record = state.record.as_ref();
        let outcome = record.map_or(&gone, PaymentRecord::outcome);
        if record.is_none() {
            state.trace.ended(&state.payment, outcome);
        }
        while let Some(Begun { control, overruled }) = state.begun.pop() {
            if overruled {
                continue;
            }
            // A second panic while one unwinds would abort the process.
            let told = catch_unwind(AssertUnwindSafe(|| {
                control.abandon(&state.payment, outcome)
            }));
            if told.is_err() {
                tracing::error!(control = %control.kind(), "a control panicked when abandoned");
            }
        }
    }
}

/// What a control answers within a span, across every wait; `None` where it panicked.
///
/// Most answer at once: they are asked without a future of their own.
async fn answer<'a, T>(span: &Span, ask: impl FnOnce() -> Step<'a, T>) -> Option<T> {
    let asked = catch_unwind(AssertUnwindSafe(|| span.in_scope(|| ask().into_ready())));
    match asked {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(waiting)) => caught(waiting.instrument(span.clone())).await,
        Err(_) => None,
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
    // Nearly always; what a denial needs is not even asked for.
    if matches!(answer, Some(Ok(()))) {
        trace.decided(&Ok(()));
        return Ok(());
    }
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
