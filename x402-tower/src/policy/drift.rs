//! Prices, held against the first one that was paid.

use std::time::Duration;

use super::history::{Refused, fact_key};
use super::origin::Origin;
use super::scope::UrlScope;
use super::violation::Violation;
use crate::money::AtomicAmount;
use crate::payment::Payment;
use crate::store::{ClaimKey, Claims, StoreError};

/// How much dearer than its reference an endpoint may get.
///
/// The reference is the first price that settled, per agent, endpoint (origin and path), method, chain and asset. It
/// stays where it is until the window is over, whatever is paid meanwhile, so that small rises do not add up (attack
/// 19). Prices are compared in atomic units of the asset; for `upto` it is the signed maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct QuoteDrift {
    /// By how many per cent a price may exceed its reference.
    pub(super) max_percent: u64,
    /// How long a reference holds, from the payment that set it.
    pub(super) window: Duration,
}

impl QuoteDrift {
    /// Holds a price against its reference, and says where to keep it where there is none.
    pub(super) async fn look(
        &self,
        claims: &dyn Claims,
        payment: &Payment,
        origin: &Origin,
    ) -> Result<Option<ClaimKey>, Refused> {
        let (exchange, terms) = (payment.exchange(), payment.terms());
        let asset = terms.asset.as_ref().ok_or(Violation::Unpriced)?;
        let path = UrlScope::path_of(exchange.url()).ok_or(Violation::Url {
            reason: "servers may read its path differently",
        })?;
        let key = fact_key(&[
            b"quote",
            exchange.agent().as_str().as_bytes(),
            origin.to_string().as_bytes(),
            path.as_bytes(),
            exchange.method().as_str().as_bytes(),
            terms.chain.as_str().as_bytes(),
            asset.as_str().as_bytes(),
        ]);
        let Some(value) = claims.read(key, exchange.now()).await? else {
            return Ok(Some(key));
        };
        let reference = value.try_into().map_err(|_| StoreError::Unreadable)?;
        let reference = AtomicAmount::from_be_bytes(reference);
        if terms
            .amount
            .is_within_percent_above(reference, self.max_percent)
        {
            return Ok(None);
        }
        Err(Violation::QuoteDrift {
            amount: terms.amount,
            reference,
            max_percent: self.max_percent,
        }
        .into())
    }

    /// Keeps the price of a payment that has settled, unless one is kept already.
    pub(super) async fn keep(
        &self,
        claims: &dyn Claims,
        payment: &Payment,
        key: ClaimKey,
    ) -> Result<(), StoreError> {
        let (id, now) = (payment.id(), payment.exchange().now());
        let value = payment.terms().amount.to_be_bytes();
        let until = now.saturating_add(self.window);
        claims.claim(key, id, &value, now, until).await.map(drop)
    }
}
