//! The parts of a report, drawn from its object.

use crate::report::count::money::{Outcome, grouped};
use crate::report::count::tally::Skipped;
use crate::report::document::{Breakdown, Count, Document, Listed, Others, Row, Table, Worth};
use crate::report::show::section::{Cell, Column, Grid, Line, Section, figures, words};

/// Most payments and records that people are shown one by one.
const MAX_SHOWN: usize = 200;

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

/// All parts, in the order of the report.
pub(crate) fn sections(document: &Document) -> Vec<Section> {
    let mut sections = vec![integrity(document), outcomes(document)];
    sections.push(spend(document));
    sections.push(assets(document));
    sections.push(pii(document));
    sections.push(denials(document));
    sections.push(approvals(document));
    sections.push(doubtful(
        document,
        Section::new("unknown", "Unknown outcomes"),
        &document.unknown,
        "The signature may have left, and nobody knows whether the payment was settled. Ask the chain (ledger reconcile), or \
         look each up.",
    ));
    sections.push(doubtful(
        document,
        Section::new("dangling", "Dangling intents"),
        &document.dangling,
        "Intents without any outcome in these files: payments that a crash cut short, or that were under way.",
    ));
    sections.push(records(document));
    sections.extend(subject(document));
    let mut notes = Section::new("notes", "How to read this");
    notes.points = document
        .notes
        .iter()
        .map(|note| Line::new(note.clone()))
        .collect();
    sections.push(notes);
    sections
}

fn count(number: u64) -> Cell {
    Cell::Plain(grouped(number))
}

const fn usd(micros: u128) -> Cell {
    Cell::Usd(micros)
}

/// To the second: milliseconds are in the object.
fn moment(time: &str) -> Cell {
    let second = time.get(..19).unwrap_or(time);
    match second.split_once('T') {
        Some((date, clock)) => Cell::Time(date.to_owned(), clock.to_owned()),
        None => Cell::Plain(time.to_owned()),
    }
}

/// Where a record stands: the number of its file, and its line.
fn place(document: &Document, file: &str, line: u64) -> Cell {
    let at = document.files.iter().position(|entry| entry.file == file);
    Cell::Plain(format!(
        "{}:{line}",
        at.map_or(0, |at| at.saturating_add(1))
    ))
}

/// An origin, in which https goes without saying.
fn origin(origin: Option<&str>) -> Cell {
    Cell::maybe(origin.map(|origin| origin.strip_prefix("https://").unwrap_or(origin)))
}

fn integrity(document: &Document) -> Section {
    let mut section = Section::new("integrity", "Integrity of the files");
    let columns = vec![
        words("No."),
        words("File"),
        words("Integrity"),
        figures("Lines checked"),
        words("First record (UTC)"),
        figures("Chain").wide_only(),
    ];
    let rows = (1_u64..).zip(&document.files).map(|(number, file)| {
        vec![
            count(number),
            Cell::Foreign(file.file.clone()),
            Cell::State(file.integrity),
            Cell::Plain(format!(
                "{} of {}",
                grouped(file.checked),
                grouped(file.lines)
            )),
            moment(file.first_time.as_deref().unwrap_or("-")),
            Cell::Plain(file.chain.to_string()),
        ]
    });
    section.tables.push(Grid {
        caption: "Files, in the order of their first records",
        columns,
        rows: rows.collect(),
    });
    for file in &document.files {
        if let Some(problem) = &file.problem {
            let place = match file.line {
                Some(line) => format!(" is {} at line {line}: ", file.integrity),
                None => format!(" is {}: ", file.integrity),
            };
            let point = Line(Vec::new()).foreign(file.file.clone()).plain(place);
            section.points.push(point.foreign(problem.clone()));
        }
        if let Some(head) = &file.head {
            let point = Line::new("Head of ").foreign(file.file.clone());
            let point = point.plain(", to keep elsewhere: ");
            section.points.push(point.plain(head.clone()));
        }
    }
    section
}

fn worth(row: &Row, outcome: Outcome) -> Worth {
    let found = row.outcomes.get(outcome.as_str()).copied();
    found.unwrap_or(Worth {
        payments: 0,
        usd_micros: 0,
        without_price: 0,
    })
}

