//! What an agent pays to one recipient within a window, counted apart from every limit of the policy.

use std::sync::Arc;
use std::time::Duration;

use crate::digest::length_prefixed;
use crate::money::Usd;
use crate::payment::{Payment, PaymentId};
use crate::store::{Ledger, Limit, LimitKey, Quota, Reservation, Reserved, StoreError};

/// How long a reservation may wait to be sent: as long as the policy's.
const RESERVATION_LIFE: Duration = Duration::from_secs(15 * 60);

/// Counts small payments together (attack 18).
#[derive(Debug, Clone)]
pub(super) struct Cumulative {
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) sum: Usd,
    pub(super) window: Duration,
}

impl Cumulative {
    /// Counts `price` if with it the sum stays under the threshold. Checking and counting are one step of the ledger, so
    /// that no number of parallel payments slips under it.
    pub(super) async fn count_below(
        &self,
        payment: &Payment,
        price: Usd,
    ) -> Result<bool, StoreError> {
        match self.sum.micros().checked_sub(1) {
            Some(most) => self.reserve(payment, price, Usd::from_micros(most)).await,
            None => Ok(false),
        }
    }

    /// Counts `price` whatever the sum is: it was approved.
    pub(super) async fn count(&self, payment: &Payment, price: Usd) -> Result<(), StoreError> {
        let counted = self
            .reserve(payment, price, Usd::from_micros(u64::MAX))
            .await?;
        if counted {
            Ok(())
        } else {
            Err(StoreError::Overflow)
        }
    }

    async fn reserve(&self, payment: &Payment, price: Usd, most: Usd) -> Result<bool, StoreError> {
        let now = payment.exchange().now();
        let limits = [Limit::new(key(payment), self.window, Quota::Amount(most))];
        let expires = now.saturating_add(RESERVATION_LIFE);
        let wish = Reservation::new(own_id(payment.id()), price, &limits, now, expires);
        Ok(self.ledger.reserve(&wish).await? == Reserved::Granted)
    }
}

/// The name of this count in the ledger, where the payment itself stands under its own.
pub(crate) fn own_id(id: PaymentId) -> PaymentId {
    let digest = length_prefixed(&[b"x402-tower/mpa/reservation/v1", id.as_bytes()]);
    let [own, _] = digest.as_chunks::<16>().0 else {
        return id;
    };
    PaymentId::from_bytes(*own)
}

/// One recipient of one agent. The chain is left out: an account is the same one on every chain of its kind, and in every
/// token.
fn key(payment: &Payment) -> LimitKey {
    let terms = payment.terms();
    LimitKey::from_bytes(length_prefixed(&[
        b"x402-tower/mpa/cumulative/v1",
        payment.exchange().agent().as_str().as_bytes(),
        terms.chain.namespace().as_bytes(),
        terms.pay_to.as_str().as_bytes(),
    ]))
}
