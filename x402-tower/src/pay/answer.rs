//! What a paying service does with a 402.

use core::fmt;
use core::marker::PhantomData;
use std::future::poll_fn;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body::Body;
use tower_service::Service;
use tracing::Instrument;

use super::answered::{Answered, StoredReceipt};
use super::begin::{Begin, Resend, begin};
use super::choose::choose;
use super::kept::Kept;
use super::mode::Mode;
use crate::context::Context;
use crate::denial::{Denial, DenialKind};
use crate::flight::{Flight, stack_order};
use crate::idempotency::Idempotency;
use crate::payment::{Exchange, PaymentRecord, Position};
use crate::service::{
    BoxResponse, GuardBody, Next, OnChallenge, Open, PaymentSlot, Prepared, ReadChallenge,
    check_resource, denied, read_challenge,
};
use crate::telemetry;
use crate::wire::{Challenge, Version};

/// Put into a response's extensions by an inner layer that follows redirects: the URI that answered in the end. A
/// challenge from another origin than the one requested is not paid (attack 56).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AnsweringUri(pub Uri);

impl AnsweringUri {
    /// The URI that answered.
    #[must_use]
    pub const fn new(uri: Uri) -> Self {
        Self(uri)
    }
}

/// Answers the challenge to a request that was kept.
pub struct Answer<S, B> {
    inner: S,
    kept: Kept,
    mode: Arc<Mode>,
    body: PhantomData<fn() -> B>,
}

impl<S, B> Answer<S, B> {
    #[inline(always)]
    pub(crate) fn new(inner: S, kept: Kept, mode: Arc<Mode>) -> Self {
        Self {
            inner,
            kept,
            mode,
            body: PhantomData,
        }
    }
}

impl<S, B> fmt::Debug for Answer<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").finish_non_exhaustive()
    }
}

impl<S, B, R, E> OnChallenge<R, E> for Answer<S, B>
where
    S: Service<Request<B>, Response = Response<R>, Error = E> + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + From<Bytes> + Send + 'static,
    R: Body<Data = Bytes> + Send + 'static,
    R::Error: Send,
    E: Send + 'static,
{
    fn on_challenge(self, response: Response<R>) -> BoxResponse<R, E> {
        Box::pin(answer(self, response))
    }
}

async fn answer<S, B, R>(
    answer: Answer<S, B>,
    response: Response<R>,
) -> Result<Response<GuardBody<R>>, S::Error>
where
    S: Service<Request<B>, Response = Response<R>>,
    B: From<Bytes>,
    R: Body<Data = Bytes>,
{
    let Answer {
        inner, kept, mode, ..
    } = answer;
    // Answered already by a payer further in: whatever came of it, nothing is paid twice (attack 43).
    let extensions = response.extensions();
    if extensions.get::<Denial>().is_some() || extensions.get::<PaymentRecord>().is_some() {
        return Ok(response.map(GuardBody::inner));
    }
    let mode = mode.pinned();
    let context = mode.context();
    if let Mode::Whole { payer } = &mode
        && !payer.signs()
    {
        return Ok(match kept.exchange(&context) {
            Ok(exchange) => payer.screen(&exchange, response).await,
            Err(denial) => refused_unseen(&denial),
        });
    }
    let (parts, body) = response.into_parts();
    let challenge = match read_challenge(&context, &parts, body).await {
        Ok(ReadChallenge::None { body }) => {
            return Ok(Response::from_parts(parts, GuardBody::whole(body)));
        }
        Ok(ReadChallenge::V1 { challenge } | ReadChallenge::V2 { challenge, .. }) => Ok(challenge),
        Err(denial) => Err(denial),
    };
    let exchange = match kept.exchange(&context) {
        Ok(exchange) => exchange,
        Err(denial) => return Ok(refused_unseen(&denial)),
    };
    let challenge = challenge.and_then(|challenge| {
        kept.check_replayable()?;
        check_answering(&parts.extensions, &exchange)?;
        Ok(challenge)
    });
    match &mode {
        Mode::Whole { payer } => {
            let prepared = match challenge {
                Ok(challenge) => payer.answer(exchange, challenge).await,
                Err(denial) => Err(payer.refuse(&exchange, denial).await),
            };
            match prepared {
                Ok(Answered::Pay(prepared)) => send_paid(inner, &kept, &context, *prepared).await,
                Ok(Answered::Settled(receipt)) => Ok(receipt.to_response().map(GuardBody::whole)),
                Err(denial) => Ok(denied(&denial)),
            }
        }
        Mode::Opening {
            context,
            idempotency,
        } => {
            let opened = match challenge {
                Ok(challenge) => open(context, idempotency, &exchange, challenge).await,
                Err(denial) => Err(denial),
            };
            match opened {
                Ok(Opened::Pay(open)) => send_opened(inner, &kept, *open).await,
                Ok(Opened::Settled(receipt)) => Ok(receipt.to_response().map(GuardBody::whole)),
                Err(denial) => Ok(refused_unseen(&denial)),
            }
        }
    }
}

