//! Recipients, trusted on first use.

use std::sync::Arc;
use std::time::Duration;

use super::history::{FOR_EVER, Refused, fact_key};
use super::origin::Origin;
use super::violation::Violation;
use crate::address::Address;
use crate::clock::UnixMillis;
use crate::network::ChainId;
use crate::payment::{AgentId, Payment, PaymentId, Terms};
use crate::store::{Claim, ClaimKey, Claims, StoreError};

/// How long a payment may take from its check to its send, and how far clocks may differ on top.
const ON_ITS_WAY: Duration = Duration::from_secs(16 * 60);

/// Whom an agent pays at an origin on a chain, since its first payment there settled.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecipientPin {
    /// Who is paid.
    pub recipient: Address,
    /// The token contract that is paid in.
    pub asset: Address,
    /// The payment that set the pin, as ledger and audit log name it.
    pub payment: PaymentId,
}

impl RecipientPin {
    fn of(id: PaymentId, terms: &Terms) -> Option<Self> {
        Some(Self {
            recipient: terms.pay_to.clone(),
            asset: terms.asset.clone()?,
            payment: id,
        })
    }

    /// The payment's 16 bytes, the length of the recipient in one byte, the recipient, the asset.
    fn to_value(&self) -> Vec<u8> {
        let recipient = self.recipient.as_str().as_bytes();
        let mut value = self.payment.as_bytes().to_vec();
        // No address is longer than 128 bytes; a store refuses the value long before the length would not fit.
        value.push(u8::try_from(recipient.len()).unwrap_or(u8::MAX));
        value.extend_from_slice(recipient);
        value.extend_from_slice(self.asset.as_str().as_bytes());
        value
    }

    fn from_value(chain: &ChainId, value: &[u8]) -> Option<Self> {
        let (id, rest) = value.split_first_chunk::<16>()?;
        let (length, rest) = rest.split_first()?;
        let (recipient, asset) = rest.split_at_checked(usize::from(*length))?;
        let address = |bytes| Address::parse(chain, core::str::from_utf8(bytes).ok()?).ok();
        Some(Self {
            recipient: address(recipient)?,
            asset: address(asset)?,
            payment: PaymentId::from_bytes(*id),
        })
    }

    fn check(&self, origin: &Origin, terms: &Terms) -> Result<(), Violation> {
        if self.recipient != terms.pay_to {
            return Err(Violation::RecipientChanged {
                origin: origin.clone(),
                chain: terms.chain.clone(),
                pinned: Box::new(self.recipient.clone()),
                pay_to: terms.pay_to.clone(),
            });
        }
        match &terms.asset {
            Some(asset) if *asset == self.asset => Ok(()),
            Some(asset) => Err(Violation::AssetChanged {
                origin: origin.clone(),
                chain: terms.chain.clone(),
                pinned: Box::new(self.asset.clone()),
                asset: asset.clone(),
            }),
            None => Err(Violation::Unpriced),
        }
    }
}

/// The three facts about an agent, an origin and a chain.
///
/// - `pin`: a payment settled. Set once and never moved.
/// - `candidate`: a first payment is being decided on; given back if it is not sent. It keeps two of them with
///   different recipients from both reaching the signer.
/// - `sent`: a first payment has left, so it may settle. Never given back, because other payments to the same recipient
///   rely on it as well; it ends when the authorization can no longer be settled. It alone decides: of any number of
///   concurrent first payments, those to one recipient leave.
#[derive(Debug, Clone, Copy)]
pub(super) struct PinKeys {
    pin: ClaimKey,
    candidate: ClaimKey,
    sent: ClaimKey,
}

impl PinKeys {
    fn of(agent: &AgentId, origin: &Origin, chain: &ChainId) -> Self {
        let origin = origin.to_string();
        let key = |fact: &[u8]| {
            fact_key(&[
                fact,
                agent.as_str().as_bytes(),
                origin.as_bytes(),
                chain.as_str().as_bytes(),
            ])
        };
        Self {
            pin: key(b"pin"),
            candidate: key(b"pin/candidate"),
            sent: key(b"pin/sent"),
        }
    }
}

/// Compares payments with pins, and sets them.
#[derive(Debug, Clone)]
pub(super) struct Pinning<'a> {
    pub(super) claims: &'a dyn Claims,
    pub(super) origin: &'a Origin,
}

