//! What a reconciliation did.

/// What one run over the open payments did; every payment that was looked at ended in one of the four ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ReconcileReport {
    /// How many open payments were looked at.
    pub looked: u64,
    /// How many were settled: the chain says that they were.
    pub settled: u64,
    /// How many were released: they can never be settled.
    pub released: u64,
    /// How many stay as they are, because nothing certain is known or nobody can be asked.
    pub left: u64,
    /// How many stay as they are, because an oracle, the log or a store failed. Events of this process say which.
    pub failed: u64,
    /// The stable code of the first failure.
    pub first_failure: Option<&'static str>,
}

/// How looking at one payment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looked {
    Settled,
    Released,
    Left,
    /// With a stable code.
    Failed(&'static str),
}

impl ReconcileReport {
    pub(super) fn add(&mut self, looked: Looked) {
        let count = match looked {
            Looked::Settled => &mut self.settled,
            Looked::Released => &mut self.released,
            Looked::Left => &mut self.left,
            Looked::Failed(code) => {
                self.first_failure.get_or_insert(code);
                &mut self.failed
            }
        };
        *count = count.saturating_add(1);
        self.looked = self.looked.saturating_add(1);
    }

    pub(super) fn count(&self) {
        crate::telemetry::reconciled("settled", self.settled);
        crate::telemetry::reconciled("released", self.released);
        crate::telemetry::reconciled("left", self.left);
        crate::telemetry::reconciled("failed", self.failed);
    }
}
