//! The files, their records, and payments and records one by one.

use super::cells::{count, moment, origin, place, usd};
use crate::report::count::money::grouped;
use crate::report::count::tally::Skipped;
use crate::report::document::{Document, Listed};
use crate::report::show::section::{Cell, Grid, Line, Section, figures, words};

/// Most payments and records that people are shown one by one.
const MAX_SHOWN: usize = 200;

pub(super) fn integrity(document: &Document) -> Section {
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
            section.points.push(point.foreign(head.clone()));
        }
    }
    section
}

pub(super) fn doubtful(
    document: &Document,
    section: Section,
    payments: &Listed,
    says: &str,
) -> Section {
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

pub(super) fn records(document: &Document) -> Section {
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

pub(super) fn subject(document: &Document) -> Vec<Section> {
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
