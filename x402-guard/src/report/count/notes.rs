//! What controls left on payments: findings, warnings, denials in shadow, approvals.

use x402_tower::audit::AuditEventType;

use crate::report::count::ranked::{Ranked, Sum};
use crate::report::record::Record;

/// Most names of one kind that are told apart.
const MAX_NAMES: usize = 1000;

/// The warning of a payment on which something that was found stayed where it was.
const KEPT: &str = "pii.kept";

/// What became of what was found on a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Redacted,
    /// Some of it at least stayed where it was.
    Kept,
    Blocked,
}

/// The notes of one payment.
#[derive(Debug)]
pub(super) struct Notes {
    pii: Vec<(Box<str>, u64)>,
    warnings: Vec<Box<str>>,
    shadow: Vec<Box<str>>,
    approvers: Vec<Box<str>>,
    event: Option<AuditEventType>,
}

impl Notes {
    /// Those of a record; `None` where there are none.
    pub(super) fn of(record: &Record<'_>, event: AuditEventType) -> Option<Box<Self>> {
        let names = |texts: &[crate::report::record::Text<'_>]| {
            texts.iter().map(|text| text.as_str().into()).collect()
        };
        let found = &record.pii_entities_found.0;
        let is_empty = found.is_empty()
            && record.warnings.is_empty()
            && record.shadow.is_empty()
            && record.approvals.is_empty();
        (!is_empty).then(|| {
            Box::new(Self {
                pii: found
                    .iter()
                    .map(|(kind, count)| (kind.as_str().into(), *count))
                    .collect(),
                warnings: names(&record.warnings),
                shadow: names(&record.shadow),
                approvers: names(&record.approvals),
                event: Some(event),
            })
        })
    }

    fn action(&self) -> Action {
        if self.event == Some(AuditEventType::PiiBlocked) {
            Action::Blocked
        } else if self.warnings.iter().any(|code| &**code == KEPT) {
            Action::Kept
        } else {
            Action::Redacted
        }
    }
}

/// Findings of one kind, by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Found {
    pub(crate) redacted: u64,
    pub(crate) kept: u64,
    pub(crate) blocked: u64,
    /// On how many payments and operators' notes.
    pub(crate) records: u64,
}

impl Found {
    pub(crate) fn all(&self) -> u64 {
        let some = self.redacted.saturating_add(self.kept);
        some.saturating_add(self.blocked)
    }
}

impl Sum for Found {
    fn add(&mut self, more: &Self) {
        self.redacted = self.redacted.saturating_add(more.redacted);
        self.kept = self.kept.saturating_add(more.kept);
        self.blocked = self.blocked.saturating_add(more.blocked);
        self.records = self.records.saturating_add(more.records);
    }
}

/// The notes of all payments.
#[derive(Debug)]
pub(crate) struct NoteSums {
    pub(crate) pii: Ranked<Found>,
    pub(crate) warnings: Ranked<u64>,
    pub(crate) shadow: Ranked<u64>,
    pub(crate) approvers: Ranked<u64>,
    /// Payments that somebody approved.
    pub(crate) granted: u64,
}

impl NoteSums {
    pub(super) fn new() -> Self {
        Self {
            pii: Ranked::new(MAX_NAMES),
            warnings: Ranked::new(MAX_NAMES),
            shadow: Ranked::new(MAX_NAMES),
            approvers: Ranked::new(MAX_NAMES),
            granted: 0,
        }
    }

    pub(super) fn add(&mut self, notes: &Notes) {
        let action = notes.action();
        for (kind, count) in &notes.pii {
            let mut found = Found {
                records: 1,
                ..Found::default()
            };
            match action {
                Action::Redacted => found.redacted = *count,
                Action::Kept => found.kept = *count,
                Action::Blocked => found.blocked = *count,
            }
            self.pii.of(kind).add(&found);
        }
        for code in &notes.warnings {
            self.warnings.of(code).add(&1);
        }
        for code in &notes.shadow {
            self.shadow.of(code).add(&1);
        }
        for approver in &notes.approvers {
            self.approvers.of(approver).add(&1);
        }
        if !notes.approvers.is_empty() && notes.event != Some(AuditEventType::MpaBlocked) {
            self.granted = self.granted.saturating_add(1);
        }
    }
}
