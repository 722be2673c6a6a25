//! What is kept of a logical request.

use core::fmt;

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::SKEW;
use crate::address::Address;
use crate::clock::UnixMillis;
use crate::money::{AtomicAmount, Usd};
use crate::network::ChainId;
use crate::payment::{Exchange, Payment, PaymentId, Terms};
use crate::wire::header::{PAYMENT_SIGNATURE, X_PAYMENT};
use crate::wire::{Authorization, PaymentPayload, Version};

/// How far a logical request has come, and for what parameters.
#[derive(Debug)]
pub(super) struct Record {
    /// Digest of what has to be the same when the request comes again.
    pub(super) parameters: [u8; 32],
    pub(super) progress: Progress,
}

#[derive(Debug)]
pub(super) enum Progress {
    /// A signature may be made, or have been made, that could be settled until then.
    Signing { until: UnixMillis },
    /// The payment is signed and may have left.
    Signed(KeptPayment),
    /// It has settled. The receipt's JSON, where there was one.
    Settled {
        payment: KeptPayment,
        receipt: Option<String>,
    },
}

/// A signed payment, and what its controls need to hear of its end.
pub(crate) struct KeptPayment {
    pub(super) id: PaymentId,
    pub(super) version: Version,
    pub(super) terms: Terms,
    /// The header that left; nothing once it has settled.
    pub(super) value: Option<HeaderValue>,
    /// From then on it cannot be settled any more, clocks that differ included.
    pub(super) ends: UnixMillis,
    set_aside: bool,
    summed: bool,
    fingerprint: Option<[u8; 32]>,
}

impl KeptPayment {
    pub(super) fn of(payment: &Payment, value: HeaderValue) -> Self {
        Self {
            id: payment.id(),
            version: payment.version(),
            terms: payment.terms().clone(),
            value: Some(value),
            ends: ends(payment, payment.exchange().now()),
            set_aside: payment.is_set_aside(),
            summed: payment.is_summed(),
            fingerprint: payment.fingerprint().copied(),
        }
    }

    pub(crate) fn version(&self) -> Version {
        self.version
    }

    /// What is kept of it when it has settled.
    pub(super) fn without_signature(&self) -> Self {
        Self {
            terms: self.terms.clone(),
            value: None,
            ..*self
        }
    }

    /// The payment in the exchange that asks for it again.
    pub(crate) fn payment(&self, exchange: &Exchange) -> Payment {
        let (id, terms) = (self.id, self.terms.clone());
        let mut payment = Payment::new(id, exchange.clone(), self.version, terms).resent();
        payment.note_set_aside(self.set_aside);
        payment.note_summed(self.summed);
        if let Some(fingerprint) = self.fingerprint {
            payment.set_fingerprint(fingerprint);
        }
        payment
    }

    /// The header as it left, and what was signed in it. `None` where it cannot be read any more.
    pub(crate) fn header(&self) -> Option<(HeaderName, HeaderValue, Authorization)> {
        let name = match self.version {
            Version::V1 => X_PAYMENT,
            Version::V2 => PAYMENT_SIGNATURE,
        };
        let mut value = self.value.clone()?;
        value.set_sensitive(true);
        let headers = http::HeaderMap::from_iter([(name.clone(), value.clone())]);
        let payload = PaymentPayload::from_headers(&headers).ok()??;
        Some((name, value, payload.authorization().clone()))
    }
}

/// Never shows the signature.
impl fmt::Debug for KeptPayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptPayment")
            .field("id", &self.id)
            .field("terms", &self.terms)
            .finish_non_exhaustive()
    }
}

/// When what was signed cannot be settled any more; for what is to be signed `now`, the latest that may be.
pub(super) fn ends(payment: &Payment, now: UnixMillis) -> UnixMillis {
    let until = match payment.authorization() {
        Some(Authorization::Eip3009 { valid_before, .. }) => Some(*valid_before),
        Some(Authorization::Permit2 { deadline, .. }) => Some(deadline.saturating_add(1)),
        _ => None,
    };
    let lifetime = core::time::Duration::from_secs(payment.terms().lifetime_seconds);
    let latest = now.saturating_add(lifetime);
    until
        .map_or(latest, |until| UnixMillis::from_secs(until).max(latest))
        .saturating_add(SKEW)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Of this layout.
    v: u8,
    state: State,
    parameters: String,
    until_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payment: Option<WrittenPayment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
}

