//! Controls that decide and let pass.

use std::sync::Arc;

use crate::control::{Control, ControlKind, Mode};
use crate::denial::Denial;
use crate::outgoing::{OutgoingRequest, RequestNeed};
use crate::payment::{Exchange, Outcome, Payment};
use crate::screening::{Screening, TextScreening};
use crate::step::Step;
use crate::telemetry;

/// A control whose denials are noted and do not hold: [`Mode::Shadow`].
///
/// For seeing what a rule would do before it does it. Every layer has a `shadow()` of its own, and a policy file says
/// `mode = "shadow"`.
///
/// ```
#[doc = include_str!("../doc/payment.rs")]
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
/// use x402_tower::policy::{PolicyConfig, PolicyControl, Rules};
/// use x402_tower::service::ControlLayer;
/// use x402_tower::{Chain, Context, Denial, PaymentRecord, Shadow};
///
/// let policy = PolicyConfig::from_toml("max_per_call_usd = 0.10", "policy.toml")?;
/// let control = PolicyControl::new(Rules::compile(&policy)?);
/// let layer = ControlLayer::new(Chain::single(Shadow::new(control)), Context::buyer());
/// let client = ServiceBuilder::new().layer(layer).service(service_fn(seller));
///
/// let quarter = payment("250000", "a report");
/// let bought = client.oneshot(quarter).await?;
/// assert!(bought.extensions().get::<Denial>().is_none(), "it was paid");
///
/// let record = bought.extensions().get::<PaymentRecord>().unwrap();
/// let (control, denial) = &record.shadowed()[0];
/// assert_eq!((control.as_str(), denial.code()), ("policy", "policy.per_call"));
#[doc = include_str!("../doc/end.rs")]
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Shadow<C>(C);

impl<C> Shadow<C> {
    /// Lets pass what `control` denies, and notes it.
    pub const fn new(control: C) -> Self {
        Self(control)
    }

    /// The control.
    pub const fn get_ref(&self) -> &C {
        &self.0
    }

    /// The control, to be enforced.
    pub fn into_inner(self) -> C {
        self.0
    }
}

macro_rules! as_control {
    ($field:tt) => {
        fn kind(&self) -> ControlKind {
            self.$field.kind()
        }

        fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
            self.$field.check(payment)
        }

        fn approve<'a>(&'a self, payment: &'a Payment) -> Step<'a, Result<(), Denial>> {
            self.$field.approve(payment)
        }

        fn sending<'a>(&'a self, payment: &'a Payment) -> Step<'a, Result<(), Denial>> {
            self.$field.sending(payment)
        }

        fn resend<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
            self.$field.resend(payment)
        }

        fn finish<'a>(&'a self, payment: &'a Payment, outcome: &'a Outcome) -> Step<'a, ()> {
            self.$field.finish(payment, outcome)
        }

        fn abandon(&self, payment: &Payment, outcome: &Outcome) {
            self.$field.abandon(payment, outcome);
        }

        fn screen(&self, screening: &mut Screening<'_>) {
            self.$field.screen(screening);
        }

        fn screen_texts(&self, texts: &mut TextScreening<'_>) -> Result<(), Denial> {
            self.$field.screen_texts(texts)
        }

        fn request_need(&self) -> RequestNeed {
            self.$field.request_need()
        }

        fn screen_request(&self, request: &mut OutgoingRequest<'_>) -> Result<(), Denial> {
            self.$field.screen_request(request)
        }

        fn refused<'a>(&'a self, exchange: &'a Exchange, denial: &'a Denial) -> Step<'a, ()> {
            self.$field.refused(exchange, denial)
        }
    };
}

impl<C: Control> Control for Shadow<C> {
    fn mode(&self) -> Mode {
        Mode::Shadow
    }

    as_control!(0);
}

/// A control in another mode than its own.
struct InMode {
    control: Arc<dyn Control>,
    mode: Mode,
}

impl Control for InMode {
    fn mode(&self) -> Mode {
        self.mode
    }

    as_control!(control);
}

/// `control`, as `mode` says, whatever it says of itself.
pub(crate) fn in_mode(mode: Mode, control: Arc<dyn Control>) -> Arc<dyn Control> {
    if control.mode() == mode {
        control
    } else {
        Arc::new(InMode { control, mode })
    }
}

/// Tells whoever watches that a denial did not hold: every one of them passes here.
pub(crate) fn noted(control: ControlKind, denial: &Denial) {
    telemetry::shadowed(control, denial);
    tracing::warn!(%control, code = denial.code(), "a control in shadow denied, and was not heeded");
}
