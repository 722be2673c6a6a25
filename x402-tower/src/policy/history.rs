//! What earlier payments have left behind, and what a first payment leaves.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use super::choice::RecipientPinning;
use super::drift::QuoteDrift;
use super::first_contact::{self, Stranger};
use super::key;
use super::origin::Origin;
use super::pin::{self, PinKeys, Pinning};
use super::rules::Rules;
use super::violation::Violation;
use crate::money::Usd;
use crate::payment::{Outcome, Payment};
use crate::store::{ClaimKey, Claims, Limit, StoreError};

/// What tells these keys from any other digest.
pub(super) const FACTS: &[u8] = b"x402-tower/policy/fact/v1";

/// A century: as long as no operator forgets it.
pub(super) const FOR_EVER: Duration = Duration::from_secs(100 * 366 * 86_400);

/// The key of a fact. No policy revision is part of it, so that facts outlive a reload.
pub(super) fn fact_key(parts: &[&[u8]]) -> ClaimKey {
    ClaimKey::from_bytes(key::digest(FACTS, parts))
}

/// What a policy asks of earlier payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Memory {
    pub(super) pinning: RecipientPinning,
    pub(super) first_contact_cap: Option<Usd>,
    pub(super) drift: Option<QuoteDrift>,
}

impl Memory {
    pub(super) fn of(rules: &Rules) -> Self {
        let window = rules.quote_drift_window;
        Self {
            pinning: rules.recipient_pinning,
            first_contact_cap: rules.first_contact_cap,
            drift: rules.max_quote_drift_percent.map(|max_percent| QuoteDrift {
                max_percent,
                window,
            }),
        }
    }

    /// Whether any earlier payment matters.
    pub(super) fn is_needed(&self) -> bool {
        *self != Self::default()
    }
}

/// Why a payment may not follow on earlier ones.
#[derive(Debug)]
pub(super) enum Refused {
    Broken(Violation),
    Unanswered(StoreError),
}

impl From<Violation> for Refused {
    fn from(violation: Violation) -> Self {
        Self::Broken(violation)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Unanswered(error)
    }
}

/// In what a payment is the first of its kind. Kept with the payment, from its check to its end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Firsts {
    pin: Option<PinKeys>,
    stranger: Option<Stranger>,
    quote: Option<ClaimKey>,
}

impl Firsts {
    /// Whether it is the first in nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.pin.is_none() && self.stranger.is_none() && self.quote.is_none()
    }

    /// Whether it has still to be asked before it is sent.
    pub(super) fn is_unpinned(&self) -> bool {
        self.pin.is_some()
    }
}

/// Facts about settled payments, in a claim store.
#[derive(Debug, Clone)]
pub(super) struct History {
    pub(super) claims: Arc<dyn Claims>,
    pub(super) memory: Memory,
}

impl History {
    /// Holds a payment against everything that is known. Takes nothing, so it may be dropped anywhere.
    pub(super) async fn look(&self, payment: &mut Payment) -> Result<Firsts, Refused> {
        let mut firsts = Firsts::default();
        let origin = origin(payment)?;
        let claims = &*self.claims;
        if self.memory.pinning != RecipientPinning::Off {
            let known = self.pinning(&origin).look(payment).await;
            firsts.pin = match known {
                Ok(keys) => keys,
                Err(refused) => {
                    self.unless_warning(payment, refused)?;
                    None
                }
            };
        }
        if self.memory.first_contact_cap.is_some() {
            firsts.stranger = first_contact::look(claims, payment, &origin).await?;
        }
        if let Some(drift) = &self.memory.drift {
            firsts.quote = drift.look(claims, payment, &origin).await?;
        }
        Ok(firsts)
    }

    /// Makes a first payment the candidate for its pin. [`withdraw`](Self::withdraw) gives that back.
    pub(super) async fn stand(
        &self,
        payment: &mut Payment,
        firsts: &Firsts,
    ) -> Result<(), Refused> {
        let Some(keys) = &firsts.pin else {
            return Ok(());
        };
        let origin = origin(payment)?;
        match self.pinning(&origin).stand(payment, keys).await {
            Ok(()) => Ok(()),
            Err(refused) => self.unless_warning(payment, refused),
        }
    }

