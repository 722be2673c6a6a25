//! Resolving one payment: on record first, then in the books, then what was kept for a retry.

use super::reconciler::Reconciler;
use super::{OperatorVerdict, ReconcileError};
use crate::audit::{AuditEventType, AuditRecord};
use crate::clock::UnixMillis;
use crate::mpa::own_id;
use crate::store::{Entry, Kept, RequestKey, Resolution, SentPayment, StoreError};
use crate::telemetry::ReservationState;

/// Who found it out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ground<'a> {
    Oracle,
    Operator(&'a OperatorVerdict),
}

impl Ground<'_> {
    const fn as_str(self, resolution: Resolution) -> &'static str {
        match (self, resolution) {
            (Self::Operator(_), _) => "operator",
            (Self::Oracle, Resolution::Settled) => "oracle_used",
            (Self::Oracle, Resolution::Released) => "oracle_unused",
        }
    }
}

impl Reconciler {
    /// Resolves an open payment. Dropped or killed at any point, it is either still open, or resolved and on record.
    pub(super) async fn resolve_entry(
        &self,
        entry: &Entry,
        sent: &SentPayment,
        resolution: Resolution,
        ground: Ground<'_>,
        now: UnixMillis,
    ) -> Result<(), ReconcileError> {
        let kept = match resolution {
            Resolution::Released => self.kept_for(entry, sent, now).await?,
            Resolution::Settled => None,
        };
        self.put_on_record(entry, sent, resolution, ground, now)
            .await?;
        self.ledger
            .resolve(entry.id, resolution)
            .await
            .map_err(|error| match error {
                StoreError::UnknownPayment => ReconcileError::NotOpen,
                error => error.into(),
            })?;
        match resolution {
            Resolution::Settled => ReservationState::Settled.count(),
            Resolution::Released => ReservationState::Released.count(),
        }
        // What follows only makes room earlier. Where it does not happen, money stays counted and a request stays in doubt
        // until both end by themselves.
        self.resolve_approvals(entry, resolution).await;
        self.forget(entry, kept).await;
        Ok(())
    }

    async fn put_on_record(
        &self,
        entry: &Entry,
        sent: &SentPayment,
        resolution: Resolution,
        ground: Ground<'_>,
        now: UnixMillis,
    ) -> Result<(), ReconcileError> {
        let Some(log) = &self.audit else {
            return Ok(());
        };
        let mut record = AuditRecord::new(AuditEventType::PaymentResolved, now.as_millis())
            .decision_id(entry.id.to_string())
            .agent_id(sent.agent.as_str())
            .origin(sent.origin.as_str())
            .amount_usd_micros(entry.counted.micros())
            .amount(sent.amount.to_string())
            .network(sent.chain.as_str())
            .scheme(sent.scheme.as_str())
            .pay_to(sent.pay_to.as_str())
            .outcome(resolution.as_str())
            .reason(ground.as_str(resolution));
        if let Some(asset) = &sent.asset {
            record = record.asset(asset.as_str());
        }
        if let Ground::Operator(verdict) = ground {
            record = record.note(verdict.why());
            for entity in verdict.redacted() {
                record = record.pii_entity(*entity, 1);
            }
            if resolution == Resolution::Released && !self.is_over(sent, now) {
                record = record.warning("reconcile.may_settle");
            }
        }
        let (_, commit) = log.submit(&record)?;
        commit.await?;
        Ok(())
    }

    /// The same for what the approvals count for it, which stands under a name of its own, or is not there at all.
    async fn resolve_approvals(&self, entry: &Entry, resolution: Resolution) {
        match self.ledger.resolve(own_id(entry.id), resolution).await {
            Ok(()) | Err(StoreError::UnknownPayment) => {}
            Err(error) => {
                tracing::warn!(payment = %entry.id, code = error.code(), "what approvals count for a resolved payment stays");
            }
        }
    }

    /// What is kept of this payment for a retry. A request may have been paid anew since: what is kept of that stays.
    async fn kept_for(
        &self,
        entry: &Entry,
        sent: &SentPayment,
        now: UnixMillis,
    ) -> Result<Option<(RequestKey, Kept)>, StoreError> {
        let (Some(payments), Some(request)) = (&self.signed_payments, sent.request) else {
            return Ok(None);
        };
        let kept = payments.load(request, now).await?;
        let kept = kept.filter(|kept| kept.payment() == Some(entry.id));
        Ok(kept.map(|kept| (request, kept)))
    }

    /// Lets the request be paid anew, unless somebody has changed what is kept for it since.
    async fn forget(&self, entry: &Entry, kept: Option<(RequestKey, Kept)>) {
        let (Some(payments), Some((request, kept))) = (&self.signed_payments, kept) else {
            return;
        };
        if let Err(error) = payments.remove(request, kept.revision).await {
            tracing::warn!(payment = %entry.id, code = error.code(), "a signed payment that can no longer be settled is still kept");
        }
    }
}
