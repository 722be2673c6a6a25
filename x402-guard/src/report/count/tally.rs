//! Taking lines, one after the other, into the sums.

use std::collections::BTreeMap;

use x402_tower::audit::AuditEventType;

use crate::report::count::payments::{At, Book, Doubtful, Seen};
use crate::report::count::totals::Totals;
use crate::report::period::Period;
use crate::report::record::{Record, text};
use crate::report::subject::Subject;

/// Why a line is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Skipped {
    /// It is not JSON with the fields of a record.
    NotARecord,
    /// It is longer than a record can be.
    TooLong,
    /// The file ends within it.
    Torn,
    /// It is a record of a kind that this version does not know.
    UnknownEvent,
}

impl Skipped {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::NotARecord => "not_a_record",
            Self::TooLong => "too_long",
            Self::Torn => "torn",
            Self::UnknownEvent => "unknown_event",
        }
    }

    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::NotARecord => "not JSON with the fields of a record",
            Self::TooLong => "longer than a record can be",
            Self::Torn => "the file ends within the line, as after a crash",
            Self::UnknownEvent => "an event that this version does not know",
        }
    }
}

/// How many lines became what.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines {
    pub(crate) read: u64,
    pub(crate) counted: u64,
    /// Those of the lines that were read that are known to be as they were written.
    pub(crate) checked: u64,
    /// Those that were counted although nobody can vouch for them.
    pub(crate) counted_unchecked: u64,
    pub(crate) outside_period: u64,
    pub(crate) of_other_agents: u64,
    pub(crate) skipped: BTreeMap<Skipped, u64>,
    pub(crate) first_ms: Option<u64>,
    pub(crate) last_ms: Option<u64>,
}

/// The sums as they grow.
#[derive(Debug)]
pub(crate) struct Tally {
    period: Period,
    agent: Option<String>,
    subject: Option<Subject>,
    book: Book,
    totals: Totals,
    lines: Lines,
}

/// The sums of a whole report.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) totals: Totals,
    pub(crate) lines: Lines,
    pub(crate) dangling: Vec<Doubtful>,
    pub(crate) unknown: Vec<Doubtful>,
    pub(crate) subject: Option<Subject>,
}

impl Tally {
    pub(crate) fn new(period: Period, agent: Option<String>, subject: Option<Subject>) -> Self {
        Self {
            period,
            agent,
            subject,
            book: Book::default(),
            totals: Totals::new(),
            lines: Lines::default(),
        }
    }

    /// Takes a whole line, with or without its line break.
    pub(crate) fn line(&mut self, at: At, line: &[u8], checked: bool) -> Result<(), Skipped> {
        add_one(&mut self.lines.read);
        if checked {
            add_one(&mut self.lines.checked);
        }
        let taken = self.take(at, line, checked);
        if let Err(why) = taken {
            add_one(self.lines.skipped.entry(why).or_default());
        }
        taken
    }

    /// Counts a line that is no whole one.
    pub(crate) fn skip(&mut self, why: Skipped) {
        add_one(&mut self.lines.read);
        add_one(self.lines.skipped.entry(why).or_default());
    }

    fn take(&mut self, at: At, line: &[u8], checked: bool) -> Result<(), Skipped> {
        let record: Record<'_> = serde_json::from_slice(line).map_err(|_| Skipped::NotARecord)?;
        let counts = self.period.holds(record.timestamp_ms);
        if !self.is_of_agent(&record) {
            add_one(&mut self.lines.of_other_agents);
            return Ok(());
        }
        if !counts {
            add_one(&mut self.lines.outside_period);
        } else if let Some(subject) = &mut self.subject {
            subject.look(at, &record, line);
        }
        let event =
            AuditEventType::from_name(record.event_type.as_str()).ok_or(Skipped::UnknownEvent)?;
        let seen = Seen {
            record: &record,
            event,
            at,
            counts,
            checked,
        };
        if counts {
            self.count(seen);
        }
        self.book.see(seen, &mut self.totals);
        Ok(())
    }

    fn count(&mut self, seen: Seen<'_, '_>) {
        add_one(&mut self.lines.counted);
        if !seen.checked {
            add_one(&mut self.lines.counted_unchecked);
        }
        let at = seen.record.timestamp_ms;
        let lines = &mut self.lines;
        lines.first_ms = Some(lines.first_ms.map_or(at, |first| first.min(at)));
        lines.last_ms = Some(lines.last_ms.map_or(at, |last| last.max(at)));
        if is_denial(seen.event) {
            self.totals.deny(seen.record, seen.event);
        }
    }

    /// A record without an agent goes with its payment.
    fn is_of_agent(&self, record: &Record<'_>) -> bool {
        let Some(wanted) = &self.agent else {
            return true;
        };
        match text(record.agent_id.as_ref()) {
            Some(agent) => agent == wanted,
            None => self.book.follows(text(record.decision_id.as_ref())),
        }
    }

    #[cfg(test)]
    pub(crate) fn held(&self) -> [usize; 4] {
        [
            self.book.len(),
            self.totals.by_agent.len(),
            self.totals.by_origin.len(),
            self.totals.by_recipient.len(),
        ]
    }

    pub(crate) fn finish(mut self) -> Counted {
        let (dangling, unknown) = self.book.finish(&mut self.totals);
        Counted {
            totals: self.totals,
            lines: self.lines,
            dangling,
            unknown,
            subject: self.subject,
        }
    }
}

const fn is_denial(event: AuditEventType) -> bool {
    matches!(
        event,
        AuditEventType::PaymentError
            | AuditEventType::PiiBlocked
            | AuditEventType::PolicyBlocked
            | AuditEventType::ReplayBlocked
            | AuditEventType::MpaBlocked
            | AuditEventType::ChallengeDenied
    )
}

const fn add_one(count: &mut u64) {
    *count = count.saturating_add(1);
}
