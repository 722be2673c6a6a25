//! Turns challenges into payments, for any transport.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Body;
use sha2::{Digest, Sha256};

use super::answered::Answered;
use super::begin::{Begin, Resend, begin};
use super::choose::acceptable;
use super::reserved::ReservedPayment;
use super::signature::sign;
use super::signer::Signer;
use crate::chain::Chain;
use crate::context::Context;
use crate::denial::Denial;
use crate::flight::Flight;
use crate::idempotency::Idempotency;
use crate::outgoing::{OutgoingBody, OutgoingRequest, RequestNeed, ScreenedRequest};
use crate::payment::{Exchange, Position};
use crate::service::{
    GuardBody, Live, Prepared, ReadChallenge, Shared, binds_bodies, carries_payment,
    nothing_payable, prepare, read_challenge, read_paid_body, screen,
};
use crate::wire::Challenge;

/// Turns challenges into payments, for any transport: the tower service and the reqwest adapter share it.
///
/// Clones share everything.
#[derive(Debug, Clone)]
pub struct Payer {
    live: Live,
    signer: Option<Arc<dyn Signer>>,
}

impl Payer {
    /// A payer whose every payment goes through `chain` before `signer` sees it.
    ///
    /// Signed payments are kept in the memory of this process; see [`with_idempotency`](Self::with_idempotency).
    pub fn new(chain: Chain, context: Context, signer: Arc<dyn Signer>) -> Self {
        let idempotency = Idempotency::in_memory();
        Self {
            live: Live::Fixed(Shared::paying(chain, context, Some(idempotency))),
            signer: Some(signer),
        }
    }

    /// Keeps signed payments, and finds them again, by `idempotency`.
    #[must_use]
    pub fn with_idempotency(self, idempotency: Idempotency) -> Self {
        let shared = self.live.now();
        let (chain, context) = (shared.chain.clone(), shared.context.clone());
        Self {
            live: Live::Fixed(Shared::paying(chain, context, Some(idempotency))),
            signer: self.signer,
        }
    }

    pub(crate) fn with_live(live: Live, signer: Option<Arc<dyn Signer>>) -> Self {
        Self { live, signer }
    }

    /// The payer as it is at this moment, whatever is loaded later.
    ///
    /// Every method decides by one policy from its beginning to its end. A transport that calls several for one payment
    /// takes this first and uses it for all of them, so that they agree (attack 84).
    #[must_use]
    pub fn pinned(&self) -> Self {
        Self {
            live: self.live.pinned(),
            signer: self.signer.clone(),
        }
    }

    /// A payer that signs nothing: it decides on what third parties have signed, and screens the challenges that they
    /// will sign for.
    #[must_use]
    pub fn without_signer(chain: Chain, context: Context) -> Self {
        Self {
            live: Live::Fixed(Shared::new(chain, context)),
            signer: None,
        }
    }

    /// Whether it has a signer.
    #[must_use]
    pub fn signs(&self) -> bool {
        self.signer.is_some()
    }

    /// Redacts and narrows a 402 for a third party that will sign for it; another response is left as it is. A
    /// challenge that cannot be let through is replaced by the denial.
    pub async fn screen<R>(
        &self,
        exchange: &Exchange,
        response: Response<R>,
    ) -> Response<GuardBody<R>>
    where
        R: Body<Data = Bytes>,
    {
        if response.status() != StatusCode::PAYMENT_REQUIRED {
            return response.map(GuardBody::inner);
        }
        let mut exchange = exchange.clone();
        exchange.position = Position::ThirdPartyPayer;
        screen(&self.live.now(), &exchange, response).await
    }

    /// What it knows besides its controls, at this moment.
    #[must_use]
    pub fn context(&self) -> Context {
        self.live.now().context.clone()
    }

    #[inline]
    pub(crate) fn watches(&self) -> bool {
        self.live.watches()
    }

    pub(crate) fn watching<B>(&self, request: &Request<B>) -> Option<Arc<Shared>> {
        self.live.watching(request)
    }

    pub(crate) fn now(&self) -> Arc<Shared> {
        self.live.now()
    }

    /// The exchange that a request begins in the buyer's position; `body` is its body, where it can be sent again.
    ///
    /// # Errors
    ///
    /// A [`Denial`] where the request names no origin, its idempotency key is malformed or the clock is missing.
    pub fn exchange(&self, parts: &Parts, body: Option<&[u8]>) -> Result<Exchange, Denial> {
        let exchange = self.now().context.exchange(Position::Buyer, parts)?;
        Ok(match body {
            Some(body) => exchange.with_body_digest(Sha256::digest(body).into()),
            None => exchange,
        })
    }

    /// What of a request its controls want to see before it leaves, so that a transport holds no body for nothing.
    #[must_use]
    pub fn request_need(&self) -> RequestNeed {
        self.now().chain.request_need()
    }

    /// Lets the controls redact a request before its first byte leaves, and marks it with a
    /// [`ScreenedRequest`](crate::outgoing::ScreenedRequest) in its extensions. Send, and later pay for, what it is then.
    ///
    /// # Errors
    ///
    /// The [`Denial`], after every control has been told; nothing may be sent.
    pub async fn screen_request(
        &self,
        parts: &mut Parts,
        body: OutgoingBody<'_>,
    ) -> Result<(), Denial> {
        let shared = self.now();
        let mut outgoing = OutgoingRequest::new(&mut parts.uri, &mut parts.headers, body);
        let verdict = shared.chain.screen_request(&mut outgoing);
        let screened = ScreenedRequest::new(outgoing.into_findings());
        parts.extensions.insert(screened);
        match verdict {
            Ok(()) => Ok(()),
            Err(denial) => Err(match shared.context.exchange(Position::Buyer, parts) {
                Ok(exchange) => shared.chain.refused(&exchange, denial).await,
                Err(_) => denial,
            }),
        }
    }

