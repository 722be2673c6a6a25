//! The report as an object: what `--format json` prints, and what the other forms are drawn from.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::chain::{Checked, Integrity};
use crate::report::count::money::{AssetSum, Figures, Outcome};
use crate::report::count::notes::Found;
use crate::report::count::payments::Doubtful;
use crate::report::count::ranked::{Ranked, Shown};
use crate::report::count::tally::{Counted, Lines};
use crate::report::count::totals::{Denied, both_halves};
use crate::report::notes;
use crate::report::period::Period;
use crate::report::subject::Match;
use crate::shown::time;

/// Counts up when a field changes its meaning.
const FORMAT: u32 = 1;
/// Most payments that are listed one by one.
const MAX_LISTED: usize = 1000;

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

impl Document {
    pub(super) fn new(
        period: Period,
        agent: Option<String>,
        rows: usize,
        files: Vec<Checked>,
        counted: Counted,
    ) -> Self {
        let totals = &counted.totals;
        let worst = files.iter().map(|file| file.integrity).max();
        let notes = notes::of(&files, &counted);
        let by = |sums: &Ranked<Figures>| breakdown(sums.heaviest(rows, Figures::weight));
        let counts = |sums: &Ranked<u64>| count_table(sums.heaviest(rows, |count| *count));
        let denials = totals.denials.heaviest(rows, |denied| denied.count);
        let assets = totals
            .by_asset
            .heaviest(rows, |sum| (sum.figure.usd_micros, sum.figure.payments));
        Self {
            format: FORMAT,
            period: Span {
                from: period.from.map(time),
                to: period.to.map(time),
                first_record: counted.lines.first_ms.map(time),
                last_record: counted.lines.last_ms.map(time),
            },
            agent,
            integrity: worst.unwrap_or(Integrity::Unverified).as_str(),
            outcomes: worths(&totals.spent),
            settled_in_checked_records_usd_micros: totals.settled_checked_micros,
            resent: totals.resent,
            repeated_outcomes: totals.repeated,
            unfollowed: totals.unfollowed,
            by_day: breakdown(totals.by_day.by_name(usize::MAX)),
            by_agent: by(&totals.by_agent),
            by_origin: by(&totals.by_origin),
            by_recipient: by(&totals.by_recipient),
            by_position: by(&totals.by_position),
            by_asset: asset_table(assets),
            pii: table(totals.notes.pii.heaviest(rows, Found::all), pii),
            denials: table(denials, denial),
            shadow_denials: counts(&totals.notes.shadow),
            warnings: counts(&totals.notes.warnings),
            approvals: approvals(&counted, counts(&totals.notes.approvers)),
            unknown: listed(&counted.unknown, &files),
            dangling: listed(&counted.dangling, &files),
            records: records(&counted.lines),
            subject: counted.subject.map(|subject| SubjectEntry {
                wanted: subject.wanted().to_owned(),
                records: subject.matches,
                listed: with_files(subject.listed, &files),
                stored: notes::STORED.to_vec(),
                erasure: notes::ERASURE.to_vec(),
            }),
            files: files.into_iter().map(FileEntry::from).collect(),
            notes,
        }
    }
}

impl From<Checked> for FileEntry {
    fn from(file: Checked) -> Self {
        Self {
            file: file.file,
            chain: file.chain,
            integrity: file.integrity.as_str(),
            line: file.line,
            code: file.code,
            problem: file.problem,
            lines: file.lines,
            checked: file.checked,
            skipped: file.skipped,
            first_time: file.first_time,
            head: file.head,
        }
    }
}

fn records(lines: &Lines) -> Records {
    let skipped = lines.skipped.iter();
    Records {
        read: lines.read,
        counted: lines.counted,
        checked: lines.checked,
        counted_unchecked: lines.counted_unchecked,
        outside_period: lines.outside_period,
        of_other_agents: lines.of_other_agents,
        skipped: skipped.map(|(why, count)| (why.as_str(), *count)).collect(),
    }
}

fn worths(figures: &Figures) -> BTreeMap<&'static str, Worth> {
    let all = Outcome::ALL.into_iter().map(|outcome| {
        let figure = figures.of(outcome);
        let worth = Worth {
            payments: figure.payments,
            usd_micros: figure.usd_micros,
            without_price: figure.unpriced,
        };
        (outcome.as_str(), worth)
    });
    all.collect()
}

