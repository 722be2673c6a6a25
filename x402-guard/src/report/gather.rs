//! Making the report's object from what was counted.

use std::collections::BTreeMap;

use crate::report::chain::{Checked, Integrity};
use crate::report::count::money::{AssetSum, Figures, Outcome};
use crate::report::count::notes::Found;
use crate::report::count::payments::Doubtful;
use crate::report::count::ranked::{Ranked, Shown};
use crate::report::count::tally::{Counted, Lines};
use crate::report::count::totals::{Denied, both_halves};
use crate::report::document::{
    Approvals, Asset, Breakdown, Count, Denial, Document, FileEntry, Listed, Others, Payment, Pii,
    Records, Row, Span, SubjectEntry, Table, Worth,
};
use crate::report::notes;
use crate::report::period::Period;
use crate::report::subject::Match;
use crate::shown::time;

/// Counts up when a field changes its meaning.
const FORMAT: u32 = 1;
/// Most payments that are listed one by one.
const MAX_LISTED: usize = 1000;

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
        let counts = |sums: &Ranked<u64>| count_table(&sums.heaviest(rows, |count| *count));
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
            pii: table(&totals.notes.pii.heaviest(rows, Found::all), pii),
            denials: table(&denials, denial),
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

fn table<T, R>(shown: &Shown<'_, T>, row: impl Fn(&str, &T) -> R) -> Table<R> {
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
    table(&shown, |name, figures| Row {
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
    let mut table = table(&shown, |name, sum| asset(name, sum, Some(sum.atomic())));
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

fn count_table(shown: &Shown<'_, u64>) -> Table<Count> {
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
