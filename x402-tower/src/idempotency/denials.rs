//! What is said to a request that is not paid for, because an earlier attempt may have been.

use core::time::Duration;

use http::StatusCode;

use crate::denial::{Denial, DenialKind};

/// The code of a denial of a request whose earlier payment nobody knows enough about: a process died while it was being
/// signed, or it could not be settled in time and may have been all the same.
pub const IN_DOUBT: &str = "request.in_doubt";

fn refused(code: &'static str, detail: impl Into<std::borrow::Cow<'static, str>>) -> Denial {
    Denial::new(DenialKind::ReplayDetected, code, detail)
}

/// A signature may have been made of which nothing is kept.
pub(super) fn being_signed(left: Duration) -> Denial {
    let seconds = left.as_secs().saturating_add(1);
    refused(
        IN_DOUBT,
        format!(
            "a payment for this request is being signed elsewhere, or whoever signed it died over it; ask again in {seconds} s, when it cannot be settled any more"
        ),
    )
}

/// The payment that is kept cannot be settled any more, and nobody knows whether it was.
pub(super) fn run_out() -> Denial {
    refused(
        IN_DOUBT,
        "a payment for this request has left and run out, and nobody knows whether it was settled; reconcile the ledger, or send a new Idempotency-Key to pay anew",
    )
}

pub(super) fn settled() -> Denial {
    refused(
        "replay.duplicate",
        "this request was paid already, and its payment has settled; send a new Idempotency-Key to pay anew",
    )
}

/// Attack 88.
pub(super) fn reused_key() -> Denial {
    refused(
        "replay.key_reused",
        "this Idempotency-Key was used for another request; a new request needs a new one",
    )
}

pub(super) fn in_flight() -> Denial {
    refused(
        "request.in_flight",
        "this very request is being paid for, and that takes longer than a second caller waits; ask again later",
    )
}

/// Somebody else has begun to pay for this request in the meantime.
pub(super) fn overtaken() -> Denial {
    refused(
        "request.overtaken",
        "another process pays for this very request; nothing was sent from here, ask again to share its payment",
    )
}

pub(super) fn body_unknown() -> Denial {
    refused(
        "replay.body_unknown",
        "the request's body is not known here, so a repeat could not be told; send it whole or send an Idempotency-Key",
    )
}

pub(crate) fn unreadable() -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        "request.unreadable",
        "what is kept of this request's payment cannot be read; nothing is paid, check the sealing key",
    )
    .with_status(StatusCode::SERVICE_UNAVAILABLE)
}

pub(super) fn unsealable() -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        "request.unsealable",
        "the signed payment could not be encrypted for keeping; nothing was sent",
    )
    .with_status(StatusCode::INTERNAL_SERVER_ERROR)
}
