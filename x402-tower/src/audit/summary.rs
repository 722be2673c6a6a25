//! What a whole log says.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::event::AuditEventType;
use super::head::AuditHead;
use super::view::LineView;

/// How many intents without an outcome are kept track of at once.
pub const MAX_OPEN_INTENTS: usize = 16 * 1024;

/// How many different writers are told apart.
pub const MAX_WRITERS: usize = 16 * 1024;

/// What an unbroken log holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditSummary {
    /// How many records.
    pub records: u64,
    /// How many of each event type; those that did not occur are left out.
    pub events: BTreeMap<AuditEventType, u64>,
    /// How many of types that this version does not know.
    pub unknown_events: u64,
    /// The first record's sequence number.
    pub first_seq: Option<u64>,
    /// The last record's sequence number.
    pub last_seq: Option<u64>,
    /// When the first record was written, in milliseconds since the Unix epoch.
    pub first_timestamp_ms: Option<u64>,
    /// When the last record was written, in milliseconds since the Unix epoch.
    pub last_timestamp_ms: Option<u64>,
    /// The last record, to be kept elsewhere.
    pub head: Option<AuditHead>,
    /// How often the log was opened and written to; at most [`MAX_WRITERS`] are counted.
    pub writers: u64,
    /// Intents without an outcome, in the order of the log: payments that a crash cut short, of which nobody knows whether
    /// they were paid. One that was resolved later is not among them. Reconcile the ledger, or look each up at its
    /// counterparty.
    pub dangling_intents: Vec<DanglingIntent>,
    /// Intents that could not be followed: they have no decision id, or came while
    /// [`MAX_OPEN_INTENTS`] others were open. They may dangle as well.
    pub unfollowed_intents: u64,
}

impl AuditSummary {
    /// How many records of one event type.
    #[must_use]
    pub fn count(&self, event: AuditEventType) -> u64 {
        self.events.get(&event).copied().unwrap_or(0)
    }
}

/// An intent that has no outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DanglingIntent {
    /// The decision that the intent belongs to.
    pub decision_id: String,
    /// The intent's sequence number.
    pub seq: u64,
    /// When it was written, in milliseconds since the Unix epoch.
    pub timestamp_ms: u64,
}

/// Adds up verified lines.
#[derive(Debug, Default)]
pub(super) struct Tally {
    summary: AuditSummary,
    open: HashMap<String, (u64, u64)>,
    writers: HashSet<String>,
}

impl Tally {
    pub(super) fn add(&mut self, line: &LineView<'_>, head: AuditHead) {
        let summary = &mut self.summary;
        summary.records = summary.records.saturating_add(1);
        summary.first_seq.get_or_insert(line.seq);
        summary.last_seq = Some(line.seq);
        summary.first_timestamp_ms.get_or_insert(line.timestamp_ms);
        summary.last_timestamp_ms = Some(line.timestamp_ms);
        summary.head = Some(head);
        if self.writers.len() < MAX_WRITERS && !self.writers.contains(line.writer.as_ref()) {
            self.writers.insert(line.writer.as_ref().to_owned());
            summary.writers = summary.writers.saturating_add(1);
        }
        let Some(event) = AuditEventType::from_name(&line.event_type) else {
            summary.unknown_events = summary.unknown_events.saturating_add(1);
            return;
        };
        let count = summary.events.entry(event).or_default();
        *count = count.saturating_add(1);
        self.follow(event, line);
    }

    fn follow(&mut self, event: AuditEventType, line: &LineView<'_>) {
        let id = line.decision_id.as_deref();
        if event == AuditEventType::PaymentIntent {
            match id {
                Some(id) if self.open.len() < MAX_OPEN_INTENTS => {
                    self.open
                        .insert(id.to_owned(), (line.seq, line.timestamp_ms));
                }
                _ => {
                    self.summary.unfollowed_intents =
                        self.summary.unfollowed_intents.saturating_add(1);
                }
            }
        } else if event.ends_payment()
            && let Some(id) = id
        {
            self.open.remove(id);
        }
    }

    pub(super) const fn head(&self) -> Option<&AuditHead> {
        self.summary.head.as_ref()
    }

    pub(super) fn finish(mut self) -> AuditSummary {
        let open = self
            .open
            .into_iter()
            .map(|(decision_id, (seq, timestamp_ms))| DanglingIntent {
                decision_id,
                seq,
                timestamp_ms,
            });
        self.summary.dangling_intents = open.collect();
        self.summary
            .dangling_intents
            .sort_unstable_by_key(|intent| intent.seq);
        self.summary
    }
}