/// The response to a denial that no control hears of.
fn refused_unseen<R>(denial: &Denial) -> Response<GuardBody<R>> {
    telemetry::refused(Position::Buyer, false, denial);
    denied(denial)
}

fn check_answering(extensions: &http::Extensions, exchange: &Exchange) -> Result<(), Denial> {
    let Some(AnsweringUri(uri)) = extensions.get::<AnsweringUri>() else {
        return Ok(());
    };
    check_answering_origin(exchange, &uri.to_string())
}

/// Denies a challenge that another origin sent than the one that was asked (attack 56).
///
/// # Errors
///
/// A [`Denial`] with the code `challenge.redirected`.
pub fn check_answering_origin(exchange: &Exchange, answering: &str) -> Result<(), Denial> {
    let same = url::Url::parse(answering).is_ok_and(|url| url.origin() == exchange.url().origin());
    if same {
        return Ok(());
    }
    Err(Denial::new(
        DenialKind::PaymentError,
        "challenge.redirected",
        "the request was redirected and another origin asks for the money; request that origin directly if it is meant to be paid",
    ))
}

/// Sends the paid request and reads how it ended.
async fn send_paid<S, B, R>(
    mut inner: S,
    kept: &Kept,
    context: &Context,
    prepared: Prepared,
) -> Result<Response<GuardBody<R>>, S::Error>
where
    S: Service<Request<B>, Response = Response<R>>,
    B: From<Bytes>,
    R: Body<Data = Bytes>,
{
    let mut request = match kept.request::<B>() {
        Ok(request) => request,
        Err(denial) => return Ok(denied(&denial)),
    };
    prepared.apply(request.headers_mut());
    let sent = async {
        poll_fn(|cx| inner.poll_ready(cx)).await?;
        inner.call(request).await
    };
    match sent.instrument(prepared.span()).await {
        Ok(response) => Ok(prepared.answer(context, response).await),
        Err(error) => {
            prepared.fail().await;
            Err(error)
        }
    }
}

/// What is to be done for a request whose controls and signer are layers further in.
enum Opened {
    Pay(Box<Open>),
    Settled(StoredReceipt),
}

/// Chooses an offer, or finds what was signed before.
async fn open(
    context: &Context,
    idempotency: &Idempotency,
    exchange: &Exchange,
    challenge: Challenge,
) -> Result<Opened, Denial> {
    let ticket = match begin(idempotency, exchange).await? {
        Begin::First(ticket) => ticket,
        Begin::Again(resend) => {
            let Resend {
                payment,
                name,
                value,
                ticket,
            } = *resend;
            return Ok(Opened::Pay(Box::new(Open {
                flight: Flight::new(payment),
                ticket,
                next: Next::Send { name, value },
            })));
        }
        Begin::Settled(receipt) => return Ok(Opened::Settled(receipt)),
    };
    let mut payable = challenge.clone();
    check_resource(context, exchange, &mut payable)?;
    let any = |_: &crate::wire::Requirement, terms: &crate::payment::Terms| {
        terms.scheme == "exact" && matches!(challenge.version(), Version::V1 | Version::V2)
    };
    let (choice, mut payment) = choose(exchange, &challenge, &payable, context, any)?;
    payment.note_request_key(ticket.key());
    Ok(Opened::Pay(Box::new(Open {
        flight: Flight::new(payment),
        ticket,
        next: Next::Sign { challenge, choice },
    })))
}

/// Sends the request inward with its payment, to be checked and signed there.
async fn send_opened<S, B, R>(
    mut inner: S,
    kept: &Kept,
    open: Open,
) -> Result<Response<GuardBody<R>>, S::Error>
where
    S: Service<Request<B>, Response = Response<R>>,
    B: From<Bytes>,
{
    let slot = PaymentSlot::new(open);
    let mut request = match kept.request::<B>() {
        Ok(request) => request,
        Err(denial) => return Ok(denied(&denial)),
    };
    request.extensions_mut().insert(slot.clone());
    poll_fn(|cx| inner.poll_ready(cx)).await?;
    let response = inner.call(request).await?;
    let extensions = response.extensions();
    if extensions.get::<PaymentRecord>().is_some() || extensions.get::<Denial>().is_some() {
        return Ok(response.map(GuardBody::inner));
    }
    match slot.take() {
        Ok(open) => {
            // Nobody signed and nobody refused: there is no sign layer between here and the transport.
            let denial = stack_order("no SignLayer stands inside PayLayer; nothing was signed");
            Ok(denied(&open.flight.deny(denial).await))
        }
        // Somebody inside took the payment, and a layer between dropped what it left in the extensions. This may be
        // what was paid for.
        Err(_) => Ok(response.map(GuardBody::inner)),
    }
}