impl Pinning<'_> {
    /// Holds a payment against its pin, and says under which keys to set one where there is none yet.
    pub(super) async fn look(&self, payment: &Payment) -> Result<Option<PinKeys>, Refused> {
        let (exchange, terms) = (payment.exchange(), payment.terms());
        let keys = PinKeys::of(exchange.agent(), self.origin, &terms.chain);
        for fact in [keys.pin, keys.sent] {
            if let Some(value) = self.claims.read(fact, exchange.now()).await? {
                self.check(&value, terms)?;
                if fact == keys.pin {
                    return Ok(None);
                }
            }
        }
        Ok(Some(keys))
    }

    /// Makes a first payment the candidate, unless one to another recipient is.
    pub(super) async fn stand(&self, payment: &Payment, keys: &PinKeys) -> Result<(), Refused> {
        let until = payment.exchange().now().saturating_add(ON_ITS_WAY);
        self.claim(payment, keys.candidate, until).await
    }

    /// The last word before a first payment leaves: no other recipient was paid first, nor may be settled yet.
    pub(super) async fn sending(&self, payment: &Payment, keys: &PinKeys) -> Result<(), Refused> {
        let (now, terms) = (payment.exchange().now(), payment.terms());
        let until = now
            .saturating_add(ON_ITS_WAY)
            .saturating_add(Duration::from_secs(terms.lifetime_seconds));
        self.claim(payment, keys.sent, until).await?;
        match self.claims.read(keys.pin, now).await? {
            Some(value) => self.check(&value, terms),
            None => Ok(()),
        }
    }

    async fn claim(
        &self,
        payment: &Payment,
        key: ClaimKey,
        until: UnixMillis,
    ) -> Result<(), Refused> {
        let (id, now, terms) = (payment.id(), payment.exchange().now(), payment.terms());
        let pin = RecipientPin::of(id, terms).ok_or(Violation::Unpriced)?;
        let value = pin.to_value();
        match self.claims.claim(key, id, &value, now, until).await? {
            Claim::Taken => Ok(()),
            Claim::Held { value, .. } => self.check(&value, terms),
        }
    }

    fn check(&self, value: &[u8], terms: &Terms) -> Result<(), Refused> {
        let pin = RecipientPin::from_value(&terms.chain, value).ok_or(StoreError::Unreadable)?;
        Ok(pin.check(self.origin, terms)?)
    }
}

/// Sets the pin of a payment that has settled, unless there is one.
pub(super) async fn pin(
    claims: &dyn Claims,
    payment: &Payment,
    keys: &PinKeys,
) -> Result<(), StoreError> {
    let Some(pin) = RecipientPin::of(payment.id(), payment.terms()) else {
        return Ok(());
    };
    let (id, now) = (payment.id(), payment.exchange().now());
    let until = now.saturating_add(FOR_EVER);
    claims
        .claim(keys.pin, id, &pin.to_value(), now, until)
        .await
        .map(drop)
}

/// Gives up the candidacy of a payment that was not sent.
pub(super) async fn withdraw(
    claims: &dyn Claims,
    id: PaymentId,
    keys: &PinKeys,
) -> Result<(), StoreError> {
    claims.give_back(keys.candidate, id).await
}

/// The same without waiting.
pub(super) fn withdraw_now(claims: &dyn Claims, id: PaymentId, keys: &PinKeys) {
    claims.give_back_now(keys.candidate, id);
}

/// The pins that a [`PolicyControl`](super::PolicyControl) has set, to look at and to remove by hand.
///
/// A seller that really moved to another address is paid again after [`forget`](Self::forget): its next payment is a
/// first one. Nothing else ever moves a pin.
///
/// ```
/// use std::sync::Arc;
/// use url::Url;
/// use x402_tower::policy::{Origin, RecipientPins};
/// use x402_tower::store::MemoryStore;
/// use x402_tower::{AgentId, ChainId, Clock, SystemClock};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let pins = RecipientPins::new(Arc::new(MemoryStore::new())); // the store of the control
/// let origin = Origin::of(&Url::parse("https://api.example.com/")?).unwrap();
/// let (agent, base) = (AgentId::new("researcher")?, ChainId::parse("eip155:8453")?);
/// let now = SystemClock::new().now().unwrap();
/// assert_eq!(pins.get(&agent, &origin, &base, now).await?, None);
/// assert_eq!(pins.forget(&agent, &origin, &base, now).await?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct RecipientPins {
    claims: Arc<dyn Claims>,
}

impl RecipientPins {
    /// The pins in `claims`.
    #[must_use]
    pub fn new(claims: Arc<dyn Claims>) -> Self {
        Self { claims }
    }

    /// Whom `agent` pays at `origin` on `chain`; `None` where no payment has settled there.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store does not answer, or holds something else.
    pub async fn get(
        &self,
        agent: &AgentId,
        origin: &Origin,
        chain: &ChainId,
        now: UnixMillis,
    ) -> Result<Option<RecipientPin>, StoreError> {
        let keys = PinKeys::of(agent, origin, chain);
        self.read(chain, keys.pin, now).await
    }

    /// Removes the pin, and what keeps a first payment to another recipient waiting; answers with the pin that there
    /// was. The next payment that settles sets a new one.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get). It may be called again.
    pub async fn forget(
        &self,
        agent: &AgentId,
        origin: &Origin,
        chain: &ChainId,
        now: UnixMillis,
    ) -> Result<Option<RecipientPin>, StoreError> {
        let keys = PinKeys::of(agent, origin, chain);
        let pin = self.read(chain, keys.pin, now).await?;
        // The pin goes last: where one of these fails, it is still there and the call can be repeated.
        for key in [keys.candidate, keys.sent, keys.pin] {
            if let Some(held) = self.read(chain, key, now).await? {
                self.claims.give_back(key, held.payment).await?;
            }
        }
        Ok(pin)
    }

    async fn read(
        &self,
        chain: &ChainId,
        key: ClaimKey,
        now: UnixMillis,
    ) -> Result<Option<RecipientPin>, StoreError> {
        let Some(value) = self.claims.read(key, now).await? else {
            return Ok(None);
        };
        RecipientPin::from_value(chain, &value)
            .map(Some)
            .ok_or(StoreError::Unreadable)
    }
}
