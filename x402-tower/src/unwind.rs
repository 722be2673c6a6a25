//! Panics of controls and signers, turned into denials.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use crate::control::{ControlKind, Mode};
use crate::denial::{Denial, DenialKind};

/// What a step of foreign code answers, or `None` where it panicked.
pub(crate) async fn caught<T>(step: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(step).catch_unwind().await.ok()
}

/// The denial of a payment that a control panicked over. In shadow it is only noted: what watches must not break what
/// it watches.
pub(crate) fn panicked(control: ControlKind, mode: Mode) -> Denial {
    match mode {
        Mode::Enforce => tracing::error!(%control, "a control panicked; the payment is denied"),
        Mode::Shadow => tracing::error!(
            %control,
            "a control in shadow panicked; the payment passes, and would be denied if it were enforced"
        ),
    }
    Denial::new(
        DenialKind::PaymentError,
        "control.panicked",
        "a control panicked while it decided; nothing was paid, see the log of this process",
    )
    .with_status(http::StatusCode::INTERNAL_SERVER_ERROR)
}
