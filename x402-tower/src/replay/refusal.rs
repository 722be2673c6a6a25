//! What the replay control says when it refuses.

use http::StatusCode;

use crate::denial::{Denial, DenialKind};

fn refused(code: &'static str, detail: &'static str) -> Denial {
    Denial::new(DenialKind::ReplayDetected, code, detail)
}

pub(super) fn duplicate(repeatable: bool) -> Denial {
    let detail = if repeatable {
        "this request was paid as often as it may be; wait until one of its claims runs out, or raise max_repeats"
    } else {
        "this request was paid already, or is being paid; wait until its claim runs out or send a new Idempotency-Key"
    };
    refused("replay.duplicate", detail)
}

pub(super) fn other_amount() -> Denial {
    refused(
        "replay.duplicate_amount",
        "this request was paid already, or is being paid, and now another price is asked for it; wait until its claim runs out or send a new Idempotency-Key",
    )
}

/// Attack 88.
pub(super) fn reused_key() -> Denial {
    refused(
        "replay.key_reused",
        "this Idempotency-Key was used for another request; a new request needs a new one",
    )
}

pub(super) fn used_already() -> Denial {
    refused(
        "replay.authorization",
        "this payment was used already for this request; sign a new one to request it again",
    )
}

/// Attack 90: the authorization covers neither URL nor body, so whoever has it could buy something else with it.
pub(super) fn other_request() -> Denial {
    refused(
        "replay.other_request",
        "this payment was used already, for another request; sign a new one for each request",
    )
}

pub(super) fn no_key() -> Denial {
    refused(
        "replay.no_key",
        "this kind of payment has no key by which it could be used once",
    )
}

/// Attacks 75 and 82.
pub(super) fn long_lived() -> Denial {
    refused(
        "replay.long_lived",
        "this authorization could be settled for longer than this seller remembers payments; sign one that ends sooner",
    )
    .with_status(StatusCode::BAD_REQUEST)
}

pub(super) fn body_unknown() -> Denial {
    refused(
        "replay.body_unknown",
        "the request's body is not known here, so a repeat could not be told; send it whole or send an Idempotency-Key",
    )
}