    /// Reads the challenge of a 402, header or body, under the caps and the deadline.
    ///
    /// # Errors
    ///
    /// A [`Denial`] where it cannot be read safely. Pass it to [`refuse`](Self::refuse), so that it is on record.
    pub async fn read_challenge<R>(
        &self,
        parts: &http::response::Parts,
        body: R,
    ) -> Result<ReadChallenge, Denial>
    where
        R: Body<Data = Bytes>,
    {
        read_challenge(&self.now().context, parts, body).await
    }

    /// Whether a control binds payments to the bodies of their requests, so that [`forward`](Self::forward) wants to know
    /// them. Without one a body of any length may pass unread.
    #[must_use]
    pub fn binds_bodies(&self) -> bool {
        binds_bodies(&self.now())
    }

    /// Reads the body of a request that a third party has put a payment on, under the cap and the deadline of the
    /// [`Context`]. Pass it to [`exchange`](Self::exchange), then send it.
    ///
    /// # Errors
    ///
    /// A [`Denial`] where it is too long, too slow, broken or followed by trailers.
    pub async fn read_body<B>(&self, body: B) -> Result<Bytes, Denial>
    where
        B: Body<Data = Bytes>,
    {
        read_paid_body(&self.now().context, body).await
    }

    /// Decides on a payment that a third party has put on a request already.
    ///
    /// # Errors
    ///
    /// The [`Denial`], after every control has been told.
    pub async fn forward(
        &self,
        exchange: &Exchange,
        headers: &HeaderMap,
    ) -> Result<Prepared, Denial> {
        let mut exchange = exchange.clone();
        exchange.position = Position::ThirdPartyPayer;
        prepare(&self.now(), &exchange, headers).await
    }

    /// Whether a request carries a payment header of either version.
    #[must_use]
    pub fn carries_payment(headers: &HeaderMap) -> bool {
        carries_payment(headers)
    }

    /// Answers a challenge: a payment that every control allowed, signed and compared, ready to send.
    ///
    /// A request that was paid for before, by whoever had this name for it, gets the payment that was signed then: its bytes
    /// are sent again ([`idempotency`](crate::idempotency)). For a new one,
    /// the cheapest offer that the controls would allow and the signer can pay is chosen (attacks 38 and 39).
    ///
    /// # Errors
    ///
    /// The [`Denial`], after every control has been told; the signer was not called, or what it signed did not leave.
    pub async fn answer(
        &self,
        exchange: Exchange,
        challenge: Challenge,
    ) -> Result<Answered, Denial> {
        let shared = self.now();
        let chain = &shared.chain;
        let (Some(signer), Some(idempotency)) = (&self.signer, &shared.idempotency) else {
            return Err(chain.refused(&exchange, nothing_payable()).await);
        };
        let begun = match begin(idempotency, &exchange).await {
            Ok(begun) => begun,
            Err(denial) => return Err(chain.refused(&exchange, denial).await),
        };
        let ticket = match begun {
            Begin::First(ticket) => ticket,
            Begin::Again(resend) => {
                let Resend {
                    payment,
                    name,
                    value,
                    ticket,
                } = *resend;
                let flight = Flight::new(payment).check_all(chain).await?;
                let prepared = Prepared::again(flight, name, value, ticket).await?;
                return Ok(Answered::Pay(Box::new(prepared)));
            }
            Begin::Settled(receipt) => return Ok(Answered::Settled(receipt)),
        };
        let (choice, mut payment) =
            match acceptable(&shared, &exchange, &challenge, |requirement, terms| {
                signer.can_sign(requirement, terms)
            }) {
                Ok(chosen) => chosen,
                Err(denial) => return Err(chain.refused(&exchange, denial).await),
            };
        payment.note_request_key(ticket.key());
        let flight = Flight::new(payment).check_all(chain).await?;
        let prepared = sign(
            flight,
            ticket,
            &challenge,
            choice,
            &shared.context,
            &**signer,
        )
        .await?;
        Ok(Answered::Pay(Box::new(prepared)))
    }

    /// Lets the controls decide on a challenge that somebody else will sign for, where this process does not see it, and
    /// sets the money aside.
    ///
    /// The cheapest offer that the controls would allow is chosen. It counts as sent from now on: the caller may sign it at
    /// once. A payer needs no signer for this.
    ///
    /// # Errors
    ///
    /// The [`Denial`], after every control has been told; nothing is set aside.
    pub async fn reserve(
        &self,
        exchange: Exchange,
        challenge: &Challenge,
    ) -> Result<ReservedPayment, Denial> {
        let shared = self.now();
        let (choice, payment) = match acceptable(&shared, &exchange, challenge, |_, _| true) {
            Ok(chosen) => chosen,
            Err(denial) => return Err(shared.chain.refused(&exchange, denial).await),
        };
        let flight = Flight::new(payment).check_all(&shared.chain).await?;
        ReservedPayment::new(flight, choice).await
    }

    /// Tells every control that an exchange was refused before there was a payment.
    pub async fn refuse(&self, exchange: &Exchange, denial: Denial) -> Denial {
        self.now().chain.refused(exchange, denial).await
    }
}
