//! What controls did: personal data, denials, approvals.

use super::cells::{count, others, usd};
use crate::report::document::{Count, Document, Table};
use crate::report::show::section::{Cell, Grid, Section, figures, words};

pub(super) fn pii(document: &Document) -> Section {
    let found = &document.pii;
    let own = found
        .rows
        .iter()
        .map(|row| (Cell::maybe(Some(&row.entity_type)), row));
    let rest = found.others.iter().map(|rest| (others(rest), &rest.sum));
    let rows = own.chain(rest).map(|(name, row)| {
        vec![
            name,
            count(row.found),
            count(row.redacted),
            count(row.kept),
            count(row.blocked),
            count(row.records),
        ]
    });
    let table = Grid {
        caption: "Findings by type, and what was done",
        columns: vec![
            words("Type"),
            figures("Found"),
            figures("Redacted"),
            figures("Warned"),
            figures("Blocked"),
            figures("Payments"),
        ],
        rows: rows.collect(),
    };
    Section::new("pii", "Personal data")
        .says(
            "The log holds kinds and counts, never the text, nor the field that it stood in; where a request was denied for it, \
             the code below names the part (pii.request_url, pii.request_header, pii.request_body). Warned counts all findings \
             of payments on which some stayed where they were.",
        )
        .shows(table)
}

fn count_grid(caption: &'static str, name: &'static str, counts: &Table<Count>) -> Grid {
    let own = counts
        .rows
        .iter()
        .map(|row| (Cell::maybe(Some(&row.name)), row));
    let rest = counts.others.iter().map(|rest| (others(rest), &rest.sum));
    let rows = own
        .chain(rest)
        .map(|(name, row)| vec![name, count(row.count)]);
    Grid {
        caption,
        columns: vec![words(name), figures("Payments")],
        rows: rows.collect(),
    }
}

pub(super) fn denials(document: &Document) -> Section {
    let denied = &document.denials;
    let own = denied
        .rows
        .iter()
        .map(|row| (Cell::maybe(Some(&row.control)), row));
    let rest = denied.others.iter().map(|rest| (others(rest), &rest.sum));
    let rows = own.chain(rest).map(|(control, row)| {
        vec![
            control,
            Cell::maybe(Some(&row.code)),
            count(row.count),
            usd(row.usd_micros),
        ]
    });
    let table = Grid {
        caption: "Denials by control and code",
        columns: vec![
            words("Control"),
            words("Code"),
            figures("Denials"),
            figures("USD asked for"),
        ],
        rows: rows.collect(),
    };
    let mut section = Section::new("denials", "Denials").shows(table);
    let shadow = &document.shadow_denials;
    if !shadow.rows.is_empty() {
        section = section.shows(count_grid(
            "Denials in shadow mode: none of them held",
            "Code",
            shadow,
        ));
    }
    if !document.warnings.rows.is_empty() {
        section = section.shows(count_grid("Warnings", "Code", &document.warnings));
    }
    section
}

pub(super) fn approvals(document: &Document) -> Section {
    let found = &document.approvals;
    let rows = [
        ("asked", found.asked),
        ("granted", found.granted),
        ("denied", found.denied),
        ("timed out", found.timed_out),
        ("signatures not given yet", found.signatures_missing),
        ("used before", found.already_used),
        ("too many waiting", found.busy),
    ];
    let rows = rows.map(|(what, number)| vec![Cell::Plain(what.to_owned()), count(number)]);
    let table = Grid {
        caption: "Approvals",
        columns: vec![words("Approvals"), figures("Payments")],
        rows: rows.into(),
    };
    let mut section = Section::new("approvals", "Approvals")
        .says("Asked is the sum of granted, denied, timed out and not given yet: the log has no record of the asking itself.")
        .shows(table);
    if !found.approvers.rows.is_empty() {
        section = section.shows(count_grid("Who approved", "Approver", &found.approvers));
    }
    section
}
