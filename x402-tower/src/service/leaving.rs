//! A 402 on its way to whoever will pay or read it.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, HeaderValue};
use http::response::Parts as ResponseParts;
use http::{HeaderMap, Method, Request, Response, Uri};
use http_body::Body;

use super::beside::{beside, changed, is_encoded};
use super::rails::without_other_rails;
use super::whole::{NotWhole, read_whole};
use super::{BoxResponse, GuardBody, Live, OnChallenge, Shared, denied};
use crate::chain::Chain;
use crate::context::Context;
use crate::denial::{Denial, DenialKind};
use crate::offers::OfferKey;
use crate::payment::{AgentId, Exchange, PaymentRecord, Position, Terms};
use crate::screening::Purpose;
use crate::telemetry;
use crate::wire::{Challenge, MAX_BODY_BYTES, Version, WireError};

/// What has to be remembered of a request without a payment, in case a challenge answers it. Cheap to take: no
/// allocation for an ordinary method and a URI that is shared.
#[derive(Debug)]
pub struct Screen {
    live: Live,
    method: Method,
    uri: Uri,
    host: Option<HeaderValue>,
    agent: Option<AgentId>,
}

impl Screen {
    // Made where it will stay: otherwise it is copied twice more, in the future of every request.
    #[inline(always)]
    pub(crate) fn new<B>(live: Live, request: &Request<B>) -> Self {
        Self {
            live,
            method: request.method().clone(),
            uri: request.uri().clone(),
            host: request.headers().get(http::header::HOST).cloned(),
            agent: request.extensions().get::<AgentId>().cloned(),
        }
    }

    /// Tells every control that the request itself was refused.
    pub(crate) async fn refuse(&self, denial: Denial) -> Denial {
        let shared = self.live.now();
        match self.exchange(&shared.context) {
            Ok(exchange) => shared.chain.refused(&exchange, denial).await,
            Err(_) => {
                telemetry::refused(shared.context.position, false, &denial);
                denial
            }
        }
    }

    fn exchange(&self, context: &Context) -> Result<Exchange, Denial> {
        let mut request = Request::new(());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        if let Some(host) = &self.host {
            request
                .headers_mut()
                .insert(http::header::HOST, host.clone());
        }
        if let Some(agent) = &self.agent {
            request.extensions_mut().insert(agent.clone());
        }
        context.exchange(context.position, &request.into_parts().0)
    }
}

impl<R, E> OnChallenge<R, E> for Screen
where
    R: Body<Data = Bytes> + Send + 'static,
    R::Error: Send,
    E: Send + 'static,
{
    fn on_challenge(self, response: Response<R>) -> BoxResponse<R, E> {
        Box::pin(async move {
            let shared = self.live.now();
            let further_in = denied_further_in(&response).cloned();
            Ok(match (self.exchange(&shared.context), further_in) {
                (Ok(exchange), Some(denial)) => {
                    shared.chain.refused_further_in(&exchange, denial).await;
                    response.map(GuardBody::inner)
                }
                (Err(_), Some(_)) => response.map(GuardBody::inner),
                (Ok(exchange), None) => screen(&shared, &exchange, response).await,
                (Err(denial), None) => {
                    telemetry::refused(shared.context.position, false, &denial);
                    denied(&denial)
                }
            })
        })
    }
}

/// The denial of a layer further in, where no payment had left by then. Beside one that left there is a record, such as
/// that of an unreadable challenge in answer to it.
pub(crate) fn denied_further_in<R>(response: &Response<R>) -> Option<&Denial> {
    let extensions = response.extensions();
    if extensions.is_empty() || extensions.get::<PaymentRecord>().is_some() {
        return None;
    }
    extensions.get::<Denial>()
}

/// Redacts and narrows a 402 that leaves. What cannot be read is not let out: its reader might read it differently.
pub(crate) async fn screen<R>(
    shared: &Shared,
    exchange: &Exchange,
    response: Response<R>,
) -> Response<GuardBody<R>>
where
    R: Body<Data = Bytes>,
{
    let (chain, context) = (&shared.chain, &shared.context);
    screen_for(Purpose::Leave, chain, context, exchange, response).await
}

