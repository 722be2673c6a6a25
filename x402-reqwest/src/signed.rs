//! One logical request is signed for once, also with a retry outside.

use http::Extensions;
use x402_tower::{Denial, DenialKind, Exchange, PaymentId, PaymentRecord};

use crate::error::AlreadyPaid;

/// Left in the extensions of a logical request before its payment leaves. A retry outside the guard comes back with the
/// same extensions, and finds it.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    exchange: Exchange,
    payment: AlreadyPaid,
}

impl Signed {
    /// Notes that a payment for `exchange` is about to leave.
    pub(crate) fn mark(extensions: &mut Extensions, exchange: Exchange, id: PaymentId) {
        extensions.insert(Self {
            exchange,
            payment: AlreadyPaid { id, record: None },
        });
    }

    /// Notes how it ended.
    pub(crate) fn conclude(extensions: &mut Extensions, record: &PaymentRecord) {
        if let Some(signed) = extensions.get_mut::<Self>() {
            signed.payment.record = Some(record.clone());
        }
    }

    /// Denies a second payment for the same method, URL and body (attack 43).
    pub(crate) fn check(extensions: &Extensions, exchange: &Exchange) -> Result<(), Denial> {
        match extensions.get::<Self>() {
            Some(signed) if same(&signed.exchange, exchange) => Err(Denial::new(
                DenialKind::ReplayDetected,
                "request.already_paid",
                "a payment for this request has left before, and the seller asks again; see how the first one ended, and send a new request to pay anew",
            )
            .with_source(signed.payment.clone())),
            _ => Ok(()),
        }
    }
}

fn same(one: &Exchange, other: &Exchange) -> bool {
    one.method() == other.method()
        && one.url() == other.url()
        && one.body_digest() == other.body_digest()
}
