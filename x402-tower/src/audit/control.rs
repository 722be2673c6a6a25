//! The log as a control: the intent before a signature exists, the outcome after.

use std::sync::Arc;

use const_hex::Buffer;

use super::text::Decimal;
use super::{AuditError, AuditEventType, AuditLog, AuditRecord, Commit};
use crate::control::{Control, ControlKind};
use crate::denial::{Denial, DenialKind};
use crate::money::{AtomicAmount, Usd};
use crate::payment::{Exchange, NotSent, Outcome, Payment, PaymentId};
use crate::step::Step;

/// Writes a record of every decision to an [`AuditLog`].
///
/// A payment whose intent cannot be written is denied, unless the control is in [`Shadow`](crate::Shadow): what is not on
/// record then cannot be proved, reconciled or disputed later. URLs are written in full only where a control has screened
/// them; else their origin alone.
#[derive(Debug, Clone)]
pub struct AuditControl {
    log: Arc<AuditLog>,
}

impl AuditControl {
    /// Writes to `log`.
    #[must_use]
    pub fn new(log: Arc<AuditLog>) -> Self {
        Self { log }
    }

    /// The log that it writes to.
    #[must_use]
    pub const fn log(&self) -> &Arc<AuditLog> {
        &self.log
    }

    /// What has to be on record before a payment leaves.
    fn intent(&self, event: AuditEventType, payment: &Payment) -> Step<'_, Result<(), Denial>> {
        let shown = Shown::new(payment);
        match self.log.submit(&of_payment(event, payment, &shown)) {
            Ok((_, commit)) if commit.is_done() => Step::ready(Ok(())),
            Ok((_, commit)) => Step::wait(async move { commit.await.map_err(unwritten) }),
            Err(error) => Step::ready(Err(unwritten(error))),
        }
    }

    /// Takes the outcome into the log; whoever has the time waits for the rest.
    fn submit_outcome(&self, payment: &Payment, outcome: &Outcome) -> Result<Commit, AuditError> {
        let shown = Shown::new(payment);
        let event = outcome_event(outcome);
        let mut record = of_payment(event, payment, &shown).outcome(outcome_word(outcome));
        match outcome {
            Outcome::Settled(receipt) => record = record.transaction(receipt.transaction()),
            Outcome::Rejected(refusal) | Outcome::SettledEarlier(refusal) => {
                if let Some(reason) = &refusal.reason {
                    record = record.reason(reason.as_str());
                }
            }
            Outcome::Unknown(why) => record = record.reason(why.as_str()),
            Outcome::NotSent(NotSent::Denied(denial)) => record = with_denial(record, denial),
            Outcome::NotSent(NotSent::Cancelled) => record = record.reason("cancelled"),
            Outcome::NotSent(NotSent::Returned) => record = record.reason("returned"),
        }
        self.log.submit(&record).map(|(_, commit)| commit)
    }
}

fn outcome_unwritten(payment: PaymentId, error: &AuditError) {
    tracing::error!(%payment, code = error.code(), "an outcome could not be written to the audit log");
}

fn denial_unwritten(error: &AuditError) {
    tracing::error!(
        code = error.code(),
        "a denial could not be written to the audit log"
    );
}

impl Control for AuditControl {
    fn kind(&self) -> ControlKind {
        ControlKind::Audit
    }

    fn check<'a>(&'a self, _payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        Step::ready(Ok(()))
    }

    fn approve<'a>(&'a self, payment: &'a Payment) -> Step<'a, Result<(), Denial>> {
        self.intent(
            if payment.is_resent() {
                AuditEventType::PaymentResent
            } else {
                AuditEventType::PaymentIntent
            },
            payment,
        )
    }

    fn finish<'a>(&'a self, payment: &'a Payment, outcome: &'a Outcome) -> Step<'a, ()> {
        match self.submit_outcome(payment, outcome) {
            Ok(commit) if commit.is_done() => Step::ready(()),
            Ok(commit) => Step::wait(async move {
                if let Err(error) = commit.await {
                    outcome_unwritten(payment.id(), &error);
                }
            }),
            Err(error) => {
                outcome_unwritten(payment.id(), &error);
                Step::ready(())
            }
        }
    }

    fn abandon(&self, payment: &Payment, outcome: &Outcome) {
        if let Err(error) = self.submit_outcome(payment, outcome) {
            outcome_unwritten(payment.id(), &error);
        }
    }

    fn refused<'a>(&'a self, exchange: &'a Exchange, denial: &'a Denial) -> Step<'a, ()> {
        let event = AuditEventType::ChallengeDenied;
        let record = with_denial(of_exchange(event, exchange), denial).outcome("blocked");
        match self.log.submit(&record) {
            Ok((_, commit)) if commit.is_done() => {}
            Ok((_, commit)) => {
                return Step::wait(async move {
                    if let Err(error) = commit.await {
                        denial_unwritten(&error);
                    }
                });
            }
            Err(error) => denial_unwritten(&error),
        }
        Step::ready(())
    }
}

