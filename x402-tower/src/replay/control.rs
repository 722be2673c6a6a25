//! Claims what a payment is, before it is made.

use core::ops::ControlFlow::{self, Break, Continue};
use std::sync::Arc;
use std::time::Duration;

use super::claiming::Claiming;
use super::fingerprint::{Beside, LogicalRequest, authorization_key};
use super::refusal::{body_unknown, long_lived, no_key};
use crate::control::{Control, ControlKind};
use crate::denial::Denial;
use crate::fingerprint_key::{FingerprintKey, FingerprintKeyError};
use crate::payment::{Outcome, Payment, Position};
use crate::step::Step;
use crate::store::{Claim, ClaimKey, Claims, MemoryStore, StoreError};

/// How long the same logical request is not paid again, unless configured otherwise.
pub(crate) const DEFAULT_TTL: Duration = Duration::from_secs(300);

/// Added to every authorization's end: clocks of chain, facilitator and guard differ.
const SKEW: Duration = Duration::from_secs(60);

/// Longest authorization that a seller takes, unless configured otherwise: its claim is kept as long.
const DEFAULT_MAX_LIFETIME: Duration = Duration::from_secs(86_400);

/// Lets a payment happen once, by claims in a store.
///
/// A repeat is told from a new payment by what was requested, never by what the challenge says of itself:
///
/// ```
#[doc = include_str!("../../doc/payment.rs")]
/// use std::time::Duration;
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
/// use x402_tower::Denial;
/// use x402_tower::replay::{ReplayControl, ReplayLayer};
///
/// let control = ReplayControl::in_memory()?.with_ttl(Duration::from_secs(600));
/// let client = ServiceBuilder::new().layer(ReplayLayer::new(control)).service(service_fn(seller));
///
/// // Two payments of two signatures, for one request: the second is stopped, and says that its price differs.
/// assert_eq!(client.clone().oneshot(payment("10000", "a report")).await?.status(), 200);
/// let again = client.clone().oneshot(payment("20000", "a report")).await?;
/// assert_eq!(again.extensions().get::<Denial>().unwrap().code(), "replay.duplicate_amount");
#[doc = include_str!("../../doc/end.rs")]
/// ```
#[derive(Debug)]
pub struct ReplayControl {
    claims: Arc<dyn Claims>,
    key: FingerprintKey,
    ttl: Duration,
    repeats: u16,
    max_lifetime: Duration,
}

impl ReplayControl {
    /// Claims in `claims`, fingerprinting with `key`. A shared store wants the same key everywhere.
    #[must_use]
    pub fn new(claims: Arc<dyn Claims>, key: FingerprintKey) -> Self {
        Self {
            claims,
            key,
            ttl: DEFAULT_TTL,
            repeats: 0,
            max_lifetime: DEFAULT_MAX_LIFETIME,
        }
    }

    /// Claims in the memory of this process, under a fresh key.
    ///
    /// # Errors
    ///
    /// [`FingerprintKeyError::NoRandomness`].
    pub fn in_memory() -> Result<Self, FingerprintKeyError> {
        Ok(Self::new(
            Arc::new(MemoryStore::new()),
            FingerprintKey::generate()?,
        ))
    }

    /// Does not pay the same logical request again for `ttl` (300 seconds by default); longer where the authorization
    /// lives longer.
    #[must_use]
    pub fn with_ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// Pays the same logical request up to `times` again within the time that each payment of it is remembered, also
    /// concurrently; not at all by default. For agents that poll on purpose: with a number, not without end.
    ///
    /// A request that names itself by an `Idempotency-Key` is paid once in any case. Finding out that no repeat is left
    /// asks the store as often as the request may be paid.
    #[must_use]
    pub fn with_max_repeats(mut self, times: u16) -> Self {
        self.repeats = times;
        self
    }

    /// In the seller's position, takes no authorization that could be settled later than `lifetime` from now; a day by
    /// default. Whoever pays chooses how long its claim is kept, and a store that is full refuses everybody.
    #[must_use]
    pub fn with_max_lifetime(mut self, lifetime: Duration) -> Self {
        self.max_lifetime = lifetime;
        self
    }

