//! The guard, for any transport.

use core::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::request::Parts;
use http::{Method, StatusCode};
use http_body::Body;
use sha2::{Digest, Sha256};

use super::call::FacilitatorCall;
use super::{Operation, bind};
use crate::chain::Chain;
use crate::context::Context;
use crate::denial::{Denial, DenialKind};
use crate::flight::Flight;
use crate::guard::GuardConfig;
use crate::payment::{Exchange, Payment, PaymentId, Position, Terms};
use crate::service::{
    Live, NotWhole, Shared, Whole, no_randomness, read_whole, unreadable, write_back,
};
use crate::wire::{Authorization, FacilitatorRequest, MAX_BODY_BYTES};

/// Screens what a seller sends to `/verify` and `/settle`, for any transport: the tower service and the reqwest adapter
/// share it.
///
/// Clones share everything.
#[derive(Clone)]
pub struct FacilitatorGuard {
    live: Live,
}

impl FacilitatorGuard {
    /// A guard with the controls of [`GuardConfig::facilitator`], also those that it loads later.
    #[must_use]
    pub fn new(config: &GuardConfig) -> Self {
        Self {
            live: config.live(),
        }
    }

    /// A guard with these controls.
    #[must_use]
    pub fn with_chain(chain: Chain, context: Context) -> Self {
        Self {
            live: Live::Fixed(Shared::new(chain, context)),
        }
    }

    /// What a request asks the facilitator to do; `None` for one that passes unseen.
    #[must_use]
    pub fn operation(&self, method: &Method, path: &str) -> Option<Operation> {
        Operation::of(method, path)
    }

    /// Reads the body of a request under a cap of [`MAX_BODY_BYTES`] and the context's deadline.
    ///
    /// # Errors
    ///
    /// A [`Denial`] where it is too long, too slow or breaks off.
    pub async fn read_body<B: Body<Data = Bytes>>(&self, body: B) -> Result<Bytes, Denial> {
        let deadline = self.live.now().context.challenge_deadline;
        let whole = read_whole(body, MAX_BODY_BYTES, deadline).await;
        match whole {
            Ok(Whole {
                bytes,
                trailers: false,
            }) => Ok(bytes),
            Ok(_) => Err(refused(
                StatusCode::BAD_REQUEST,
                "facilitator.trailers",
                "the message to the facilitator has trailer fields, which nobody screens; send them as headers",
            )),
            Err(NotWhole::TooLarge) => Err(too_large()),
            Err(NotWhole::TooSlow | NotWhole::Interrupted) => Err(refused(
                StatusCode::BAD_REQUEST,
                "facilitator.interrupted",
                "the message to the facilitator broke off or did not come in time; send it again",
            )),
        }
    }

    /// Decides on a message to the facilitator, and redacts it. What comes back is what may leave.
    ///
    /// # Errors
    ///
    /// The [`Denial`], after every control has been told; nothing was sent.
    pub async fn check(
        &self,
        operation: Operation,
        parts: &Parts,
        body: Bytes,
    ) -> Result<FacilitatorCall, Denial> {
        let shared = self.live.now();
        let mut exchange = shared.context.exchange(Position::FacilitatorBound, parts)?;
        exchange = exchange.with_body_digest(Sha256::digest(&body).into());
        let opened = open(operation, &shared.context, &exchange, parts, body);
        let (request, payment) = match opened {
            Ok(opened) => opened,
            Err(denial) => return Err(shared.chain.refused(&exchange, denial).await),
        };
        decide(shared, operation, request, payment).await
    }

    /// Tells every control that a message was refused before it could be read.
    pub async fn refuse(&self, parts: &Parts, denial: Denial) -> Denial {
        let shared = self.live.now();
        match shared.context.exchange(Position::FacilitatorBound, parts) {
            Ok(exchange) => shared.chain.refused(&exchange, denial).await,
            Err(_) => denial,
        }
    }
}

fn open(
    operation: Operation,
    context: &Context,
    exchange: &Exchange,
    parts: &Parts,
    body: Bytes,
) -> Result<(FacilitatorRequest, Payment), Denial> {
    exchange.check()?;
    let mut encodings = parts.headers.get_all(CONTENT_ENCODING).iter();
    if encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(refused(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "facilitator.encoded",
            "the message to the facilitator is compressed and cannot be looked into; compress it inside this guard",
        ));
    }
    let request = FacilitatorRequest::parse(body)
        .map_err(|error| unreadable(&error).with_status(StatusCode::BAD_REQUEST))?;
    let mut terms = Terms::of(request.requirement(), &context.assets)?;
    if let Some(until) = valid_until(request.payload().authorization()) {
        terms.lifetime_seconds = until.saturating_sub(exchange.now().as_secs());
    }
    bind::check(operation, &request, &terms)?;
    let id = PaymentId::random().ok_or_else(no_randomness)?;
    let mut payment = Payment::new(id, exchange.clone(), request.version(), terms);
    payment.set_authorization(request.payload().shared_authorization());
    payment.set_texts(request.texts());
    payment.extensions_mut().insert(operation);
    Ok((request, payment))
}

/// The last moment at which an authorization may be settled, in Unix seconds.
fn valid_until(authorization: &Authorization) -> Option<u64> {
    match authorization {
        Authorization::Eip3009 { valid_before, .. } => Some(*valid_before),
        Authorization::Permit2 { deadline, .. } => Some(*deadline),
        _ => None,
    }
}

async fn decide(
    shared: Arc<Shared>,
    operation: Operation,
    mut request: FacilitatorRequest,
    payment: Payment,
) -> Result<FacilitatorCall, Denial> {
    let mut flight = Flight::new(payment).check_all(&shared.chain).await?;
    if let Err(denial) = flight.approve().await {
        return Err(flight.deny(denial).await);
    }
    if let Err(denial) = write_back(&mut request, flight.payment().texts()) {
        return Err(flight.deny(denial).await);
    }
    match flight.sending().await {
        Ok(()) => Ok(FacilitatorCall::new(
            operation,
            flight,
            &request,
            shared.context.challenge_deadline,
        )),
        Err(denial) => Err(flight.deny(denial).await),
    }
}

fn too_large() -> Denial {
    refused(
        StatusCode::PAYLOAD_TOO_LARGE,
        "facilitator.too_large",
        "the message to the facilitator is larger than 64 KiB; no real one is",
    )
}

fn refused(status: StatusCode, code: &'static str, detail: &'static str) -> Denial {
    Denial::new(DenialKind::PaymentError, code, detail).with_status(status)
}

impl fmt::Debug for FacilitatorGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FacilitatorGuard")
            .field("controls", &self.live.now().chain)
            .finish_non_exhaustive()
    }
}
