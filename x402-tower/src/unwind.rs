//! Panics of controls and signers, turned into denials.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use crate::control::ControlKind;
use crate::denial::{Denial, DenialKind};

/// What a step of foreign code answers, or `None` where it panicked.
pub(crate) async fn caught<T>(step: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(step).catch_unwind().await.ok()
}

/// The denial of a payment that a control panicked over.
pub(crate) fn panicked(control: ControlKind) -> Denial {
    tracing::error!(%control, "a control panicked; the payment is denied");
    denial()
}

/// What is noted where a control in shadow panicked: it must not break traffic, so the payment passes.
pub(crate) fn panicked_in_shadow(control: ControlKind) -> Denial {
    tracing::error!(%control, "a control in shadow panicked; the payment passes, and would not if it were enforced");
    denial()
}

fn denial() -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        "control.panicked",
        "a control panicked while it decided; nothing was paid, see the log of this process",
    )
    .with_status(http::StatusCode::INTERNAL_SERVER_ERROR)
}
