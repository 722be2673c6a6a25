//! A request that carries a payment somebody else signed.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;
use tracing::Instrument;

use super::leaving::{denied_further_in, no_store, screen, unreadable};
use super::request_body::digested;
use super::{GuardBody, Prepared, Shared, denied};
use crate::context::Context;
use crate::control::ControlKind;
use crate::denial::{Denial, DenialKind};
use crate::flight::Flight;
use crate::offers::OfferKey;
use crate::payment::{Exchange, Payment, PaymentId, Position, Terms};
use crate::telemetry::{self, Counted};
use crate::wire::header::{PAYMENT_SIGNATURE, UNDERSCORE_TWINS, X_PAYMENT};
use crate::wire::{Authorization, PaymentPayload, Receipt};

/// Put into a response's extensions by a service that knows that the payment was not and will not be settled: its
/// claim is given back. Without it a payment that came in stays claimed, and so it does beside a receipt that says
/// otherwise.
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

/// Whether a request carries a payment header of either version, or what a server may take for one.
pub(crate) fn carries_payment(headers: &HeaderMap) -> bool {
    !headers.is_empty()
        && (headers.contains_key(PAYMENT_SIGNATURE)
            || headers.contains_key(X_PAYMENT)
            || UNDERSCORE_TWINS
                .into_iter()
                .any(|twin| headers.contains_key(twin)))
}

/// Decides on a payment header, forwards it and tells the controls how it ended.
pub(crate) async fn forward<S, B, R>(
    shared: Arc<Shared>,
    mut inner: S,
    request: Request<B>,
) -> Result<Response<GuardBody<R>>, S::Error>
where
    S: Service<Request<B>, Response = Response<R>>,
    B: Body<Data = Bytes> + From<Bytes>,
    R: Body<Data = Bytes>,
{
    let context = &shared.context;
    let (mut parts, body) = request.into_parts();
    let exchange = match context.exchange(context.position, &parts) {
        Ok(exchange) => exchange,
        Err(denial) => {
            telemetry::refused(context.position, false, &denial);
            return Ok(denied(&denial));
        }
    };
    // Decoded first: nobody makes us hold a body without at least the form of a payment.
    let decided = match decode(context, &exchange, &parts.headers) {
        Err(denial) => Err(shared.chain.refused(&exchange, denial).await),
        Ok(decoded) if !binds_bodies(&shared) => Ok((exchange, decoded, body)),
        Ok(decoded) => match digested(context, body).await {
            Ok((body, digest)) => Ok((exchange.with_body_digest(digest), decoded, body)),
            Err(denial) => Err(shared.chain.refused(&exchange, denial).await),
        },
    };
    let (exchange, decoded, body) = match decided {
        Ok(decided) => decided,
        Err(denial) => return Ok(denied(&denial)),
    };
    let mut prepared = match decide(&shared, &exchange, decoded).await {
        Ok(prepared) => prepared,
        Err(denial) => return Ok(denied(&denial)),
    };
    prepared.apply(&mut parts.headers);
    Counted::mark(exchange.position(), &mut parts.extensions);
    let span = prepared.span();
    let sent = span.in_scope(|| inner.call(Request::from_parts(parts, body)));
    match sent.instrument(span).await {
        Ok(mut response) => {
            let settled = claims_settlement(response.headers(), prepared.payment());
            if !settled && let Some(denial) = denied_further_in(&response).cloned() {
                prepared.deny(denial).await;
                return Ok(response.map(GuardBody::inner));
            }
            prepared.screen_receipt(response.headers_mut());
            let proven = response.extensions().get::<ProvenUnsettled>().is_some();
            let record = if proven && !settled {
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
    match decode(&shared.context, exchange, headers) {
        Ok(decoded) => decide(shared, exchange, decoded).await,
        Err(denial) => Err(shared.chain.refused(exchange, denial).await),
    }
}

/// Lets the controls decide on a payment that was decoded.
async fn decide(
    shared: &Shared,
    exchange: &Exchange,
    decoded: Decoded,
) -> Result<Prepared, Denial> {
    let Decoded { terms, mut payload } = decoded;
    let Some(id) = PaymentId::random() else {
        return Err(shared.chain.refused(exchange, no_randomness()).await);
    };
    let mut payment = Payment::new(id, exchange.clone(), payload.version(), terms);
    payment.set_authorization(payload.shared_authorization());
    payment.set_texts(payload.texts());
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

/// Whether a control in the chain binds payments to bodies. Without one a body of any length passes unread.
pub(crate) fn binds_bodies(shared: &Shared) -> bool {
    let binds = |kind| matches!(kind, ControlKind::Replay | ControlKind::Custom(_));
    shared.chain.kinds().any(binds)
}

/// Whether a response has a receipt that does not say that settling failed: it contradicts whoever says that nothing was
/// settled, also a denial that the service inside got for a request of its own and handed on.
fn claims_settlement(headers: &HeaderMap, payment: &Payment) -> bool {
    match Receipt::from_headers(headers, payment.version()) {
        Ok(receipt) => receipt.is_some_and(|receipt| receipt.success()),
        Err(_) => true,
    }
}

/// What a payment header says.
struct Decoded {
    terms: Terms,
    /// Boxed, because it is held while the controls are asked.
    payload: Box<PaymentPayload>,
}

fn decode(context: &Context, exchange: &Exchange, headers: &HeaderMap) -> Result<Decoded, Denial> {
    exchange.check()?;
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
    Ok(Decoded {
        terms,
        payload: Box::new(payload),
    })
}

/// What a payment header says it pays, held against what its signature authorizes.
fn terms(
    context: &Context,
    exchange: &Exchange,
    payload: &PaymentPayload,
) -> Result<Terms, Denial> {
    if let Authorization::Svm { .. } = payload.authorization()
        && exchange.position() == Position::Seller
    {
        return svm_terms(context, payload);
    }
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

/// How long a Solana transaction can be settled, in seconds: its blockhash lives 150 slots, and the x402 specification
/// of `exact` on Solana asks for 120 seconds of memory.
const SVM_LIFETIME_SECONDS: u64 = 120;

/// What a Solana payment says of itself. Its instructions are the facilitator's to check; a seller only has to know that
/// it comes once.
fn svm_terms(context: &Context, payload: &PaymentPayload) -> Result<Terms, Denial> {
    let accepted = payload.accepted().ok_or_else(opaque)?;
    let mut terms = Terms::of(accepted, &context.assets)?;
    terms.lifetime_seconds = SVM_LIFETIME_SECONDS;
    Ok(terms)
}

fn opaque() -> Denial {
    bad_payment(
        "payment.opaque",
        "what this payment authorizes cannot be read; only EIP-3009 and Permit2 payments can be screened, and v2 payments on Solana where they are sold for",
    )
}

/// Seconds by which a payer's clock may be ahead of ours.
const CLOCK_SLACK_SECONDS: u64 = 60;

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
        let (to, amount, token, after, until) = match authorization {
            Authorization::Eip3009 {
                to,
                value,
                valid_after,
                valid_before,
                ..
            } => (to, value, None, *valid_after, *valid_before),
            Authorization::Permit2 {
                to,
                amount,
                token,
                deadline,
                valid_after,
                ..
            } => (to, amount, Some(token.clone()), *valid_after, *deadline),
            _ => return Err(opaque()),
        };
        if after > now.saturating_add(CLOCK_SLACK_SECONDS) {
            return Err(bad_payment(
                "payment.not_yet_valid",
                "the authorization begins later: it could be settled when nobody expects it; sign one that is valid now",
            ));
        }
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
