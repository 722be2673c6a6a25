//! What an earlier attempt of a request has left, and what is to be done for it now.

use http::{HeaderName, HeaderValue};

use super::answered::StoredReceipt;
use crate::denial::Denial;
use crate::idempotency::{Begun, Idempotency, Ticket, unreadable};
use crate::payment::{Exchange, Payment};

/// A logical request, begun: what is to be done for it.
pub(super) enum Begin {
    First(Ticket),
    Again(Box<Resend>),
    Settled(StoredReceipt),
}

/// A payment that was signed before, ready to be sent again.
pub(super) struct Resend {
    pub(super) payment: Payment,
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
    pub(super) ticket: Ticket,
}

/// Finds out what an earlier attempt of a request has left.
pub(super) async fn begin(idempotency: &Idempotency, exchange: &Exchange) -> Result<Begin, Denial> {
    exchange.check()?;
    Ok(match idempotency.begin(exchange).await? {
        Begun::First(ticket) => {
            failpoint!(Begun);
            Begin::First(ticket)
        }
        Begun::Again(kept, ticket) => {
            failpoint!(Found);
            let (name, value, authorization) = kept.header().ok_or_else(unreadable)?;
            let mut payment = kept.payment(exchange);
            payment.set_authorization(authorization);
            payment.note_request_key(ticket.key());
            Begin::Again(Box::new(Resend {
                payment,
                name,
                value,
                ticket,
            }))
        }
        Begun::Settled(kept, receipt) => {
            let receipt = StoredReceipt::of(&kept, exchange, &receipt);
            Begin::Settled(receipt.ok_or_else(unreadable)?)
        }
    })
}
