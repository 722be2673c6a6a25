//! From a payment that every control allowed to one that is signed, compared and kept.

use std::collections::HashSet;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::compare::compare;
use super::signer::{Approved, Signer};
use crate::clock::UnixMillis;
use crate::context::Context;
use crate::denial::{Denial, DenialKind};
use crate::flight::Flight;
use crate::idempotency::Ticket;
use crate::payment::{Payment, PaymentText};
use crate::screening::TextPlace;
use crate::service::{Prepared, apply_redactions, nothing_payable, unreadable, write_back};
use crate::unwind::caught;
use crate::wire::{Authorization, Challenge, PaymentPayload, is_payment_identifier};

/// Journals the intent, signs, compares, redacts and keeps.
pub(super) async fn sign(
    mut flight: Flight,
    mut ticket: Ticket,
    challenge: &Challenge,
    choice: usize,
    context: &Context,
    signer: &dyn Signer,
) -> Result<Prepared, Denial> {
    if let Err(denial) = flight.approve().await {
        return Err(flight.deny(denial).await);
    }
    failpoint!(Intended);
    // Asked again: people may have taken their time to approve it, and what is signed has to live from now on.
    let now = match context.now() {
        Ok(now) => now,
        Err(denial) => return Err(flight.deny(denial).await),
    };
    if let Err(denial) = ticket.signing(flight.payment(), now).await {
        return Err(flight.deny(denial).await);
    }
    failpoint!(Signing);
    let offer = Offered { challenge, choice };
    match signed_header(&mut flight, offer, context, now, signer).await {
        Ok((name, value, authorization)) => {
            flight.signed(authorization);
            Prepared::keeping(flight, name, value, ticket).await
        }
        Err(Unsigned { denial, certain }) => {
            let denial = flight.deny(denial).await;
            failpoint!(Declined);
            // Else a signature may have been made: the request stays in doubt until that could not be settled any more.
            if certain {
                ticket.unsigned().await;
            }
            Err(denial)
        }
    }
}

/// Why there is no signed payment.
struct Unsigned {
    denial: Denial,
    /// The signer itself said so.
    certain: bool,
}

impl From<Denial> for Unsigned {
    fn from(denial: Denial) -> Self {
        Self {
            denial,
            certain: false,
        }
    }
}

/// The offer that is paid, in its challenge.
#[derive(Clone, Copy)]
struct Offered<'a> {
    challenge: &'a Challenge,
    choice: usize,
}

async fn signed_header(
    flight: &mut Flight,
    Offered { challenge, choice }: Offered<'_>,
    context: &Context,
    now: UnixMillis,
    signer: &dyn Signer,
) -> Result<(HeaderName, HeaderValue, Authorization), Unsigned> {
    let payment = flight.payment();
    let requirement = challenge
        .requirements()
        .iter()
        .find(|requirement| requirement.index() == choice)
        .ok_or_else(nothing_payable)?;
    let approved = Approved::new(payment, challenge, requirement, &context.assets, now);
    let signed = caught(async { signer.sign(&approved).await })
        .await
        .ok_or_else(signer_panicked)?
        .map_err(|error| Unsigned {
            denial: Denial::new(DenialKind::PaymentError, error.code(), error.to_string())
                .with_source(error),
            certain: true,
        })?;
    failpoint!(Signed);
    let (name, value) = signed.into_header();
    let mut headers = HeaderMap::with_capacity(1);
    headers.insert(name.clone(), value);
    // Decoded from the very bytes that would leave, so that what is compared is what is sent (attack 27).
    let mut payload = PaymentPayload::from_headers(&headers)
        .map_err(|error| unreadable(&error))?
        .ok_or_else(nothing_payable)?;
    compare(
        &payload,
        challenge.version(),
        payment.terms(),
        approved.now_secs(),
        approved.valid_before(),
    )?;
    apply_redactions(payment, &mut payload)?;
    if challenge.takes_identifier() {
        payload
            .set_identifier(&identifier(payment))
            .map_err(|error| unreadable(&error))?;
    }
    screen_additions(flight, &mut payload)?;
    let value = payload
        .to_header_value()
        .map_err(|error| unreadable(&error))?;
    Ok((name, value, payload.authorization().clone()))
}

/// What a server may call the logical request: the caller's own key where it is fit for that, else a name that says
/// nothing about the request.
fn identifier(payment: &Payment) -> String {
    match payment.exchange().idempotency_key() {
        Some(key) if is_payment_identifier(key) => key.to_owned(),
        _ => format!("pay_{}", payment.id()),
    }
}

/// Lets the controls read what the signer wrote and no offer held: nobody has decided on it yet (attack 111).
fn screen_additions(flight: &mut Flight, payload: &mut PaymentPayload) -> Result<(), Denial> {
    let decided: HashSet<&str> = flight
        .payment()
        .texts()
        .iter()
        .flat_map(|text| [text.field().value.as_str(), text.value()])
        .collect();
    let mut added = payload.texts();
    added.retain(|text| !decided.contains(text.value.as_str()));
    if added.is_empty() {
        return Ok(());
    }
    let mut texts = PaymentText::all(added);
    flight.screen_texts(TextPlace::SignedPayment, &mut texts)?;
    write_back(payload, &texts)
}

/// The denial of a payment that the signer panicked over (attack 144).
fn signer_panicked() -> Denial {
    tracing::error!("the signer panicked; the payment is denied");
    Denial::new(
        DenialKind::PaymentError,
        "signer.panicked",
        "the signer panicked; nothing was sent, see the log of this process",
    )
    .with_status(http::StatusCode::INTERNAL_SERVER_ERROR)
}
