//! Controls in order.

use core::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::assets::AssetTable;
use crate::control::{Control, ControlKind};
use crate::denial::Denial;
use crate::outgoing::{OutgoingRequest, RequestNeed};
use crate::payment::{Exchange, Findings, PaymentText};
use crate::screening::{Purpose, Screening, TextPlace, TextScreening};
use crate::unwind::{caught, panicked};
use crate::wire::Challenge;

/// Controls in the one order that is safe: audit, personal data, policy, replay, approvals (attack 146).
#[derive(Clone)]
pub struct Chain(Arc<[Arc<dyn Control>]>);

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
        Ok(Self(controls.into()))
    }

    /// A chain of one.
    #[must_use]
    pub fn single(control: impl Control) -> Self {
        let control: Arc<dyn Control> = Arc::new(control);
        Self(Arc::from([control]))
    }

    /// Controls that stand in a chain already.
    pub(crate) fn of(controls: impl Iterator<Item = Arc<dyn Control>>) -> Self {
        Self(controls.collect())
    }

    /// The controls, outermost first.
    pub fn controls(&self) -> impl Iterator<Item = &Arc<dyn Control>> {
        self.0.iter()
    }

    /// The kinds of its controls, outermost first.
    pub fn kinds(&self) -> impl Iterator<Item = ControlKind> {
        self.0.iter().map(|control| control.kind())
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
            let screened = catch_unwind(AssertUnwindSafe(|| control.screen(&mut screening)));
            if screened.is_err() {
                let denial = panicked(control.kind());
                screening.retain(|_, _| Err(denial.clone()));
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
        self.controls()
            .map(|control| control.request_need())
            .fold(RequestNeed::NOTHING, RequestNeed::or)
    }

    /// Lets every control redact a request of ours, or keep it from leaving.
    pub(crate) fn screen_request(&self, request: &mut OutgoingRequest<'_>) -> Result<(), Denial> {
        for control in self.controls() {
            let screened = catch_unwind(AssertUnwindSafe(|| control.screen_request(request)));
            screened.unwrap_or_else(|_| Err(panicked(control.kind())))?;
        }
        Ok(())
    }

    /// Tells every control that something was refused before there was a payment.
    pub(crate) async fn refused(&self, exchange: &Exchange, denial: Denial) -> Denial {
        for control in self.controls() {
            let told = caught(async { control.refused(exchange, &denial).await }).await;
            if told.is_none() {
                tracing::error!(control = %control.kind(), "a control panicked when told a refusal");
            }
        }
        denial
    }
}

/// Lets `controls` read texts beside a decision; answers what was found.
pub(crate) fn screen_texts<'a>(
    controls: impl Iterator<Item = &'a Arc<dyn Control>>,
    place: TextPlace,
    texts: &mut [PaymentText],
) -> Result<Findings, Denial> {
    let mut screening = TextScreening::new(place, texts);
    for control in controls {
        let screened = catch_unwind(AssertUnwindSafe(|| control.screen_texts(&mut screening)));
        let verdict = screened.unwrap_or_else(|_| Err(panicked(control.kind())));
        if place.may_deny() {
            verdict?;
        }
    }
    Ok(screening.into_findings())
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
