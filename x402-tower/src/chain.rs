//! Controls in order.

use core::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::assets::AssetTable;
use crate::control::{Control, ControlKind, Mode};
use crate::denial::Denial;
use crate::payment::Exchange;
use crate::screening::{Purpose, Screening};
use crate::shadow::{in_mode, noted};
use crate::telemetry;
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

    /// The same controls, each in [`Mode::Shadow`].
    #[must_use]
    pub fn shadow(self) -> Self {
        let controls = self.0.iter().map(Arc::clone);
        Self(
            controls
                .map(|control| in_mode(Mode::Shadow, control))
                .collect(),
        )
    }

    /// The controls, outermost first.
    pub fn controls(&self) -> impl ExactSizeIterator<Item = &Arc<dyn Control>> {
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
            if control.mode() == Mode::Shadow {
                let mut copy = screening.challenge().clone();
                let on_copy = Screening::new(purpose, exchange, assets, &mut copy);
                screen_in_shadow(&**control, on_copy);
                continue;
            }
            let screened = catch_unwind(AssertUnwindSafe(|| control.screen(&mut screening)));
            if screened.is_err() {
                let denial = panicked(control.kind(), Mode::Enforce);
                screening.retain(|_, _| Err(denial.clone()));
                return vec![denial];
            }
        }
        screening.into_refusals()
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
