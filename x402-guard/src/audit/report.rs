//! What a check found, for people and for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use x402_tower::audit::AuditSummary;

use super::Problem;
use crate::shown::time;

/// Most unfinished payments that are listed for people.
const MAX_LISTED: usize = 20;

/// What `--json` prints.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Verdict {
    Intact(Intact),
    NotIntact(NotIntact),
}

#[derive(Debug, Serialize)]
pub(crate) struct Intact {
    intact: bool,
    records: u64,
    events: BTreeMap<&'static str, u64>,
    unknown_events: u64,
    first_time: Option<String>,
    last_time: Option<String>,
    writers: u64,
    head: Option<String>,
    dangling_intents: Vec<Dangling>,
    unfollowed_intents: u64,
}

#[derive(Debug, Serialize)]
struct Dangling {
    line: u64,
    time: String,
    decision_id: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct NotIntact {
    /// `null` where the log could not be checked.
    intact: Option<bool>,
    line: Option<u64>,
    code: &'static str,
    problem: String,
}

impl Verdict {
    pub(super) fn of(found: &Result<AuditSummary, Problem>) -> Self {
        match found {
            Ok(summary) => Self::Intact(Intact::of(summary)),
            Err(problem) => Self::NotIntact(NotIntact {
                intact: problem.is_certain().then_some(false),
                line: problem.line(),
                code: problem.code(),
                problem: problem.to_string(),
            }),
        }
    }

    /// Prints what an intact log holds; a broken one has no summary.
    pub(super) fn print(&self, file: &Path, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Intact(intact) => intact.print(file, out),
            Self::NotIntact(_) => Ok(()),
        }
    }
}

impl Intact {
    fn of(summary: &AuditSummary) -> Self {
        let events = summary.events.iter();
        let dangling = summary.dangling_intents.iter();
        Self {
            intact: true,
            records: summary.records,
            events: events
                .map(|(event, count)| (event.as_str(), *count))
                .collect(),
            unknown_events: summary.unknown_events,
            first_time: summary.first_timestamp_ms.map(time),
            last_time: summary.last_timestamp_ms.map(time),
            writers: summary.writers,
            head: summary.head.map(|head| head.to_string()),
            dangling_intents: dangling
                .map(|intent| Dangling {
                    line: intent.seq,
                    time: time(intent.timestamp_ms),
                    decision_id: intent.decision_id.clone(),
                })
                .collect(),
            unfollowed_intents: summary.unfollowed_intents,
        }
    }

    fn print(&self, file: &Path, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}: intact", file.display())?;
        writeln!(out)?;
        writeln!(out, "{:<20} {:>8}", "records", self.records)?;
        for (event, count) in &self.events {
            writeln!(out, "  {event:<18} {count:>8}")?;
        }
        if self.unknown_events > 0 {
            writeln!(
                out,
                "  {:<18} {:>8}",
                "of other versions", self.unknown_events
            )?;
        }
        writeln!(out, "{:<20} {:>8}", "times opened", self.writers)?;
        if let (Some(first), Some(last)) = (&self.first_time, &self.last_time) {
            writeln!(out)?;
            writeln!(out, "first  {first}")?;
            writeln!(out, "last   {last}")?;
        }
        if let Some(head) = &self.head {
            writeln!(out)?;
            writeln!(
                out,
                "head, to keep elsewhere and to check against with --head:"
            )?;
            writeln!(out, "  {head}")?;
        }
        self.print_dangling(out)
    }

    fn print_dangling(&self, out: &mut impl Write) -> io::Result<()> {
        if !self.dangling_intents.is_empty() {
            writeln!(out)?;
            writeln!(
                out,
                "warning: payments without an outcome, as after a crash. Nobody knows whether"
            )?;
            writeln!(
                out,
                "they were paid; look each up on the chain or ask the seller:"
            )?;
            for intent in self.dangling_intents.iter().take(MAX_LISTED) {
                let Dangling {
                    line,
                    time,
                    decision_id,
                } = intent;
                writeln!(out, "  line {line}  {time}  {decision_id}")?;
            }
            let more = self.dangling_intents.len().saturating_sub(MAX_LISTED);
            if more > 0 {
                writeln!(out, "  and {more} more; --json lists them all")?;
            }
        }
        if self.unfollowed_intents > 0 {
            writeln!(out)?;
            writeln!(
                out,
                "warning: {} more intents could not be followed to an outcome",
                self.unfollowed_intents
            )?;
        }
        Ok(())
    }
}
