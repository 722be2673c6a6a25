//! Claims what a payment is, before it is made.

use std::sync::Arc;
use std::time::Duration;

use super::fingerprint::{FingerprintKey, FingerprintKeyError, authorization_key, binding};
use crate::clock::UnixMillis;
use crate::control::{Control, ControlKind};
use crate::denial::{Denial, DenialKind};
use crate::payment::{Outcome, Payment, Position};
use crate::step::Step;
use crate::store::{Claim, ClaimKey, Claims, MemoryStore, StoreError};

/// How long the same logical request is not paid again, unless configured otherwise.
pub(crate) const DEFAULT_TTL: Duration = Duration::from_secs(300);

/// Added to every authorization's end: clocks of chain, facilitator and guard differ.
const SKEW: Duration = Duration::from_secs(60);

/// Lets a payment happen once, by claims in a store.
#[derive(Debug)]
pub struct ReplayControl {
    claims: Arc<dyn Claims>,
    key: FingerprintKey,
    ttl: Duration,
}

struct Wish {
    key: ClaimKey,
    until: UnixMillis,
    code: &'static str,
    detail: &'static str,
}

impl ReplayControl {
    /// Claims in `claims`, fingerprinting with `key`. A shared store wants the same key everywhere.
    #[must_use]
    pub fn new(claims: Arc<dyn Claims>, key: FingerprintKey) -> Self {
        Self {
            claims,
            key,
            ttl: DEFAULT_TTL,
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

    /// Does not pay the same logical request again for `ttl`; longer where the authorization lives longer.
    #[must_use]
    pub fn with_ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    fn wishes(&self, payment: &Payment) -> Result<Vec<Wish>, Denial> {
        let (exchange, terms) = (payment.exchange(), payment.terms());
        let now = exchange.now();
        let life = Duration::from_secs(terms.lifetime_seconds).saturating_add(SKEW);
        let mut wishes = Vec::with_capacity(2);
        if let Some(authorization) = payment.authorization() {
            let key = authorization_key(&terms.chain, authorization).ok_or_else(|| {
                Denial::new(
                    DenialKind::ReplayDetected,
                    "replay.no_key",
                    "this kind of payment has no key by which it could be used once",
                )
            })?;
            wishes.push(Wish {
                key,
                until: now.saturating_add(life),
                code: "replay.authorization",
                detail: "this payment was used already; sign a new one for a new request",
            });
        }
        let logical = match exchange.position() {
            Position::Seller => None,
            _ => self.key.logical_request(payment),
        };
        if let Some(key) = logical {
            wishes.push(Wish {
                key,
                until: now.saturating_add(self.ttl.max(life)),
                code: "replay.duplicate",
                detail: "this request was paid already, or is being paid; wait until its claim runs out or send a new Idempotency-Key",
            });
        }
        Ok(wishes)
    }

    async fn claim_all(&self, payment: &mut Payment, wishes: Vec<Wish>) -> Result<(), Denial> {
        let (id, now) = (payment.id(), payment.exchange().now());
        let value = binding(payment.exchange());
        for wish in wishes {
            // Noted first: dropped while the store is asked, it is still given back.
            payment.claimed_mut().push(*wish.key.as_bytes());
            let asked = self.claims.claim(wish.key, id, &value, now, wish.until);
            let denial = match asked.await {
                Ok(Claim::Taken) => continue,
                Ok(Claim::Held { .. }) => {
                    Denial::new(DenialKind::ReplayDetected, wish.code, wish.detail)
                }
                Err(error) => store_denial(&error),
            };
            self.give_back(payment).await;
            payment.claimed_mut().clear();
            return Err(denial);
        }
        Ok(())
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

impl Control for ReplayControl {
    fn kind(&self) -> ControlKind {
        ControlKind::Replay
    }

    fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        let wishes = match self.wishes(payment) {
            Ok(wishes) => wishes,
            Err(denial) => return Step::ready(Err(denial)),
        };
        if let Some(wish) = wishes.last() {
            payment.set_fingerprint(*wish.key.as_bytes());
        }
        Step::wait(self.claim_all(payment, wishes))
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

fn store_denial(error: &StoreError) -> Denial {
    Denial::new(DenialKind::ReplayDetected, error.code(), error.to_string())
        .with_status(http::StatusCode::SERVICE_UNAVAILABLE)
        .with_source(error.clone())
}
