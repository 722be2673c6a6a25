//! Controls in order.

use core::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::assets::AssetTable;
use crate::control::{Control, ControlKind, Mode};
use crate::denial::Denial;
use crate::outgoing::{OutgoingBody, OutgoingRequest, RequestNeed};
use crate::payment::{Exchange, Findings, PaymentText};
use crate::screening::{Purpose, Screening, TextPlace, TextScreening};
use crate::shadow::{in_mode, noted};
use crate::telemetry;
use crate::unwind::{caught, panicked};
use crate::wire::Challenge;

/// Controls in the one order that is safe: audit, personal data, policy, replay, approvals (attack 146).
#[derive(Clone)]
pub struct Chain {
    controls: Arc<[Arc<dyn Control>]>,
    /// Asked once, so that a request that nobody wants to see asks nobody.
    need: RequestNeed,
}

impl Chain {
    /// Puts controls in a row, outermost first.
    ///
    /// # Errors
    ///
    /// [`OrderError`] where one stands outside its place or twice. A [`ControlKind::Custom`] may stand anywhere.
    pub fn new(controls: Vec<Arc<dyn Control>>) -> Result<Self, OrderError> {
        let mut last: Option<ControlKind> = None;
        for control in &controls {
            check_place(last, control.kind())?;
            if control.kind().place().is_some() {
                last = Some(control.kind());
            }
        }
        Ok(Self::of(controls.into_iter()))
    }

    /// A chain of one.
    #[must_use]
    pub fn single(control: impl Control) -> Self {
        let control: Arc<dyn Control> = Arc::new(control);
        Self::of([control].into_iter())
    }

    /// Controls that stand in a chain already.
    pub(crate) fn of(controls: impl Iterator<Item = Arc<dyn Control>>) -> Self {
        let controls: Arc<[Arc<dyn Control>]> = controls.collect();
        let need = |control: &Arc<dyn Control>| {
            let need = catch_unwind(AssertUnwindSafe(|| control.request_need()));
            // One that cannot say gets to see it all.
            need.unwrap_or(RequestNeed::head_and_body(true, true))
        };
        Self {
            need: controls
                .iter()
                .map(need)
                .fold(RequestNeed::NOTHING, RequestNeed::or),
            controls,
        }
    }

    /// The same controls, each in [`Mode::Shadow`].
    #[must_use]
    pub fn shadow(self) -> Self {
        let controls = self.controls().map(Arc::clone);
        Self::of(controls.map(|control| in_mode(Mode::Shadow, control)))
    }

    /// The controls, outermost first.
    pub fn controls(&self) -> impl ExactSizeIterator<Item = &Arc<dyn Control>> {
        self.controls.iter()
    }

    /// The kinds of its controls, outermost first.
    pub fn kinds(&self) -> impl Iterator<Item = ControlKind> {
        self.controls().map(|control| control.kind())
    }

    /// Lets every control screen a challenge; answers why offers were struck out.
    pub(crate) fn screen(
        &self,
        purpose: Purpose,
        exchange: &Exchange,
        assets: &AssetTable,
        challenge: &mut Challenge,
    ) -> Vec<Denial> {
        let mut screening = Screening::new(purpose, exchange, assets, challenge);
        for control in self.controls() {
            if control.mode() == Mode::Shadow {
                let mut copy = screening.challenge().clone();
                let on_copy = Screening::new(purpose, exchange, assets, &mut copy);
                screen_in_shadow(&**control, on_copy);
                continue;
            }
            let screened = catch_unwind(AssertUnwindSafe(|| control.screen(&mut screening)));
            if screened.is_err() {
                let denial = panicked(control.kind(), Mode::Enforce);
                screening.refuse(denial.clone());
                return vec![denial];
            }
        }
        screening.into_refusals()
    }

    /// Lets every control read texts beside a decision; answers what was found.
    pub(crate) fn screen_texts(
        &self,
        place: TextPlace,
        texts: &mut [PaymentText],
    ) -> Result<Findings, Denial> {
        screen_texts(self.controls(), place, texts)
    }

    /// What of a request its controls want to see before it leaves.
    pub(crate) fn request_need(&self) -> RequestNeed {
        self.need
    }

