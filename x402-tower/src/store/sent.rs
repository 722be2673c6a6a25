//! What a ledger remembers of a payment whose signature may be out.

use serde::{Deserialize, Serialize};

use super::{RequestKey, StoreError};
use crate::address::Address;
use crate::clock::UnixMillis;
use crate::money::AtomicAmount;
use crate::network::ChainId;
use crate::payment::{AgentId, Payment};
use crate::wire::{Authorization, AuthorizationKind};

/// A payment whose signature may be out: enough to ask its chain what became of it, and for a person to recognise it.
///
/// It holds no signature, no path and no free text, so it may be shown and logged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentPayment {
    /// Who spends.
    pub agent: AgentId,
    /// Scheme, host and port of the requested URL.
    pub origin: String,
    /// The payment scheme, such as `exact`.
    pub scheme: String,
    /// The chain.
    pub chain: ChainId,
    /// The token contract, where it is known.
    pub asset: Option<Address>,
    /// The recipient.
    pub pay_to: Address,
    /// The amount in atomic units; the signed maximum for `upto`.
    pub amount: AtomicAmount,
    /// Who signed, where that can be read.
    pub payer: Option<Address>,
    /// What kind of authorization was signed.
    pub kind: AuthorizationKind,
    /// The authorization's nonce, where it has one of its own (EIP-3009, Permit2).
    pub nonce: Option<[u8; 32]>,
    /// From this moment on the authorization cannot be settled any more.
    pub valid_before: UnixMillis,
    /// The logical request that it is for, where the signed payment is kept under one.
    pub request: Option<RequestKey>,
}

impl SentPayment {
    /// What is to be remembered of a signed payment.
    #[must_use]
    pub fn of(payment: &Payment) -> Self {
        let (exchange, terms) = (payment.exchange(), payment.terms());
        let lifetime = core::time::Duration::from_secs(terms.lifetime_seconds);
        let (payer, nonce, until) = match payment.authorization() {
            Some(Authorization::Eip3009 {
                from,
                nonce,
                valid_before,
                ..
            }) => (Some(from), Some(*nonce), Some(*valid_before)),
            Some(Authorization::Permit2 {
                from,
                nonce,
                deadline,
                ..
            }) => (Some(from), Some(*nonce), Some(deadline.saturating_add(1))),
            _ => (None, None, None),
        };
        Self {
            agent: exchange.agent().clone(),
            origin: exchange.origin().into_owned(),
            scheme: terms.scheme.clone(),
            chain: terms.chain.clone(),
            asset: terms.asset.clone(),
            pay_to: terms.pay_to.clone(),
            amount: terms.amount,
            payer: payer.cloned(),
            kind: payment
                .authorization()
                .map_or(AuthorizationKind::Opaque, Authorization::kind),
            nonce,
            valid_before: until.map_or_else(
                || exchange.now().saturating_add(lifetime),
                UnixMillis::from_secs,
            ),
            request: payment.request_key(),
        }
    }

    /// The JSON that an engine outside this process keeps: an object of plain fields, below 2 KiB.
    #[must_use]
    pub fn to_json(&self) -> String {
        let written = Written {
            agent: self.agent.as_str().to_owned(),
            origin: self.origin.clone(),
            scheme: self.scheme.clone(),
            chain: self.chain.as_str().to_owned(),
            asset: self.asset.as_ref().map(|asset| asset.as_str().to_owned()),
            pay_to: self.pay_to.as_str().to_owned(),
            amount: self.amount.to_string(),
            payer: self.payer.as_ref().map(|payer| payer.as_str().to_owned()),
            kind: self.kind.as_str().to_owned(),
            nonce: self.nonce.map(const_hex::encode),
            valid_before_ms: self.valid_before.as_millis(),
            request: self.request.map(|key| const_hex::encode(key.as_bytes())),
        };
        // Strings, numbers and nothing: there is nothing in it that could fail to be written.
        serde_json::to_string(&written).unwrap_or_default()
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unreadable`] for anything else.
    pub fn from_json(text: &str) -> Result<Self, StoreError> {
        let written: Written = serde_json::from_str(text).map_err(|_| StoreError::Unreadable)?;
        written.read().ok_or(StoreError::Unreadable)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    agent: String,
    origin: String,
    scheme: String,
    chain: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asset: Option<String>,
    pay_to: String,
    amount: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payer: Option<String>,
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    valid_before_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<String>,
}

impl Written {
    fn read(self) -> Option<SentPayment> {
        let chain = ChainId::parse(&self.chain).ok()?;
        let address = |text: &str| Address::parse(&chain, text).ok();
        let bytes = |hex: &str| -> Option<[u8; 32]> { const_hex::decode_to_array(hex).ok() };
        Some(SentPayment {
            agent: AgentId::new(&self.agent).ok()?,
            origin: self.origin,
            scheme: self.scheme,
            asset: all_or_none(self.asset.as_deref(), address)?,
            pay_to: address(&self.pay_to)?,
            amount: AtomicAmount::parse(&self.amount).ok()?,
            payer: all_or_none(self.payer.as_deref(), address)?,
            kind: AuthorizationKind::from_name(&self.kind)?,
            nonce: all_or_none(self.nonce.as_deref(), bytes)?,
            valid_before: UnixMillis::from_millis(self.valid_before_ms),
            request: all_or_none(self.request.as_deref(), bytes)?.map(RequestKey::from_bytes),
            chain,
        })
    }
}

/// Nothing where nothing was written; `None` where what was written cannot be read.
#[expect(clippy::option_option, reason = "absent and unreadable are two things")]
fn all_or_none<T>(text: Option<&str>, read: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    match text {
        None => Some(None),
        Some(text) => read(text).map(Some),
    }
}
