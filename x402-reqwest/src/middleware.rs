//! The guard as a middleware.

use http::{Extensions, StatusCode};
use reqwest::{Body, Request, Response, ResponseBuilderExt, Url};
use reqwest_middleware::{Middleware, Next, Result};
use tracing::Instrument;
use x402_tower::pay::{Answered, Payer, check_answering_origin};
use x402_tower::service::{GuardBody, ReadChallenge};
use x402_tower::{Challenge, Context, Denial, DenialKind, Prepared};

use crate::error::X402Error;
use crate::kept::{self, Kept};
use crate::outgoing;

/// Pays 402s from inside a [`reqwest_middleware`] stack, and only what every control of its [`Payer`] allows.
///
/// - A request without a payment is sent as it is. If an x402 challenge answers, it is decided on, signed and sent
///   again, once. Whatever comes back then is the answer, also another 402; how the payment ended is a
///   [`PaymentRecord`](x402_tower::PaymentRecord) in the response's extensions.
/// - A request that carries a payment header already goes through the same controls first.
/// - With a [`Payer`] that has no signer, a challenge is redacted and narrowed to what the controls would allow, and
///   given to whoever signs outside.
/// - A denial is an error; [`X402Error::from_middleware`] finds it in whatever the outer middlewares make of it.
///
/// # Where to put it
///
/// **Innermost** (attached last). Middlewares inside it see signed payments, and a retry inside it would send one
/// again without the guard knowing. A retry outside is safe: a logical request
/// ([`idempotency`](x402_tower::idempotency)) is signed for once, and when it comes back the same payment is sent again.
///
/// # Redirects
///
/// `reqwest` follows redirects below every middleware, with all headers but a few, so the client under this one **must
/// not follow redirects**: build it with [`reqwest::redirect::Policy::none`], or use
/// [`GuardedClient`](crate::GuardedClient), which does. A challenge that comes after a redirect is denied before anything
/// is signed: from another origin with `challenge.redirected`, from the same one with `client.follows_redirects`. A paid
/// request that such a client redirects cannot be called back; it is logged as an error.
///
/// # Not seen
///
/// Default headers of the [`reqwest::Client`] are added below every middleware: a payment header among them passes
/// unseen.
#[derive(Debug, Clone)]
pub struct GuardMiddleware {
    payer: Payer,
}

impl GuardMiddleware {
    /// A middleware that pays with `payer`.
    #[must_use]
    pub fn new(payer: Payer) -> Self {
        Self { payer }
    }

    /// What it pays with.
    #[must_use]
    pub fn payer(&self) -> &Payer {
        &self.payer
    }

    /// Decides on a payment that somebody outside has signed, and sends it (attack 44).
    async fn forward(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let payer = self.payer.pinned();
        let mut exchange = kept::exchange(&payer, &request, extensions).map_err(refused)?;
        if payer.binds_bodies()
            && let Some(stream) = request.body_mut().take_if(|body| body.as_bytes().is_none())
        {
            match payer.read_body(stream).await {
                Ok(bytes) => *request.body_mut() = Some(bytes.into()),
                Err(denial) => {
                    return Err(refused(payer.refuse(&exchange, denial).await));
                }
            }
            exchange = kept::exchange(&payer, &request, extensions).map_err(refused)?;
        }
        let prepared = payer
            .forward(&exchange, request.headers())
            .await
            .map_err(refused)?;
        send(prepared, &payer.context(), request, extensions, next).await
    }

    /// Pays for a challenge, or gives back a 402 that is none.
    async fn answer(
        &self,
        kept: Kept,
        response: Response,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        // One policy for the whole payment, whatever is loaded meanwhile.
        let payer = self.payer.pinned();
        let url = response.url().clone();
        let response = http::Response::<Body>::from(response);
        if !payer.signs() {
            let exchange = kept.exchange(&payer, extensions).map_err(refused)?;
            return screened(payer.screen(&exchange, response).await, url);
        }
        let (parts, body) = response.into_parts();
        let challenge = match payer.read_challenge(&parts, body).await {
            Ok(ReadChallenge::None { body }) => return whole(parts, url, body),
            Ok(ReadChallenge::V1 { challenge } | ReadChallenge::V2 { challenge, .. }) => {
                Ok(challenge)
            }
            Ok(_) => Err(unknown_challenge()),
            Err(denial) => Err(denial),
        };
        let exchange = kept.exchange(&payer, extensions).map_err(refused)?;
        let payable = challenge.and_then(|challenge| {
            check_answering_origin(&exchange, url.as_str())?;
            check_not_redirected(kept.url(), &url)?;
            Ok((challenge, kept.into_request()?))
        });
        let (challenge, request): (Challenge, Request) = match payable {
            Ok(payable) => payable,
            Err(denial) => return Err(refused(payer.refuse(&exchange, denial).await)),
        };
        match payer.answer(exchange, challenge).await.map_err(refused)? {
            Answered::Pay(prepared) => {
                send(*prepared, &payer.context(), request, extensions, next).await
            }
            Answered::Settled(receipt) => {
                let (parts, body) = receipt.to_response().into_parts();
                whole(parts, url, body)
            }
            _ => Err(refused(unknown_challenge())),
        }
    }
}

