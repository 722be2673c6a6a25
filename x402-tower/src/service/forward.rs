//! A request that carries a payment somebody else signed.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;
use tracing::Instrument;

use super::leaving::{denied_further_in, no_store, screen, unreadable};
use super::{GuardBody, Prepared, Shared, denied};
use crate::context::Context;
use crate::denial::{Denial, DenialKind};
use crate::flight::Flight;
use crate::offers::OfferKey;
use crate::payment::{Exchange, Payment, PaymentId, Position, Terms};
use crate::telemetry::{self, Counted};
use crate::wire::header::{PAYMENT_SIGNATURE, X_PAYMENT};
use crate::wire::{Authorization, PaymentPayload};

/// Put into a response's extensions by a service that knows that the payment was not and will not be settled: its
/// claim is given back. Without it a payment that came in stays claimed.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct ProvenUnsettled;

impl ProvenUnsettled {
    /// The proof.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

/// Whether a request carries a payment header of either version.
pub(crate) fn carries_payment(headers: &HeaderMap) -> bool {
    !headers.is_empty()
        && (headers.contains_key(PAYMENT_SIGNATURE) || headers.contains_key(X_PAYMENT))
}

/// Decides on a payment header, forwards it and tells the controls how it ended.
pub(crate) async fn forward<S, B, R>(
    shared: Arc<Shared>,
    mut inner: S,
    request: Request<B>,
) -> Result<Response<GuardBody<R>>, S::Error>
where
    S: Service<Request<B>, Response = Response<R>>,
    B: Body,
    R: Body<Data = Bytes>,
{
    let context = &shared.context;
    let (mut parts, body) = request.into_parts();
    let exchange = match context.exchange(context.position, &parts) {
        Ok(exchange) if body.is_end_stream() => exchange.with_body_digest(EMPTY_DIGEST),
        Ok(exchange) => exchange,
        Err(denial) => {
            telemetry::refused(context.position, false, &denial);
            return Ok(denied(&denial));
        }
    };
    let mut prepared = match prepare(&shared, &exchange, &parts.headers).await {
        Ok(prepared) => prepared,
        Err(denial) => return Ok(denied(&denial)),
    };
    prepared.apply(&mut parts.headers);
    Counted::mark(exchange.position(), &mut parts.extensions);
    let span = prepared.span();
    let sent = span.in_scope(|| inner.call(Request::from_parts(parts, body)));
    match sent.instrument(span).await {
        Ok(mut response) => {
            if let Some(denial) = denied_further_in(&response).cloned() {
                prepared.deny(denial).await;
                return Ok(response.map(GuardBody::inner));
            }
            prepared.screen_receipt(response.headers_mut());
            let record = if response.extensions().get::<ProvenUnsettled>().is_some() {
                prepared.give_back().await
            } else {
                prepared
                    .conclude(response.status(), response.headers())
                    .await
            };
            no_store(response.headers_mut());
            let mut response = if response.status() == StatusCode::PAYMENT_REQUIRED {
                screen(&shared, &exchange, response).await
            } else {
                response.map(GuardBody::inner)
            };
            response.extensions_mut().insert(record);
            Ok(response)
        }
        Err(error) => {
            prepared.fail().await;
            Err(error)
        }
    }
}

/// Decides on the payment header of a request, up to the moment before it leaves.
pub(crate) async fn prepare(
    shared: &Shared,
    exchange: &Exchange,
    headers: &HeaderMap,
) -> Result<Prepared, Denial> {
    let decoded = exchange
        .check()
        .and_then(|()| decode(&shared.context, exchange, headers));
    let (payment, mut payload) = match decoded {
        Ok(decoded) => decoded,
        Err(denial) => return Err(shared.chain.refused(exchange, denial).await),
    };
    let mut flight = Flight::new(payment).check_all(&shared.chain).await?;
    if let Err(denial) = flight.approve().await {
        return Err(flight.deny(denial).await);
    }
    let value = apply_redactions(flight.payment(), &mut payload).and_then(|_| {
        payload
            .to_header_value()
            .map_err(|error| unreadable(&error))
    });
    let value = match value {
        Ok(value) => value,
        Err(denial) => return Err(flight.deny(denial).await),
    };
    Prepared::sending(flight, payload.header_name(), value).await
}

/// SHA-256 of nothing.
pub(crate) const EMPTY_DIGEST: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

fn decode(
    context: &Context,
    exchange: &Exchange,
    headers: &HeaderMap,
) -> Result<(Payment, Box<PaymentPayload>), Denial> {
    let payload = PaymentPayload::from_headers(headers)
        .map_err(|error| unreadable(&error).with_status(StatusCode::BAD_REQUEST))?
        .ok_or_else(|| bad_payment("payment.missing", "the payment header is gone"))?;
    let terms = terms(context, exchange, &payload)?;
    if exchange.position().spends()
        && let Some(claimed) = payload.resource_url()
        && !context.resource_match.allows(exchange.url(), &claimed)
    {
        return Err(bad_payment(
            "payment.foreign_resource",
            "the payment names a resource of another origin than the one requested",
        ));
    }
    let id = PaymentId::random().ok_or_else(no_randomness)?;
    let payment = Payment::new(id, exchange.clone(), payload.version(), terms)
        .with_authorization(payload.authorization().clone())
        .with_texts(payload.texts());
    // Boxed, because it is held while the controls are asked.
    Ok((payment, Box::new(payload)))
}

/// What a payment header says it pays, held against what its signature authorizes.
fn terms(
    context: &Context,
    exchange: &Exchange,
    payload: &PaymentPayload,
) -> Result<Terms, Denial> {
    let signed = Signed::of(payload.authorization(), exchange)?;
    let mut terms = match payload.accepted() {
        Some(accepted) => {
            let terms = Terms::of(accepted, &context.assets)?;
            if terms.pay_to != signed.to {
                return Err(bad_payment(
                    "payment.recipient_mismatch",
                    "the signed recipient is not the one of the accepted requirement",
                ));
            }
            if terms.amount != signed.amount {
                return Err(bad_payment(
                    "payment.amount_mismatch",
                    "the signed amount is not the one of the accepted requirement",
                ));
            }
            if signed.token.is_some() && signed.token != terms.asset {
                return Err(bad_payment(
                    "payment.asset_mismatch",
                    "the signed token is not the one of the accepted requirement",
                ));
            }
            terms
        }
        None => {
            let chain = payload.chain().map_err(|error| {
                bad_payment(
                    error.code(),
                    "the network of the payment is not known; see the list of v1 names",
                )
            })?;
            let key = OfferKey::new(exchange.url(), chain, &signed.to, signed.amount);
            let asset = signed.token.or_else(|| context.offers.token(&key));
            if asset.is_none() && exchange.position() != Position::Seller {
                return Err(bad_payment(
                    "payment.asset_unknown",
                    "a v1 payment names no token, and no challenge that passed here offered this price to this recipient; ask for the challenge through this guard first",
                ));
            }
            let price = asset
                .as_ref()
                .and_then(|asset| context.assets.price(chain, asset, signed.amount).ok());
            Terms {
                scheme: payload.scheme().to_owned(),
                chain: chain.clone(),
                asset,
                pay_to: signed.to,
                amount: signed.amount,
                price,
                lifetime_seconds: 0,
            }
        }
    };
    terms.lifetime_seconds = signed.lifetime_seconds;
    Ok(terms)
}

/// What a signature authorizes.
struct Signed {
    to: crate::address::Address,
    amount: crate::money::AtomicAmount,
    token: Option<crate::address::Address>,
    lifetime_seconds: u64,
}

impl Signed {
    fn of(authorization: &Authorization, exchange: &Exchange) -> Result<Self, Denial> {
        let now = exchange.now().as_secs();
        let (to, amount, token, until) = match authorization {
            Authorization::Eip3009 {
                to,
                value,
                valid_before,
                ..
            } => (to, value, None, *valid_before),
            Authorization::Permit2 {
                to,
                amount,
                token,
                deadline,
                ..
            } => (to, amount, Some(token.clone()), *deadline),
            _ => {
                return Err(bad_payment(
                    "payment.opaque",
                    "what this payment authorizes cannot be read; only EIP-3009 and Permit2 payments can be screened",
                ));
            }
        };
        let lifetime_seconds =
            until
                .checked_sub(now)
                .filter(|left| *left > 0)
                .ok_or_else(|| {
                    bad_payment(
                        "payment.expired",
                        "the authorization has run out; sign a new one",
                    )
                })?;
        Ok(Self {
            to: to.clone(),
            amount: *amount,
            token,
            lifetime_seconds,
        })
    }
}

/// Writes what the controls redacted into the payment; answers whether anything changed.
pub(crate) fn apply_redactions(
    payment: &Payment,
    payload: &mut PaymentPayload,
) -> Result<bool, Denial> {
    let replacements: Vec<_> = payment
        .texts()
        .iter()
        .filter_map(|text| text.replacement().map(|new| (text.field(), new)))
        .collect();
    if replacements.is_empty() {
        return Ok(false);
    }
    // Found by place and content: what was screened may be the challenge that this payment echoes.
    for field in payload.texts() {
        let found = replacements.iter().find(|(screened, _)| {
            screened.path == field.path
                && screened.is_key == field.is_key
                && screened.value == field.value
        });
        if let Some((_, new)) = found.filter(|_| field.rewritable) {
            payload
                .replace_text(&field, new)
                .map_err(|error| unreadable(&error))?;
        }
    }
    Ok(payload.is_edited())
}

fn bad_payment(code: &'static str, detail: &'static str) -> Denial {
    Denial::new(DenialKind::PaymentError, code, detail).with_status(StatusCode::BAD_REQUEST)
}

pub(crate) fn no_randomness() -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        "random.missing",
        "the operating system gave no random bytes; nothing is paid without them",
    )
    .with_status(StatusCode::INTERNAL_SERVER_ERROR)
}
