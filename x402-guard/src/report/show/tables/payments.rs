//! Payments: how they ended, and what was spent on what.

use super::cells::{count, origin, others, usd};
use crate::report::count::money::{Outcome, grouped};
use crate::report::document::{Breakdown, Document, Row, Worth};
use crate::report::show::section::{Cell, Column, Grid, Line, Section, figures, words};

/// What each outcome means.
const MEANINGS: [(Outcome, &str); 7] = [
    (Outcome::Settled, "paid, as a receipt or the chain says"),
    (Outcome::Rejected, "refused by the counterparty"),
    (Outcome::Unknown, "may have been paid: nobody knows"),
    (Outcome::NotSent, "the signature never left"),
    (Outcome::Denied, "denied by a control, not paid"),
    (Outcome::Released, "found out later: never will settle"),
    (Outcome::Open, "no outcome within the period"),
];

fn worth(row: &Row, outcome: Outcome) -> Worth {
    let found = row.outcomes.get(outcome.as_str()).copied();
    found.unwrap_or(Worth {
        payments: 0,
        usd_micros: 0,
        without_price: 0,
    })
}

pub(super) fn outcomes(document: &Document) -> Section {
    let rows = MEANINGS.into_iter().filter_map(|(outcome, meaning)| {
        let worth = document.outcomes.get(outcome.as_str())?;
        Some(vec![
            Cell::State(outcome.as_str()),
            count(worth.payments),
            usd(worth.usd_micros),
            count(worth.without_price),
            Cell::Plain(meaning.to_owned()),
        ])
    });
    let table = Grid {
        caption: "Payments by how they ended",
        columns: vec![
            words("Outcome"),
            figures("Payments"),
            figures("USD"),
            figures("No price").wide_only(),
            words("Meaning"),
        ],
        rows: rows.collect(),
    };
    let mut section = Section::new("outcomes", "Payments").shows(table);
    for (outcome, _) in MEANINGS {
        let worth = document.outcomes.get(outcome.as_str());
        if let Some(worth) = worth.filter(|worth| worth.without_price > 0) {
            section.points.push(Line::new(format!(
                "{} of the payments that are {} have no price in dollars, and are in no sum of dollars.",
                grouped(worth.without_price),
                outcome.as_str()
            )));
        }
    }
    section
}

fn spend_columns(name: &'static str) -> Vec<Column> {
    vec![
        words(name),
        figures("USD settled"),
        figures("Settled"),
        figures("Rejected"),
        figures("Unknown"),
        figures("Unsent"),
        figures("Denied").wide_only(),
        figures("Released").wide_only(),
        figures("Open").wide_only(),
    ]
}

fn spend_row(name: Cell, row: &Row) -> Vec<Cell> {
    let settled = worth(row, Outcome::Settled);
    let mut cells = vec![name, usd(settled.usd_micros)];
    for outcome in Outcome::ALL {
        cells.push(count(worth(row, outcome).payments));
    }
    cells
}

fn breakdown(caption: &'static str, name: &'static str, sums: &Breakdown) -> Grid {
    let named = |row: &Row| match name {
        "Day" => Cell::Plain(row.name.clone()),
        "Origin" => origin(Some(&row.name)),
        _ => Cell::maybe(Some(&row.name)),
    };
    let rows = sums.rows.iter();
    let mut rows: Vec<_> = rows.map(|row| spend_row(named(row), row)).collect();
    if let Some(rest) = &sums.others {
        rows.push(spend_row(others(rest), &rest.sum));
    }
    Grid {
        caption,
        columns: spend_columns(name),
        rows,
    }
}

pub(super) fn spend(document: &Document) -> Section {
    Section::new("spend", "Spend")
        .shows(breakdown("By day (UTC)", "Day", &document.by_day))
        .shows(breakdown("By agent", "Agent", &document.by_agent))
        .shows(breakdown(
            "By origin (https unless it says otherwise)",
            "Origin",
            &document.by_origin,
        ))
        .shows(breakdown(
            "By recipient",
            "Recipient",
            &document.by_recipient,
        ))
        .shows(breakdown(
            "By position of the guard, also those that spend nothing",
            "Position",
            &document.by_position,
        ))
}

pub(super) fn assets(document: &Document) -> Section {
    let assets = &document.by_asset;
    let own = assets
        .rows
        .iter()
        .map(|row| (Cell::maybe(Some(&row.network)), row));
    let rest = assets.others.iter().map(|rest| (others(rest), &rest.sum));
    let rows = own.chain(rest).map(|(network, row)| {
        vec![
            network,
            Cell::maybe(Some(&row.asset)),
            count(row.payments),
            Cell::Plain(row.amount.clone().unwrap_or_else(|| "-".to_owned())),
            usd(row.usd_micros),
        ]
    });
    let table = Grid {
        caption: "Settled, in atomic units of each asset",
        columns: vec![
            words("Network"),
            words("Asset"),
            figures("Settled"),
            figures("Atomic units"),
            figures("USD"),
        ],
        rows: rows.collect(),
    };
    let mut section = Section::new("assets", "Assets").shows(table);
    for row in assets.rows.iter().filter(|row| row.amounts_not_added > 0) {
        let point = format!("{} amounts of ", grouped(row.amounts_not_added));
        let point = Line::new(point).foreign(row.asset.clone());
        let point = point.plain(" are missing, no numbers, or too large for the sum.");
        section.points.push(point);
    }
    section
}