#[async_trait::async_trait]
impl Middleware for GuardMiddleware {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        outgoing::screen(&self.payer, &mut request, extensions)
            .await
            .map_err(refused)?;
        if Payer::carries_payment(request.headers()) {
            return self.forward(request, extensions, next).await;
        }
        let kept = Kept::of(&request);
        let response = next.clone().run(request, extensions).await?;
        if response.status() != StatusCode::PAYMENT_REQUIRED {
            return Ok(response);
        }
        self.answer(kept, response, extensions, next).await
    }
}

/// Sends a request with its payment, once, and tells the controls how that ended.
async fn send(
    mut prepared: Prepared,
    context: &Context,
    mut request: Request,
    extensions: &mut Extensions,
    next: Next<'_>,
) -> Result<Response> {
    prepared.apply(request.headers_mut());
    let requested = request.url().clone();
    match next
        .run(request, extensions)
        .instrument(prepared.span())
        .await
    {
        Ok(mut response) => {
            if check_not_redirected(&requested, response.url()).is_err() {
                tracing::error!(
                    payment = %prepared.payment().id(),
                    "the client under the guard followed a redirect with a payment; build it with redirect::Policy::none()"
                );
            }
            if response.status() == StatusCode::PAYMENT_REQUIRED {
                return asked_again(prepared, context, response).await;
            }
            prepared.screen_receipt(response.headers_mut());
            let record = prepared
                .conclude(response.status(), response.headers())
                .await;
            response.extensions_mut().insert(record);
            Ok(response)
        }
        Err(error) => {
            let record = prepared.fail().await;
            Err(X402Error::outcome_unknown(record, error).into_middleware())
        }
    }
}

/// A 402 in answer to a payment, for the caller to read.
async fn asked_again(
    prepared: Prepared,
    context: &Context,
    response: Response,
) -> Result<Response> {
    let url = response.url().clone();
    let answered = prepared
        .answer(context, http::Response::<Body>::from(response))
        .await;
    let (parts, body) = answered.into_parts();
    whole(parts, url, Body::wrap(body))
}

/// A challenge for a third party that will sign for it, or the denial in its place.
fn screened(response: http::Response<GuardBody<Body>>, url: Url) -> Result<Response> {
    if let Some(denial) = response.extensions().get::<Denial>() {
        return Err(refused(denial.clone()));
    }
    let (parts, body) = response.into_parts();
    whole(parts, url, Body::wrap(body))
}

pub(crate) fn refused(denial: Denial) -> reqwest_middleware::Error {
    X402Error::from(denial).into_middleware()
}

/// A redirect that was followed below the guard proves that the client would follow one with a payment, too.
fn check_not_redirected(requested: &Url, answering: &Url) -> core::result::Result<(), Denial> {
    let bare = url::Position::AfterQuery;
    if requested[..bare] == answering[..bare] {
        return Ok(());
    }
    Err(Denial::new(
        DenialKind::PaymentError,
        "client.follows_redirects",
        "the client under the guard follows redirects and could carry a payment elsewhere; build it with redirect::Policy::none()",
    ))
}

fn unknown_challenge() -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        "challenge.unknown_kind",
        "the challenge is of a kind that this adapter does not know; update x402-tower-reqwest with x402-tower",
    )
}

/// The response that was read, with its body in memory.
pub(crate) fn whole(
    parts: http::response::Parts,
    url: Url,
    body: impl Into<Body>,
) -> Result<Response> {
    let mut response = http::Response::builder()
        .url(url)
        .body(body)
        .map_err(reqwest_middleware::Error::middleware)?;
    *response.status_mut() = parts.status;
    *response.version_mut() = parts.version;
    *response.headers_mut() = parts.headers;
    response.extensions_mut().extend(parts.extensions);
    Ok(Response::from(response))
}