const LAYOUT: u8 = 1;

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum State {
    Signing,
    Signed,
    Settled,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPayment {
    id: String,
    version: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    header: Option<String>,
    scheme: String,
    chain: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asset: Option<String>,
    pay_to: String,
    amount: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    price_micros: Option<u64>,
    lifetime_seconds: u64,
    set_aside: bool,
    summed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
}

impl Record {
    pub(super) fn to_json(&self) -> Option<Vec<u8>> {
        let (state, until, payment, receipt) = match &self.progress {
            Progress::Signing { until } => (State::Signing, *until, None, None),
            Progress::Signed(payment) => (State::Signed, payment.ends, Some(payment), None),
            Progress::Settled { payment, receipt } => {
                (State::Settled, payment.ends, Some(payment), receipt.clone())
            }
        };
        let written = Written {
            v: LAYOUT,
            state,
            parameters: const_hex::encode(self.parameters),
            until_ms: until.as_millis(),
            payment: match payment {
                Some(payment) => Some(WrittenPayment::of(payment)?),
                None => None,
            },
            receipt,
        };
        serde_json::to_vec(&written).ok()
    }

    pub(super) fn from_json(json: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(json).ok()?;
        if written.v != LAYOUT {
            return None;
        }
        let until = UnixMillis::from_millis(written.until_ms);
        let progress = match (written.state, written.payment) {
            (State::Signing, None) => Progress::Signing { until },
            (State::Signed, Some(payment)) => Progress::Signed(payment.read(until)?),
            (State::Settled, Some(payment)) => Progress::Settled {
                payment: payment.read(until)?,
                receipt: written.receipt,
            },
            _ => return None,
        };
        Some(Self {
            parameters: const_hex::decode_to_array(&written.parameters).ok()?,
            progress,
        })
    }
}

impl WrittenPayment {
    fn of(payment: &KeptPayment) -> Option<Self> {
        let terms = &payment.terms;
        let header = match &payment.value {
            Some(value) => Some(value.to_str().ok()?.to_owned()),
            None => None,
        };
        Some(Self {
            id: payment.id.to_string(),
            version: payment.version.number(),
            header,
            scheme: terms.scheme.clone(),
            chain: terms.chain.as_str().to_owned(),
            asset: terms.asset.as_ref().map(|asset| asset.as_str().to_owned()),
            pay_to: terms.pay_to.as_str().to_owned(),
            amount: terms.amount.to_string(),
            price_micros: terms.price.map(Usd::micros),
            lifetime_seconds: terms.lifetime_seconds,
            set_aside: payment.set_aside,
            summed: payment.summed,
            fingerprint: payment.fingerprint.map(const_hex::encode),
        })
    }

    fn read(self, ends: UnixMillis) -> Option<KeptPayment> {
        let chain = ChainId::parse(&self.chain).ok()?;
        let asset = match &self.asset {
            Some(asset) => Some(Address::parse(&chain, asset).ok()?),
            None => None,
        };
        let pay_to = Address::parse(&chain, &self.pay_to).ok()?;
        let amount = AtomicAmount::parse(&self.amount).ok()?;
        Some(KeptPayment {
            id: PaymentId::from_bytes(const_hex::decode_to_array(&self.id).ok()?),
            version: match self.version {
                1 => Version::V1,
                2 => Version::V2,
                _ => return None,
            },
            value: match self.header {
                Some(header) => Some(HeaderValue::try_from(header).ok()?),
                None => None,
            },
            terms: Terms {
                scheme: self.scheme,
                chain,
                asset,
                pay_to,
                amount,
                price: self.price_micros.map(Usd::from_micros),
                lifetime_seconds: self.lifetime_seconds,
            },
            ends,
            set_aside: self.set_aside,
            summed: self.summed,
            fingerprint: match self.fingerprint {
                Some(hex) => Some(const_hex::decode_to_array(&hex).ok()?),
                None => None,
            },
        })
    }
}