    /// Lets every control redact a request of ours, or keep it from leaving.
    pub(crate) fn screen_request(&self, request: &mut OutgoingRequest<'_>) -> Result<(), Denial> {
        for control in self.controls() {
            if control.mode() == Mode::Shadow {
                screen_request_in_shadow(&**control, request);
                continue;
            }
            let screened = catch_unwind(AssertUnwindSafe(|| control.screen_request(request)));
            screened.unwrap_or_else(|_| Err(panicked(control.kind(), Mode::Enforce)))?;
        }
        Ok(())
    }

    /// Tells every control that something was refused before there was a payment.
    pub(crate) async fn refused(&self, exchange: &Exchange, denial: Denial) -> Denial {
        telemetry::refused(exchange.position(), exchange.is_counted(), &denial);
        self.refused_further_in(exchange, denial).await
    }

    /// The same, where a guard further in refused and has counted that.
    pub(crate) async fn refused_further_in(&self, exchange: &Exchange, denial: Denial) -> Denial {
        for control in self.controls() {
            let told = caught(async { control.refused(exchange, &denial).await }).await;
            if told.is_none() {
                tracing::error!(control = %control.kind(), "a control panicked when told a refusal");
            }
        }
        denial
    }
}

/// Lets `controls` read texts beside a decision; answers what was found. What one in shadow redacts is put back.
pub(crate) fn screen_texts<'a>(
    controls: impl Iterator<Item = &'a Arc<dyn Control>>,
    place: TextPlace,
    texts: &mut [PaymentText],
) -> Result<Findings, Denial> {
    let mut findings = Findings::new();
    for control in controls {
        let mode = control.mode();
        let before = PaymentText::redactions(texts);
        let mut screening = TextScreening::new(place, texts);
        let screened = catch_unwind(AssertUnwindSafe(|| control.screen_texts(&mut screening)));
        let found = screening.into_findings();
        let verdict = screened.unwrap_or_else(|_| Err(panicked(control.kind(), mode)));
        if mode == Mode::Shadow {
            PaymentText::restore(texts, before);
            findings.extend(&found.none_taken_out());
            if let Err(denial) = verdict {
                noted(control.kind(), &denial);
            }
            continue;
        }
        findings.extend(&found);
        if place.may_deny() {
            verdict?;
        }
    }
    Ok(findings)
}

/// Lets a control in shadow screen a copy of a request: what it denies is logged, and the request stays as it is.
fn screen_request_in_shadow(control: &dyn Control, request: &mut OutgoingRequest<'_>) {
    let (mut uri, mut headers) = (request.uri().clone(), request.headers().clone());
    let mut bytes = None;
    let body = match request.body() {
        OutgoingBody::Empty => OutgoingBody::Empty,
        OutgoingBody::Unread => OutgoingBody::Unread,
        OutgoingBody::Whole(body) => OutgoingBody::Whole(bytes.insert((**body).clone())),
    };
    let mut copy = OutgoingRequest::new(&mut uri, &mut headers, body);
    let screened = catch_unwind(AssertUnwindSafe(|| control.screen_request(&mut copy)));
    let found = copy.into_findings().none_taken_out();
    request.findings_mut().extend(&found);
    let kind = control.kind();
    if let Err(denial) = screened.unwrap_or_else(|_| Err(panicked(kind, Mode::Shadow))) {
        noted(kind, &denial);
    }
}

/// Lets a control in shadow screen a copy: what it strikes out is logged, and the challenge stays as it is.
fn screen_in_shadow(control: &dyn Control, mut copy: Screening<'_>) {
    if catch_unwind(AssertUnwindSafe(|| control.screen(&mut copy))).is_err() {
        noted(control.kind(), &panicked(control.kind(), Mode::Shadow));
    }
    for denial in copy.into_refusals() {
        noted(control.kind(), &denial);
    }
}

/// Whether `next` may stand inside `last`.
pub(crate) fn check_place(last: Option<ControlKind>, next: ControlKind) -> Result<(), OrderError> {
    let (Some(outer), Some(place)) = (last, next.place()) else {
        return Ok(());
    };
    if outer.place() < Some(place) {
        Ok(())
    } else {
        Err(OrderError { outer, inner: next })
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.kinds()).finish()
    }
}

/// Two controls stand in the wrong order, or one stands twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{inner} may not stand inside {outer}; the order is audit, pii, policy, replay, mpa, each at most once"
)]
#[non_exhaustive]
pub struct OrderError {
    /// The control further out.
    pub outer: ControlKind,
    /// The control further in.
    pub inner: ControlKind,
}

impl OrderError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "stack.order"
    }
}