fn outcomes(document: &Document) -> Section {
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

/// What the row for those without a row of their own is called.
fn others<R>(others: &Others<R>) -> Cell {
    Cell::Plain(match (others.names, others.and_more) {
        (0, _) => "others".to_owned(),
        (names, false) => format!("others ({names})"),
        (names, true) => format!("others ({names} and more)"),
    })
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

fn spend(document: &Document) -> Section {
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

fn assets(document: &Document) -> Section {
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

fn pii(document: &Document) -> Section {
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

fn denials(document: &Document) -> Section {
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

fn approvals(document: &Document) -> Section {
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

fn doubtful(document: &Document, section: Section, payments: &Listed, says: &str) -> Section {
    if payments.payments == 0 {
        return section.says("None.");
    }
    let rows = payments.listed.iter().take(MAX_SHOWN).map(|payment| {
        vec![
            Cell::Foreign(payment.decision_id.clone()),
            moment(&payment.time),
            payment
                .usd_micros
                .map_or(Cell::Plain("-".to_owned()), |micros| usd(micros.into())),
            Cell::maybe(payment.agent.as_deref()),
            Cell::maybe(payment.recipient.as_deref()),
            origin(payment.origin.as_deref()),
            Cell::maybe(payment.reason.as_deref()),
            Cell::Plain(payment.later.map_or("-", |later| later).to_owned()),
            place(document, &payment.file, payment.line),
        ]
    });
    let table = Grid {
        caption: "In the order of the log; the place is the number of the file, and the line",
        columns: vec![
            words("Decision"),
            words("Time (UTC)"),
            figures("USD"),
            words("Agent"),
            words("Recipient").wide_only(),
            words("Origin").wide_only(),
            words("Reason").wide_only(),
            words("Later").wide_only(),
            words("Place"),
        ],
        rows: rows.collect(),
    };
    let shown = table.rows.len();
    let mut section = section.says(says).shows(table);
    let left = payments.payments.saturating_sub(shown);
    if left > 0 {
        section.points.push(Line::new(format!(
            "{left} more are not shown; --format json lists up to 1000."
        )));
    }
    section
}

fn records(document: &Document) -> Section {
    let records = &document.records;
    let mut rows = vec![
        ("read".to_owned(), records.read),
        ("counted".to_owned(), records.counted),
        (
            "known to be as they were written".to_owned(),
            records.checked,
        ),
        (
            "counted though unchecked".to_owned(),
            records.counted_unchecked,
        ),
        ("outside the period".to_owned(), records.outside_period),
        ("of other agents".to_owned(), records.of_other_agents),
    ];
    let reasons = [
        Skipped::NotARecord,
        Skipped::TooLong,
        Skipped::Torn,
        Skipped::UnknownEvent,
    ];
    for why in reasons {
        if let Some(count) = records.skipped.get(why.as_str()) {
            rows.push((format!("skipped: {}", why.meaning()), *count));
        }
    }
    let rows = rows
        .into_iter()
        .map(|(what, number)| vec![Cell::Plain(what), count(number)]);
    Section::new("records", "Records").shows(Grid {
        caption: "Lines of the files",
        columns: vec![words("Lines"), figures("Count")],
        rows: rows.collect(),
    })
}

fn subject(document: &Document) -> Vec<Section> {
    let Some(subject) = &document.subject else {
        return Vec::new();
    };
    let rows = subject.listed.iter().take(MAX_SHOWN).map(|found| {
        vec![
            moment(&found.time),
            Cell::Foreign(found.event.clone()),
            Cell::Plain(found.fields.join(", ")),
            Cell::maybe(found.decision_id.as_deref()),
            place(document, &found.file, found.line),
        ]
    });
    let intro = Line::new(format!(
        "{} records of the period hold ",
        grouped(subject.records)
    ));
    let intro = intro.foreign(subject.wanted.clone());
    let intro =
        intro.plain(". --format json has each of them whole (up to 10 000, for Art. 15 GDPR).");
    let mut section = Section::new("subject", "Records about the subject")
        .says(intro)
        .shows(Grid {
            caption: "In the order of the log; the place is the number of the file, and the line",
            columns: vec![
                words("Time (UTC)"),
                words("Event"),
                words("Fields"),
                words("Decision").wide_only(),
                words("Place"),
            ],
            rows: rows.collect(),
        });
    let left = subject
        .records
        .saturating_sub(u64::try_from(MAX_SHOWN).unwrap_or(u64::MAX));
    if left > 0 {
        let more = format!("{} more are not shown here.", grouped(left));
        section.points.push(Line::new(more));
    }
    let parts = [
        (
            Section::new("stored", "What a log holds (Art. 15 GDPR)"),
            &subject.stored,
        ),
        (
            Section::new("erasure", "What erasing would mean (Art. 17 GDPR)"),
            &subject.erasure,
        ),
    ];
    let law = parts.into_iter().map(|(mut section, texts)| {
        section.points = texts.iter().map(|text| Line::from(*text)).collect();
        section
    });
    [section].into_iter().chain(law).collect()
}
