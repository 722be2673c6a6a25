//! Claims what a payment is, before it is made.

use std::sync::Arc;
use std::time::Duration;

use super::fingerprint::{Beside, LogicalRequest, authorization_key};
use super::key::{FingerprintKey, FingerprintKeyError};
use super::refusal::{
    body_unknown, duplicate, long_lived, no_key, other_amount, other_request, reused_key,
    store_denial, used_already,
};
use crate::clock::UnixMillis;
use crate::control::{Control, ControlKind};
use crate::denial::Denial;
use crate::payment::{Outcome, Payment, Position};
use crate::step::Step;
use crate::store::{Claim, ClaimKey, Claims, MemoryStore};

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

/// What was claimed for a payment, or is being claimed: of its authorization, and of its request.
#[derive(Debug, Clone, Copy, Default)]
struct Claimed {
    authorization: Option<ClaimKey>,
    request: Option<ClaimKey>,
}

impl Claimed {
    fn keys(self) -> impl Iterator<Item = ClaimKey> {
        self.authorization.into_iter().chain(self.request)
    }
}

/// What has to be claimed for a payment, and until when.
struct Wanted {
    authorization: Option<(ClaimKey, UnixMillis)>,
    request: Option<(LogicalRequest, UnixMillis)>,
    beside: Beside,
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

    fn wanted(&self, payment: &Payment) -> Result<Wanted, Denial> {
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
        Ok(Wanted {
            authorization,
            request,
            beside: Beside::of(&self.key, payment),
        })
    }

    async fn claim_all(&self, payment: &mut Payment, wanted: Wanted) -> Result<(), Denial> {
        let claimed = self.claim_each(payment, wanted).await;
        if claimed.is_err() {
            self.give_back(payment).await;
            payment.extensions_mut().remove::<Claimed>();
        }
        claimed
    }

    async fn claim_each(&self, payment: &mut Payment, wanted: Wanted) -> Result<(), Denial> {
        let mut noted = Claimed::default();
        if let Some((key, until)) = wanted.authorization {
            noted.authorization = Some(key);
            let held = self
                .claim(payment, noted, key, &wanted.beside, until)
                .await?;
            if let Some(value) = held {
                return Err(if wanted.beside.same_request(&value) {
                    used_already()
                } else {
                    other_request()
                });
            }
        }
        let Some((request, until)) = wanted.request else {
            return Ok(());
        };
        let (mut same_request, mut same_amount) = (false, false);
        // Callers at the same time begin at different slots.
        let [high, low, ..] = *payment.id().as_bytes();
        for key in request.slots(u16::from_be_bytes([high, low]).into()) {
            noted.request = Some(key);
            match self
                .claim(payment, noted, key, &wanted.beside, until)
                .await?
            {
                None => return Ok(()),
                Some(value) => {
                    same_request |= wanted.beside.same_request(&value);
                    same_amount |= wanted.beside.same_amount(&value);
                }
            }
        }
        Err(if !same_request {
            reused_key()
        } else if same_amount {
            duplicate(request.is_repeatable())
        } else {
            other_amount()
        })
    }

    /// Claims one key; answers what its holder left beside it where somebody else has it.
    async fn claim(
        &self,
        payment: &mut Payment,
        noted: Claimed,
        key: ClaimKey,
        beside: &Beside,
        until: UnixMillis,
    ) -> Result<Option<Vec<u8>>, Denial> {
        // Noted first: dropped while the store is asked, it is still given back.
        payment.extensions_mut().insert(noted);
        let (id, now) = (payment.id(), payment.exchange().now());
        let value = beside.as_bytes();
        match self.claims.claim(key, id, value, now, until).await {
            Ok(Claim::Taken) => Ok(None),
            Ok(Claim::Held { value, .. }) => Ok(Some(value)),
            Err(error) => Err(store_denial(&error)),
        }
    }

    async fn give_back(&self, payment: &Payment) {
        let Some(claimed) = payment.extensions().get::<Claimed>() else {
            return;
        };
        for key in claimed.keys() {
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
        // What goes to a facilitator was claimed by the seller whose payment it is.
        if payment.exchange().position() == Position::FacilitatorBound {
            return Step::ready(Ok(()));
        }
        let wanted = match self.wanted(payment) {
            Ok(wanted) => wanted,
            Err(denial) => return Step::ready(Err(denial)),
        };
        let of_request = wanted.request.map(|(request, _)| request.fingerprint());
        let of_authorization = wanted.authorization.map(|(key, _)| *key.as_bytes());
        if let Some(fingerprint) = of_request.or(of_authorization) {
            payment.set_fingerprint(fingerprint);
        }
        Step::wait(self.claim_all(payment, wanted))
    }

    fn finish<'a>(&'a self, payment: &'a Payment, outcome: &'a Outcome) -> Step<'a, ()> {
        let claimed = payment.extensions().get::<Claimed>().is_some();
        if claimed && matches!(outcome, Outcome::NotSent(_)) {
            Step::wait(self.give_back(payment))
        } else {
            Step::ready(())
        }
    }

    fn abandon(&self, payment: &Payment, outcome: &Outcome) {
        if !matches!(outcome, Outcome::NotSent(_)) {
            return;
        }
        if let Some(claimed) = payment.extensions().get::<Claimed>() {
            for key in claimed.keys() {
                self.claims.give_back_now(key, payment.id());
            }
        }
    }
}