/// Redacts a 402 that answers a payment, for the caller to read: it offers nothing that anybody would pay.
pub(crate) async fn show<R>(
    chain: &Chain,
    context: &Context,
    exchange: &Exchange,
    response: Response<R>,
) -> Response<GuardBody<R>>
where
    R: Body<Data = Bytes>,
{
    screen_for(Purpose::Show, chain, context, exchange, response).await
}

async fn screen_for<R>(
    purpose: Purpose,
    chain: &Chain,
    context: &Context,
    exchange: &Exchange,
    response: Response<R>,
) -> Response<GuardBody<R>>
where
    R: Body<Data = Bytes>,
{
    let (mut parts, body) = response.into_parts();
    no_store(&mut parts.headers);
    let read = read_challenge(context, &parts, body).await;
    let screened = read.and_then(|read| match read {
        ReadChallenge::None { body } => Ok(body),
        ReadChallenge::V2 { challenge, body } => {
            without_other_rails(purpose, context, &mut parts.headers);
            let challenge = narrow(purpose, chain, context, exchange, challenge)?;
            let body = beside(purpose, chain, context, exchange, &mut parts.headers, body)?;
            if challenge.is_edited() {
                let value = challenge
                    .to_header_value()
                    .map_err(|error| unreadable(&error))?;
                parts
                    .headers
                    .insert(crate::wire::header::PAYMENT_REQUIRED, value);
            }
            Ok(body)
        }
        ReadChallenge::V1 { challenge } => {
            without_other_rails(purpose, context, &mut parts.headers);
            let challenge = narrow(purpose, chain, context, exchange, challenge)?;
            if challenge.is_edited() {
                changed(&mut parts.headers, challenge.to_bytes().len());
            }
            Ok(challenge.to_bytes())
        }
    });
    match screened {
        Ok(body) => Response::from_parts(parts, GuardBody::whole(body)),
        Err(denial) => {
            let mut response = denied(&chain.refused(exchange, denial).await);
            // The challenge is refused; what was paid before it came is still on record.
            if let Some(record) = parts.extensions.remove::<PaymentRecord>() {
                response.extensions_mut().insert(record);
            }
            response
        }
    }
}

pub(super) fn narrow(
    purpose: Purpose,
    chain: &Chain,
    context: &Context,
    exchange: &Exchange,
    mut challenge: Challenge,
) -> Result<Challenge, Denial> {
    if purpose != Purpose::Show {
        exchange.check()?;
        if context.position != Position::Seller {
            check_resource(context, exchange, &mut challenge)?;
        }
    }
    let refusals = chain.screen(purpose, exchange, &context.assets, &mut challenge);
    if challenge.requirements().is_empty() {
        return Err(refusals.into_iter().next().unwrap_or_else(nothing_payable));
    }
    if purpose != Purpose::Show {
        remember(context, exchange, &challenge);
    }
    Ok(challenge)
}

pub(crate) fn nothing_payable() -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        "challenge.nothing_payable",
        "the challenge offers nothing that this configuration can pay; compare its schemes, networks and assets with the policy and the signer",
    )
}

/// Strikes out offers that name another resource than the one requested, and refuses where none is left (attack 47).
pub(crate) fn check_resource(
    context: &Context,
    exchange: &Exchange,
    challenge: &mut Challenge,
) -> Result<(), Denial> {
    let rule = context.resource_match;
    let foreign = || {
        Denial::new(
            DenialKind::PaymentError,
            "challenge.foreign_resource",
            "the challenge names a resource of another origin than the one requested; if this seller sits behind a proxy, set resource_match",
        )
    };
    if let Some(claimed) = challenge.resource_url()
        && !rule.allows(exchange.url(), &claimed)
    {
        return Err(foreign());
    }
    challenge.retain_requirements(|requirement| {
        requirement
            .resource()
            .is_none_or(|claimed| rule.allows(exchange.url(), claimed))
    });
    if challenge.requirements().is_empty() {
        return Err(foreign());
    }
    Ok(())
}

