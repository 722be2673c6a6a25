//! The report as an object: what `--format json` prints, and what the other forms are drawn from.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::subject::Match;

#[derive(Debug, Serialize)]
pub(super) struct Document {
    pub(super) format: u32,
    pub(super) period: Span,
    pub(super) agent: Option<String>,
    pub(super) integrity: &'static str,
    pub(super) files: Vec<FileEntry>,
    pub(super) records: Records,
    pub(super) outcomes: BTreeMap<&'static str, Worth>,
    pub(super) settled_in_checked_records_usd_micros: u128,
    pub(super) resent: u64,
    pub(super) repeated_outcomes: u64,
    pub(super) unfollowed: u64,
    pub(super) by_day: Breakdown,
    pub(super) by_agent: Breakdown,
    pub(super) by_origin: Breakdown,
    pub(super) by_recipient: Breakdown,
    pub(super) by_position: Breakdown,
    pub(super) by_asset: Table<Asset>,
    pub(super) pii: Table<Pii>,
    pub(super) denials: Table<Denial>,
    pub(super) shadow_denials: Table<Count>,
    pub(super) warnings: Table<Count>,
    pub(super) approvals: Approvals,
    pub(super) unknown: Listed,
    pub(super) dangling: Listed,
    pub(super) subject: Option<SubjectEntry>,
    pub(super) notes: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Span {
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) first_record: Option<String>,
    pub(super) last_record: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct FileEntry {
    pub(super) file: String,
    /// Files of one number are one chain.
    pub(super) chain: usize,
    pub(super) integrity: &'static str,
    pub(super) line: Option<u64>,
    pub(super) code: Option<&'static str>,
    pub(super) problem: Option<String>,
    pub(super) lines: u64,
    pub(super) checked: u64,
    pub(super) skipped: u64,
    pub(super) first_time: Option<String>,
    pub(super) head: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Records {
    pub(super) read: u64,
    pub(super) counted: u64,
    pub(super) checked: u64,
    pub(super) counted_unchecked: u64,
    pub(super) outside_period: u64,
    pub(super) of_other_agents: u64,
    pub(super) skipped: BTreeMap<&'static str, u64>,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Worth {
    pub(super) payments: u64,
    pub(super) usd_micros: u128,
    pub(super) without_price: u64,
}

/// Rows, and those that have none of their own.
#[derive(Debug, Serialize)]
pub(super) struct Table<R> {
    pub(super) rows: Vec<R>,
    pub(super) others: Option<Others<R>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Others<R> {
    /// How many names are added up here, as far as they were told apart.
    pub(super) names: usize,
    /// Whether there were more names than are told apart.
    pub(super) and_more: bool,
    pub(super) sum: R,
}

pub(super) type Breakdown = Table<Row>;

#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) outcomes: BTreeMap<&'static str, Worth>,
}

#[derive(Debug, Serialize)]
pub(super) struct Asset {
    pub(super) network: String,
    pub(super) asset: String,
    pub(super) payments: u64,
    /// `null` for several assets: they have no sum.
    pub(super) amount: Option<String>,
    pub(super) amounts_not_added: u64,
    pub(super) usd_micros: u128,
    pub(super) without_price: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Pii {
    pub(super) entity_type: String,
    pub(super) found: u64,
    pub(super) redacted: u64,
    pub(super) kept: u64,
    pub(super) blocked: u64,
    pub(super) records: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Denial {
    pub(super) control: String,
    pub(super) code: String,
    pub(super) count: u64,
    pub(super) usd_micros: u128,
}

#[derive(Debug, Serialize)]
pub(super) struct Count {
    pub(super) name: String,
    pub(super) count: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Approvals {
    pub(super) asked: u64,
    pub(super) granted: u64,
    pub(super) denied: u64,
    pub(super) timed_out: u64,
    pub(super) signatures_missing: u64,
    pub(super) already_used: u64,
    pub(super) busy: u64,
    pub(super) approvers: Table<Count>,
}

/// The first of the payments of which nobody knows the end.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    pub(super) payments: usize,
    pub(super) listed: Vec<Payment>,
}

#[derive(Debug, Serialize)]
pub(super) struct Payment {
    pub(super) decision_id: String,
    pub(super) file: String,
    pub(super) line: u64,
    pub(super) time: String,
    pub(super) usd_micros: Option<u64>,
    pub(super) agent: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) recipient: Option<String>,
    pub(super) reason: Option<String>,
    /// How it ended after the period.
    pub(super) later: Option<&'static str>,
}

#[derive(Debug, Serialize)]
pub(super) struct SubjectEntry {
    pub(super) wanted: String,
    pub(super) records: u64,
    pub(super) listed: Vec<Match>,
    /// What the log holds, and what taking it out would mean.
    pub(super) stored: Vec<&'static str>,
    pub(super) erasure: Vec<&'static str>,
}