fn table<T, R>(shown: Shown<'_, T>, row: impl Fn(&str, &T) -> R) -> Table<R> {
    Table {
        rows: shown
            .rows
            .iter()
            .map(|(name, sum)| row(name, sum))
            .collect(),
        others: shown.others.as_ref().map(|sum| Others {
            names: shown.names_in_others,
            and_more: shown.is_full,
            sum: row("", sum),
        }),
    }
}

fn breakdown(mut shown: Shown<'_, Figures>) -> Breakdown {
    shown.rows.retain(|(_, figures)| figures.payments() > 0);
    table(shown, |name, figures| Row {
        name: name.to_owned(),
        outcomes: worths(figures),
    })
}

fn asset_table(mut shown: Shown<'_, AssetSum>) -> Table<Asset> {
    shown.rows.retain(|(_, sum)| sum.figure.payments > 0);
    shown.others = shown.others.filter(|sum| sum.figure.payments > 0);
    let asset = |name: &str, sum: &AssetSum, amount| {
        let (network, asset) = both_halves(name);
        Asset {
            network: network.to_owned(),
            asset: asset.to_owned(),
            payments: sum.figure.payments,
            amount,
            amounts_not_added: sum.not_added,
            usd_micros: sum.figure.usd_micros,
            without_price: sum.figure.unpriced,
        }
    };
    let mut table = table(shown, |name, sum| asset(name, sum, Some(sum.atomic())));
    if let Some(others) = &mut table.others {
        others.sum.amount = None;
    }
    table
}

fn pii(name: &str, found: &Found) -> Pii {
    Pii {
        entity_type: name.to_owned(),
        found: found.all(),
        redacted: found.redacted,
        kept: found.kept,
        blocked: found.blocked,
        records: found.records,
    }
}

fn denial(name: &str, denied: &Denied) -> Denial {
    let (control, code) = both_halves(name);
    Denial {
        control: control.to_owned(),
        code: code.to_owned(),
        count: denied.count,
        usd_micros: denied.usd_micros,
    }
}

fn count_table(shown: Shown<'_, u64>) -> Table<Count> {
    table(shown, |name, count| Count {
        name: name.to_owned(),
        count: *count,
    })
}

fn approvals(counted: &Counted, approvers: Table<Count>) -> Approvals {
    let of = |code: &str| {
        let all = counted.totals.denials.iter();
        let with_code = all.filter(|(name, _)| both_halves(name).1 == code);
        with_code
            .map(|(_, denied)| denied.count)
            .fold(0, u64::saturating_add)
    };
    let granted = counted.totals.notes.granted;
    let (denied, timed_out) = (of("mpa.denied"), of("mpa.timeout"));
    let signatures_missing = of("mpa.approval_required");
    let asked = [granted, denied, timed_out, signatures_missing];
    Approvals {
        asked: asked.into_iter().fold(0, u64::saturating_add),
        granted,
        denied,
        timed_out,
        signatures_missing,
        already_used: of("mpa.approval_used"),
        busy: of("mpa.busy"),
        approvers,
    }
}

fn name_of(files: &[Checked], at: usize) -> String {
    files
        .get(at)
        .map(|file| file.file.clone())
        .unwrap_or_default()
}

fn listed(payments: &[Doubtful], files: &[Checked]) -> Listed {
    let some = payments.iter().take(MAX_LISTED).cloned();
    Listed {
        payments: payments.len(),
        listed: some
            .map(|payment| Payment {
                decision_id: payment.decision_id,
                file: name_of(files, payment.at.file),
                line: payment.at.line,
                time: time(payment.unix_ms),
                usd_micros: payment.usd_micros,
                agent: payment.agent,
                origin: payment.origin,
                recipient: payment.recipient,
                reason: payment.reason,
                later: payment.later,
            })
            .collect(),
    }
}

fn with_files(mut listed: Vec<Match>, files: &[Checked]) -> Vec<Match> {
    for found in &mut listed {
        found.file = name_of(files, found.at.file);
    }
    listed
}