/// Remembers which token a v1 offer was in: its payment will not say.
fn remember(context: &Context, exchange: &Exchange, challenge: &Challenge) {
    if challenge.version() != Version::V1 {
        return;
    }
    for requirement in challenge.requirements() {
        if let Ok(terms) = Terms::of(requirement, &context.assets)
            && let Some(asset) = terms.asset
        {
            let key = OfferKey::new(exchange.url(), &terms.chain, &terms.pay_to, terms.amount);
            context.offers.remember(key, asset);
        }
    }
}

/// What a 402 turned out to be.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadChallenge {
    /// Not x402.
    None {
        /// The body, whole.
        body: Bytes,
    },
    /// In the `PAYMENT-REQUIRED` header.
    V2 {
        /// The challenge.
        challenge: Challenge,
        /// The body beside it, whole.
        body: Bytes,
    },
    /// In the body.
    V1 {
        /// The challenge.
        challenge: Challenge,
    },
}

/// Reads a 402's challenge: headers first, body under a cap and a deadline (attacks 24, 25, 28).
pub(crate) async fn read_challenge<R>(
    context: &Context,
    parts: &ResponseParts,
    body: R,
) -> Result<ReadChallenge, Denial>
where
    R: Body<Data = Bytes>,
{
    let header = Challenge::from_headers(&parts.headers).map_err(|error| unreadable(&error))?;
    let body = read_body(body, context.challenge_deadline).await?;
    if is_encoded(&parts.headers) {
        return match header {
            Some(challenge) => Ok(ReadChallenge::V2 { challenge, body }),
            None => Err(Denial::new(
                DenialKind::PaymentError,
                "challenge.encoded",
                "the body of the 402 is compressed and cannot be looked into; decompress inside this layer or ask for identity",
            )),
        };
    }
    let in_body = v1_challenge(&body)?;
    match (header, in_body) {
        (Some(header), Some(in_body)) if header.conflicts_with(&in_body) => Err(Denial::new(
            DenialKind::PaymentError,
            "challenge.conflicting",
            "header and body of the 402 ask for different payments; nothing can be paid safely",
        )),
        (Some(challenge), _) => Ok(ReadChallenge::V2 { challenge, body }),
        (None, Some(challenge)) => Ok(ReadChallenge::V1 { challenge }),
        (None, None) => Ok(ReadChallenge::None { body }),
    }
}

/// The v1 challenge in a body, if it is one. What is JSON but not readable is refused: its reader might read it
/// differently (attack 28).
pub(super) fn v1_challenge(body: &Bytes) -> Result<Option<Challenge>, Denial> {
    match Challenge::from_body(body.clone()) {
        Ok(challenge) => Ok(Some(challenge)),
        Err(error) if error.is_not_x402() || !resembles_json(body) => Ok(None),
        Err(error) => Err(unreadable(&error)),
    }
}

/// Whether some lenient reader could take a body for a JSON object.
fn resembles_json(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    text.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{')
}

async fn read_body<R: Body<Data = Bytes>>(body: R, deadline: Duration) -> Result<Bytes, Denial> {
    let refused = |code, detail: &str| {
        Err(Denial::new(
            DenialKind::PaymentError,
            code,
            detail.to_owned(),
        ))
    };
    match read_whole(body, MAX_BODY_BYTES, deadline).await {
        Ok(whole) => Ok(whole.bytes),
        Err(NotWhole::TooLarge) => refused(
            "challenge.too_large",
            "the body of the 402 is larger than 64 KiB; no real challenge is",
        ),
        Err(NotWhole::Interrupted) => refused(
            "challenge.interrupted",
            "the body of the 402 broke off; ask again",
        ),
        Err(NotWhole::TooSlow) => refused(
            "challenge.deadline",
            "the body of the 402 did not arrive in time; ask again",
        ),
    }
}

pub(crate) fn unreadable(error: &WireError) -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        error.code(),
        format!("the message is not valid x402: {error}"),
    )
    .with_source(*error)
}

/// Paid answers and challenges must not be shared by a cache (attack 126).
pub(crate) fn no_store(headers: &mut HeaderMap) {
    let kept_private = headers.get(CACHE_CONTROL).is_some_and(|value| {
        let value = value.as_bytes().to_ascii_lowercase();
        [&b"no-store"[..], b"private"]
            .into_iter()
            .any(|word| value.windows(word.len()).any(|part| part == word))
    });
    if !kept_private {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
