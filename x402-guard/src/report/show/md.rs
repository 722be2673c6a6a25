//! Markdown that fits a terminal of 80 columns.

use core::fmt::Write as _;

use super::wrap::{self, fenced};
use crate::report::count::money::{dollars, dollars_to, grouped};
use crate::report::document::Document;
use crate::report::show::section::{Cell, Column, Grid, Line};
use crate::report::show::sections;
use crate::shown::Foreign;

const CUT: char = '\u{2026}';
/// Least that is left of a text.
const LEAST: usize = 8;

pub(crate) fn write(document: &Document) -> String {
    let mut out = String::from("# Audit report\n\n");
    head(document, &mut out);
    for section in sections(document) {
        let _infallible = write!(out, "\n## {}\n", section.title);
        for line in &section.intro {
            out.push('\n');
            wrap::line(&mut out, "", line);
        }
        for table in &section.tables {
            if table.rows.is_empty() {
                let _infallible = writeln!(out, "\n{}: none", table.caption);
                continue;
            }
            out.push('\n');
            wrap::line(&mut out, "", &Line::from(table.caption));
            out.push('\n');
            grid(&mut out, table);
        }
        if !section.points.is_empty() {
            out.push('\n');
        }
        for point in &section.points {
            wrap::line(&mut out, "- ", point);
        }
    }
    out
}

fn head(document: &Document, out: &mut String) {
    let period = &document.period;
    let said = |moment: Option<&String>, none: &str| moment.map_or(none.to_owned(), Clone::clone);
    let mut facts = vec![
        ("Integrity", document.integrity.to_uppercase()),
        (
            "Period",
            format!(
                "{} up to {}",
                said(period.from.as_ref(), "the first record"),
                said(period.to.as_ref(), "the last one")
            ),
        ),
        (
            "Records",
            match (&period.first_record, &period.last_record) {
                (Some(first), Some(last)) => {
                    format!(
                        "{} from {first} to {last}",
                        grouped(document.records.counted)
                    )
                }
                _ => "none".to_owned(),
            },
        ),
        ("Files", document.files.len().to_string()),
    ];
    if let Some(settled) = document.outcomes.get("settled") {
        facts.push((
            "Settled",
            format!(
                "{} USD in {} payments, {} USD of it in checked records",
                dollars(settled.usd_micros),
                grouped(settled.payments),
                dollars(document.settled_in_checked_records_usd_micros)
            ),
        ));
    }
    for (name, fact) in facts {
        wrap::line(out, "- ", &Line::new(format!("{name}: {fact}")));
    }
    if let Some(agent) = &document.agent {
        wrap::line(out, "- ", &Line::new("Agent: ").foreign(agent.clone()));
    }
}

/// A table in which texts are cut to what the numbers leave.
fn grid(out: &mut String, table: &Grid) {
    let is_shown: Vec<_> = table.columns.iter().map(|column| column.narrow).collect();
    let columns: Vec<_> = table
        .columns
        .iter()
        .filter(|column| column.narrow)
        .collect();
    let decimals = table.decimals();
    let rows = table.rows.iter().map(|row| {
        let cells = row.iter().zip(&decimals).zip(&is_shown);
        let cells = cells.filter(|(_, shown)| **shown);
        cells
            .map(|((cell, decimals), _)| Set::of(cell, *decimals))
            .collect()
    });
    let rows: Vec<Vec<Set<'_>>> = rows.collect();
    let widths = widths(&columns, &rows);
    let heads = columns.iter().map(|column| column.head.to_owned());
    push_row(out, &columns, &widths, heads);
    let rules = columns.iter().zip(&widths).map(|(column, width)| {
        let dashes = "-".repeat(width.saturating_sub(usize::from(column.numeric)));
        if column.numeric {
            format!("{dashes}:")
        } else {
            dashes
        }
    });
    push_row(out, &columns, &widths, rules);
    for row in rows {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| cell.cut(*width));
        push_row(out, &columns, &widths, cells);
    }
}

fn push_row(
    out: &mut String,
    columns: &[&Column],
    widths: &[usize],
    cells: impl Iterator<Item = String>,
) {
    for ((column, width), cell) in columns.iter().zip(widths).zip(cells) {
        let _infallible = if column.numeric {
            write!(out, "| {cell:>width$} ")
        } else {
            write!(out, "| {cell:<width$} ")
        };
    }
    out.push_str("|\n");
}

fn widths(columns: &[&Column], rows: &[Vec<Set<'_>>]) -> Vec<usize> {
    let mut widths: Vec<usize> = columns
        .iter()
        .map(|column| column.head.chars().count())
        .collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.whole.chars().count());
        }
    }
    let frame = widths.len().saturating_mul(3).saturating_add(1);
    let room = wrap::COLUMNS.saturating_sub(frame);
    // The widest text gives way first.
    while widths.iter().sum::<usize>() > room {
        let texts = widths.iter_mut().zip(columns);
        let widest = texts.filter(|(width, column)| !column.numeric && **width > LEAST);
        let Some((width, _)) = widest.max_by_key(|(width, _)| **width) else {
            break;
        };
        *width = width.saturating_sub(1);
    }
    widths
}

/// A cell as it is set.
struct Set<'c> {
    whole: String,
    /// Where it comes from the log.
    foreign: Option<&'c str>,
}

impl<'c> Set<'c> {
    fn of(cell: &'c Cell, decimals: usize) -> Self {
        let (whole, foreign) = match cell {
            Cell::Plain(text) => (text.clone(), None),
            Cell::Foreign(text) => (fenced(&Foreign(text).to_string()), Some(text.as_str())),
            Cell::Time(date, clock) => (format!("{date} {clock}"), None),
            Cell::Usd(micros) => (dollars_to(*micros, decimals), None),
            Cell::State(word) => ((*word).to_owned(), None),
        };
        Self { whole, foreign }
    }

    /// The beginning and the end, where the whole is too long.
    fn cut(&self, width: usize) -> String {
        if self.whole.chars().count() <= width {
            return self.whole.clone();
        }
        let Some(text) = self.foreign else {
            let begin = self.whole.chars().take(width.saturating_sub(1));
            return begin.chain([CUT]).collect();
        };
        let letters: Vec<char> = Foreign(text).to_string().chars().collect();
        let room = width.saturating_sub(3);
        let (begin, end) = (room.div_ceil(2), room / 2);
        let tail = letters.len().saturating_sub(end);
        let begin = letters.iter().take(begin);
        let cut: String = begin
            .chain([&CUT])
            .chain(letters.iter().skip(tail))
            .collect();
        fenced(&cut)
    }
}