/// What of a payment has to be spelled out before a record can show it.
struct Shown {
    id: Buffer<16, false>,
    fingerprint: Option<Buffer<8, false>>,
    amount: Amount,
}

impl Shown {
    fn new(payment: &Payment) -> Self {
        let mut id = Buffer::new();
        id.format(payment.id().as_bytes());
        let fingerprint = payment.fingerprint().and_then(|bytes| {
            let mut digits = Buffer::new();
            digits.format(bytes.first_chunk()?);
            Some(digits)
        });
        Self {
            id,
            fingerprint,
            amount: Amount::of(payment.terms().amount),
        }
    }
}

/// An amount in digits. Nearly all fit in 64 bits, and dividing 256 takes far longer.
enum Amount {
    Small(Decimal),
    Large(String),
}

impl Amount {
    fn of(amount: AtomicAmount) -> Self {
        match amount.to_be_bytes().split_last_chunk() {
            Some((high, low)) if high.iter().all(|byte| *byte == 0) => {
                Self::Small(Decimal::of(u64::from_be_bytes(*low)))
            }
            _ => Self::Large(amount.to_string()),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Small(digits) => digits.as_str(),
            Self::Large(digits) => digits,
        }
    }
}

fn of_exchange(event: AuditEventType, exchange: &Exchange) -> AuditRecord<'_> {
    let record = AuditRecord::new(event, exchange.now().as_millis())
        .agent_id(exchange.agent().as_str())
        .position(exchange.position().as_str())
        .method(exchange.method().as_str())
        .origin(exchange.origin());
    match exchange.policy_revision() {
        Some(revision) => record.policy_revision(revision),
        None => record,
    }
}

fn of_payment<'a>(
    event: AuditEventType,
    payment: &'a Payment,
    shown: &'a Shown,
) -> AuditRecord<'a> {
    let terms = payment.terms();
    let exchange = payment.exchange();
    // In one piece: a record is large, and every setter would move it.
    let mut record = AuditRecord {
        agent_id: Some(exchange.agent().as_str().into()),
        position: Some(exchange.position().as_str().into()),
        method: Some(exchange.method().as_str().into()),
        origin: Some(exchange.origin()),
        decision_id: Some(shown.id.as_str().into()),
        amount: Some(shown.amount.as_str().into()),
        amount_usd_micros: terms.price.map(Usd::micros),
        network: Some(terms.chain.as_str().into()),
        scheme: Some(terms.scheme.as_str().into()),
        pay_to: Some(terms.pay_to.as_str().into()),
        asset: terms.asset.as_ref().map(|asset| asset.as_str().into()),
        resource_url: payment.shown_url().map(Into::into),
        policy_revision: payment.policy_revision().map(Into::into),
        replay_fingerprint: shown.fingerprint.as_ref().map(|hex| hex.as_str().into()),
        ..AuditRecord::new(event, exchange.now().as_millis())
    };
    for (entity, count) in payment.findings() {
        record = record.pii_entity(*entity, *count);
    }
    for code in payment.warnings() {
        record = record.warning(*code);
    }
    for (_, denial) in payment.shadowed() {
        record = record.shadow(denial.code());
    }
    let approvals = payment.approvals();
    for approver in approvals.iter().flat_map(|counted| &counted.approvers) {
        record = record.approval(&**approver);
    }
    if payment.notes_clipped() {
        record = record.warning("audit.notes_clipped");
    }
    record
}

/// The words of the log: a denial is `blocked`, also where it came after the intent.
const fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent(NotSent::Denied(_)) => "blocked",
        other => other.as_str(),
    }
}

fn with_denial<'a>(record: AuditRecord<'a>, denial: &'a Denial) -> AuditRecord<'a> {
    let record = record.code(denial.code()).error_message(denial.detail());
    match denial.limit() {
        Some(limit) => record.policy_limit_usd_micros(limit.micros()),
        None => record,
    }
}

fn outcome_event(outcome: &Outcome) -> AuditEventType {
    match outcome {
        Outcome::Settled(_) | Outcome::SettledEarlier(_) => AuditEventType::PaymentAllowed,
        Outcome::Rejected(_) => AuditEventType::PaymentRejected,
        Outcome::Unknown(_) => AuditEventType::PaymentUnknown,
        Outcome::NotSent(NotSent::Denied(denial)) => match denial.kind() {
            DenialKind::PiiBlocked => AuditEventType::PiiBlocked,
            DenialKind::PolicyViolation => AuditEventType::PolicyBlocked,
            DenialKind::ReplayDetected => AuditEventType::ReplayBlocked,
            DenialKind::MpaDenied | DenialKind::MpaTimeout => AuditEventType::MpaBlocked,
            DenialKind::PaymentError => AuditEventType::PaymentError,
        },
        Outcome::NotSent(_) => AuditEventType::PaymentNotSent,
    }
}

fn unwritten(error: AuditError) -> Denial {
    Denial::new(
        DenialKind::PaymentError,
        "audit.unwritten",
        "the intent could not be written to the audit log; nothing was paid, see the log of this process",
    )
    .with_status(http::StatusCode::SERVICE_UNAVAILABLE)
    .with_source(error)
}
