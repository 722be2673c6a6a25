//! What a caller is told about a payment that was made for it.

use std::sync::Arc;

use super::{Findings, Outcome, Payment, PaymentId, Terms};
use crate::control::ControlKind;
use crate::denial::Denial;

/// A payment and how it ended, in the extensions of the response that it bought.
///
/// ```
/// # fn show(response: http::Response<()>) {
/// use x402_tower::PaymentRecord;
///
/// if let Some(paid) = response.extensions().get::<PaymentRecord>() {
///     println!("{}: {} to {}", paid.outcome().as_str(), paid.terms().amount, paid.terms().pay_to);
/// }
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct PaymentRecord(Arc<Fields>);

#[derive(Debug)]
struct Fields {
    id: PaymentId,
    terms: Terms,
    findings: Findings,
    shadowed: Vec<(ControlKind, Denial)>,
    policy_revision: Option<Arc<str>>,
    warnings: Vec<&'static str>,
    outcome: Outcome,
}

impl PaymentRecord {
    pub(crate) fn new(payment: &Payment, outcome: Outcome) -> Self {
        Self(Arc::new(Fields {
            id: payment.id(),
            terms: payment.terms().clone(),
            findings: payment.all_findings().clone(),
            shadowed: payment.shadowed().to_vec(),
            policy_revision: payment.policy_revision.clone(),
            warnings: payment.warnings().to_vec(),
            outcome,
        }))
    }

    /// Names the payment in ledger and audit log.
    #[must_use]
    pub fn id(&self) -> PaymentId {
        self.0.id
    }

    /// What was paid, to whom.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.0.terms
    }

    /// Entity types of personal data that were found on the way, with how often.
    #[must_use]
    pub fn findings(&self) -> &[(&'static str, u32)] {
        self.0.findings.all()
    }

    /// Those of them that travelled all the same: in what is signed, matched or echoed nothing may be changed.
    #[must_use]
    pub fn kept_findings(&self) -> &[(&'static str, u32)] {
        self.0.findings.all_kept()
    }

    /// What controls in shadow denied: it was paid all the same.
    #[must_use]
    pub fn shadowed(&self) -> &[(ControlKind, Denial)] {
        &self.0.shadowed
    }

    /// The revision of the policy that decided, where one did.
    #[must_use]
    pub fn policy_revision(&self) -> Option<&str> {
        self.0.policy_revision.as_deref()
    }

    /// Codes of what a control would have denied the payment for, had it not been told only to warn.
    #[must_use]
    pub fn warnings(&self) -> &[&'static str] {
        &self.0.warnings
    }

    /// How it ended.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.0.outcome
    }
}