    fn claiming(&self, payment: &Payment) -> Result<Claiming, Denial> {
        let (exchange, terms) = (payment.exchange(), payment.terms());
        let now = exchange.now();
        let life = Duration::from_secs(terms.lifetime_seconds);
        if exchange.position() == Position::Seller && life > self.max_lifetime {
            return Err(long_lived());
        }
        let life = life.saturating_add(SKEW);
        let authorization = match payment.authorization() {
            Some(authorization) => {
                let key = authorization_key(&terms.chain, authorization).ok_or_else(no_key)?;
                Some((key, now.saturating_add(life)))
            }
            None => None,
        };
        let request = if exchange.position().spends() {
            let request = LogicalRequest::of(&self.key, payment, self.repeats);
            let until = now.saturating_add(self.ttl.max(life));
            Some((request.ok_or_else(body_unknown)?, until))
        } else {
            None
        };
        let beside = Beside::of(&self.key, payment);
        let [high, low, ..] = *payment.id().as_bytes();
        let first = u16::from_be_bytes([high, low]).into();
        Ok(Claiming::new(authorization, request, beside, first))
    }

    /// Asks for the next claim. It is noted first: dropped while the store is asked, it is still given back.
    fn ask<'a>(
        &'a self,
        payment: &mut Payment,
        claiming: &Claiming,
    ) -> Option<Step<'a, Result<Claim, StoreError>>> {
        let (key, until) = claiming.next()?;
        payment.claimed_mut().push(*key.as_bytes());
        let (id, now) = (payment.id(), payment.exchange().now());
        Some(self.claims.claim(key, id, claiming.beside(), now, until))
    }

    /// Goes on where the store has to be waited for.
    async fn claim_rest(
        &self,
        payment: &mut Payment,
        mut claiming: Claiming,
        waiting: Step<'_, Result<Claim, StoreError>>,
    ) -> Result<(), Denial> {
        let mut asked = Some(waiting);
        while let Some(step) = asked {
            if let Break(verdict) = hear(payment, &mut claiming, step.await) {
                return match verdict {
                    Ok(()) => Ok(()),
                    Err(denial) => self.refuse(payment, denial).await,
                };
            }
            asked = self.ask(payment, &claiming);
        }
        Ok(())
    }

    async fn refuse(&self, payment: &mut Payment, denial: Denial) -> Result<(), Denial> {
        self.give_back(payment).await;
        payment.claimed_mut().clear();
        Err(denial)
    }

    async fn give_back(&self, payment: &Payment) {
        for key in payment.claimed() {
            let key = ClaimKey::from_bytes(*key);
            if let Err(error) = self.claims.give_back(key, payment.id()).await {
                tracing::error!(payment = %payment.id(), code = error.code(), "a claim was not given back");
            }
        }
    }
}

/// Takes in an answer of the store. What somebody else holds is not to be given back.
fn hear(
    payment: &mut Payment,
    claiming: &mut Claiming,
    answer: Result<Claim, StoreError>,
) -> ControlFlow<Result<(), Denial>> {
    if matches!(answer, Ok(Claim::Held { .. })) {
        payment.claimed_mut().pop();
    }
    claiming.told(answer)
}

impl Control for ReplayControl {
    fn kind(&self) -> ControlKind {
        ControlKind::Replay
    }

    fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        // What goes to a facilitator was claimed by the seller whose payment it is.
        if payment.exchange().position() == Position::FacilitatorBound {
            return Step::ready(Ok(()));
        }
        let mut claiming = match self.claiming(payment) {
            Ok(claiming) => claiming,
            Err(denial) => return Step::ready(Err(denial)),
        };
        if let Some(fingerprint) = claiming.fingerprint() {
            payment.set_fingerprint(fingerprint);
        }
        while let Some(step) = self.ask(payment, &claiming) {
            let answer = match step.into_ready() {
                Ok(answer) => answer,
                Err(waiting) => return Step::wait(self.claim_rest(payment, claiming, waiting)),
            };
            match hear(payment, &mut claiming, answer) {
                Continue(()) => {}
                Break(Ok(())) => return Step::ready(Ok(())),
                Break(Err(denial)) => return Step::wait(self.refuse(payment, denial)),
            }
        }
        Step::ready(Ok(()))
    }

    fn finish<'a>(&'a self, payment: &'a Payment, outcome: &'a Outcome) -> Step<'a, ()> {
        if payment.claimed().is_empty() || !matches!(outcome, Outcome::NotSent(_)) {
            return Step::ready(());
        }
        Step::wait(self.give_back(payment))
    }

    fn abandon(&self, payment: &Payment, outcome: &Outcome) {
        if matches!(outcome, Outcome::NotSent(_)) {
            for key in payment.claimed() {
                let key = ClaimKey::from_bytes(*key);
                self.claims.give_back_now(key, payment.id());
            }
        }
    }
}
