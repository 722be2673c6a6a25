//! What stands in more than one table.

use crate::report::count::money::grouped;
use crate::report::document::{Document, Others};
use crate::report::show::section::Cell;

pub(super) fn count(number: u64) -> Cell {
    Cell::Plain(grouped(number))
}

pub(super) const fn usd(micros: u128) -> Cell {
    Cell::Usd(micros)
}

/// To the second: milliseconds are in the object.
pub(super) fn moment(time: &str) -> Cell {
    let second = time.get(..19).unwrap_or(time);
    match second.split_once('T') {
        Some((date, clock)) => Cell::Time(date.to_owned(), clock.to_owned()),
        None => Cell::Plain(time.to_owned()),
    }
}

/// Where a record stands: the number of its file, and its line.
pub(super) fn place(document: &Document, file: &str, line: u64) -> Cell {
    let at = document.files.iter().position(|entry| entry.file == file);
    Cell::Plain(format!(
        "{}:{line}",
        at.map_or(0, |at| at.saturating_add(1))
    ))
}

/// An origin, in which https goes without saying.
pub(super) fn origin(origin: Option<&str>) -> Cell {
    Cell::maybe(origin.map(|origin| origin.strip_prefix("https://").unwrap_or(origin)))
}

/// What the row for those without a row of their own is called.
pub(super) fn others<R>(others: &Others<R>) -> Cell {
    Cell::Plain(match (others.names, others.and_more) {
        (0, _) => "others".to_owned(),
        (names, false) => format!("others ({names})"),
        (names, true) => format!("others ({names} and more)"),
    })
}
