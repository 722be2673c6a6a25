//! A seller hands each payment to its facilitator for settlement in one form, and no more once it is settled.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::UnixMillis;
use crate::control::{Control, ControlKind};
use crate::denial::{Denial, DenialKind};
use crate::digest::length_prefixed;
use crate::payment::{Operation, Outcome, Payment, PaymentId};
use crate::step::Step;
use crate::store::{Claim, ClaimKey, Claims, MemoryStore};
use crate::wire::Authorization;

/// Added to every authorization's end: clocks of chain, facilitator and guard differ.
const SKEW: Duration = Duration::from_secs(60);

/// Lets a payment be settled in one form only, on its way to the facilitator.
///
/// A seller legitimately verifies a payment, settles it, and settles it once more with the same body where the answer did
/// not come or was `settlement_pending`. So a `/settle` with the same body is a retry and passes, until one has succeeded;
/// one with another body for the same authorization (another amount, another requirement) is denied, and so is any after
/// it was settled. A `/verify` is not looked at. Claims last until the authorization has run out.
#[derive(Debug, Clone)]
pub struct SettleOnce {
    claims: Arc<dyn Claims>,
}

/// What was claimed by this call, to be given back where it did not leave.
#[derive(Debug, Clone, Copy)]
struct Claimed(ClaimKey);

/// One payment's claims.
struct Keys {
    /// Held by the first `/settle`, with the digest of its body.
    begun: ClaimKey,
    /// Held once it was settled.
    settled: ClaimKey,
    digest: [u8; 32],
    until: UnixMillis,
}

impl SettleOnce {
    /// Claims in `claims`; give all instances of a seller the same store.
    #[must_use]
    pub fn new(claims: Arc<dyn Claims>) -> Self {
        Self { claims }
    }

    /// Claims in the memory of this process.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::new(Arc::new(MemoryStore::new()))
    }

    async fn begin(&self, payment: &mut Payment, keys: Keys) -> Result<(), Denial> {
        let (id, now) = (payment.id(), payment.exchange().now());
        let settled = self.claims.read(keys.settled, now).await;
        if settled
            .map_err(|error| error.denial(DenialKind::ReplayDetected))?
            .is_some()
        {
            return Err(Denial::new(
                DenialKind::ReplayDetected,
                "replay.settled",
                "this payment was settled already; settle another",
            ));
        }
        // Noted first: dropped while the store is asked, it is still given back.
        payment.extensions_mut().insert(Claimed(keys.begun));
        let claim = self
            .claims
            .claim(keys.begun, id, &keys.digest, now, keys.until);
        match claim.await {
            Ok(Claim::Taken) => return Ok(()),
            Ok(Claim::Held { value, .. }) => {
                payment.extensions_mut().remove::<Claimed>();
                if value == keys.digest {
                    return Ok(());
                }
            }
            Err(error) => {
                self.give_back(keys.begun, id).await;
                payment.extensions_mut().remove::<Claimed>();
                return Err(error.denial(DenialKind::ReplayDetected));
            }
        }
        Err(Denial::new(
            DenialKind::ReplayDetected,
            "replay.settle_differs",
            "this payment was handed in for settlement with another message before; repeat that one",
        ))
    }

    async fn close(&self, payment: &Payment, keys: Keys) {
        let (id, now) = (payment.id(), payment.exchange().now());
        let claim = self
            .claims
            .claim(keys.settled, id, &keys.digest, now, keys.until);
        if let Err(error) = claim.await {
            tracing::error!(payment = %id, code = error.code(), "a settlement was not remembered");
        }
    }

    async fn give_back(&self, key: ClaimKey, id: PaymentId) {
        if let Err(error) = self.claims.give_back(key, id).await {
            tracing::error!(payment = %id, code = error.code(), "a claim was not given back");
        }
    }
}

impl Control for SettleOnce {
    fn kind(&self) -> ControlKind {
        ControlKind::Replay
    }

    fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        match keys(payment) {
            Some(keys) => Step::wait(self.begin(payment, keys)),
            None => Step::ready(Ok(())),
        }
    }

    fn finish<'a>(&'a self, payment: &'a Payment, outcome: &'a Outcome) -> Step<'a, ()> {
        match (
            outcome,
            payment.extensions().get::<Claimed>(),
            keys(payment),
        ) {
            (Outcome::Settled(_), _, Some(keys)) => Step::wait(self.close(payment, keys)),
            (Outcome::NotSent(_), Some(Claimed(key)), _) => {
                Step::wait(self.give_back(*key, payment.id()))
            }
            _ => Step::ready(()),
        }
    }

    fn abandon(&self, payment: &Payment, outcome: &Outcome) {
        if let (Outcome::NotSent(_), Some(Claimed(key))) =
            (outcome, payment.extensions().get::<Claimed>())
        {
            self.claims.give_back_now(*key, payment.id());
        }
    }
}

/// What a payment on its way to be settled is claimed under; `None` for anything else.
fn keys(payment: &Payment) -> Option<Keys> {
    if payment.extensions().get::<Operation>() != Some(&Operation::Settle) {
        return None;
    }
    let digest = *payment.exchange().body_digest()?;
    let life = Duration::from_secs(payment.terms().lifetime_seconds).saturating_add(SKEW);
    Some(Keys {
        begun: key(b"x402-tower/settle", payment, &digest),
        settled: key(b"x402-tower/settled", payment, &digest),
        digest,
        until: payment.exchange().now().saturating_add(life),
    })
}

/// A digest of what makes the authorization unique by its scheme's own rule, or of the whole message where the scheme is
/// not known.
fn key(domain: &[u8], payment: &Payment, message: &[u8; 32]) -> ClaimKey {
    let chain = payment.terms().chain.as_str().as_bytes();
    let (kind, payer, nonce): (&[u8], &[u8], &[u8]) = match payment.authorization() {
        Some(Authorization::Eip3009 { from, nonce, .. }) => {
            (b"eip3009", from.as_str().as_bytes(), nonce)
        }
        Some(Authorization::Permit2 { from, nonce, .. }) => {
            (b"permit2", from.as_str().as_bytes(), nonce)
        }
        Some(Authorization::Svm { transaction }) => (b"svm", b"", transaction.as_bytes()),
        _ => (b"message", b"", message),
    };
    ClaimKey::from_bytes(length_prefixed(&[domain, chain, kind, payer, nonce]))
}