    /// The limit that a payment to a stranger counts under besides all others.
    pub(super) fn limit(&self, firsts: &Firsts) -> Option<Limit> {
        let (stranger, cap) = (firsts.stranger?, self.memory.first_contact_cap?);
        Some(stranger.limit(cap))
    }

    /// The last word before a payment leaves.
    pub(super) async fn sending(&self, payment: &Payment, firsts: &Firsts) -> Result<(), Refused> {
        let Some(keys) = &firsts.pin else {
            return Ok(());
        };
        let origin = origin(payment)?;
        match self.pinning(&origin).sending(payment, keys).await {
            Err(Refused::Broken(violation)) if self.memory.pinning == RecipientPinning::Warn => {
                warn(payment, &violation);
                Ok(())
            }
            answer => answer,
        }
    }

    /// Notes what a payment was the first in, once it has settled; gives back what it held where it was not sent.
    pub(super) async fn finish(&self, payment: &Payment, firsts: &Firsts, outcome: &Outcome) {
        match outcome {
            Outcome::Settled(_) if proves_nothing(payment, outcome) => {}
            Outcome::Settled(_) => noted(payment, self.settled(payment, firsts).await),
            Outcome::NotSent(_) => self.withdraw(payment, firsts).await,
            _ => {}
        }
    }

    /// The same from a destructor: what a store does not do at once is left to the expiry of the candidacy, and to the
    /// next payment that settles.
    pub(super) fn abandon(&self, payment: &Payment, firsts: &Firsts, outcome: &Outcome) {
        match (outcome, &firsts.pin) {
            (Outcome::NotSent(_), Some(keys)) => {
                pin::withdraw_now(&*self.claims, payment.id(), keys);
            }
            (Outcome::Settled(_), _) => {
                // Whether it was done or not, there is nobody left to tell.
                let _: Option<()> = self.finish(payment, firsts, outcome).now_or_never();
            }
            _ => {}
        }
    }

    /// Gives back the candidacy of a payment that is not sent.
    pub(super) async fn withdraw(&self, payment: &Payment, firsts: &Firsts) {
        if let Some(keys) = &firsts.pin {
            let given = pin::withdraw(&*self.claims, payment.id(), keys).await;
            noted(payment, given);
        }
    }

    async fn settled(&self, payment: &Payment, firsts: &Firsts) -> Result<(), StoreError> {
        let claims = &*self.claims;
        if let Some(keys) = &firsts.pin {
            pin::pin(claims, payment, keys).await?;
        }
        if let (Some(drift), Some(key)) = (&self.memory.drift, firsts.quote) {
            drift.keep(claims, payment, key).await?;
        }
        match &firsts.stranger {
            // Last: a stranger is met only when everything else is known of him.
            Some(stranger) => stranger.meet(claims, payment).await,
            None => Ok(()),
        }
    }

    fn pinning<'a>(&'a self, origin: &'a Origin) -> Pinning<'a> {
        Pinning {
            claims: &*self.claims,
            origin,
        }
    }

    /// Turns a changed recipient into a warning on record, where that is what the policy asks for.
    fn unless_warning(&self, payment: &mut Payment, refused: Refused) -> Result<(), Refused> {
        match refused {
            Refused::Broken(violation) if self.memory.pinning == RecipientPinning::Warn => {
                warn(payment, &violation);
                payment.note_warning(violation.code());
                Ok(())
            }
            refused => Err(refused),
        }
    }
}

/// What a store does not note leaves the next payment a first one again, which is the safe side.
fn noted(payment: &Payment, told: Result<(), StoreError>) {
    if let Err(error) = told {
        tracing::error!(payment = %payment.id(), code = error.code(), "the claim store did not take what a first payment left");
    }
}

/// A payment of nothing is a probe that costs nothing: it earns no trust (attack 9).
fn proves_nothing(payment: &Payment, outcome: &Outcome) -> bool {
    let told = match outcome {
        Outcome::Settled(receipt) => receipt.amount(),
        _ => None,
    };
    told.unwrap_or(payment.terms().amount).is_zero()
}

fn origin(payment: &Payment) -> Result<Origin, Violation> {
    Origin::of(payment.exchange().url()).ok_or(Violation::Url {
        reason: "it is not http or https with a host",
    })
}

fn warn(payment: &Payment, violation: &Violation) {
    tracing::warn!(payment = %payment.id(), code = violation.code(), "{violation}");
}
