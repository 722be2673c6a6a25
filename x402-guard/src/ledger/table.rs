//! Payments in 80 columns.

use std::io::{self, Write};

use x402_tower::UnixMillis;
use x402_tower::store::Entry;

use crate::ledger::list::List;
use crate::shown::{Foreign, time};

/// Widest line.
const COLUMNS: usize = 80;
const CUT: char = '\u{2026}';

/// Prints one line a payment, and what they add up to.
pub(super) fn print(list: &List, out: &mut impl Write) -> io::Result<()> {
    if list.payments.is_empty() {
        return writeln!(out, "no payments on the books");
    }
    let digits = list.id_digits();
    writeln!(
        out,
        "{:<digits$} {:<8} {:>10} {:<11} {:<11} {:<11} FOR",
        "ID", "STATE", "USD", "SENT (UTC)", "SETTLES BY", "TO"
    )?;
    for entry in &list.payments {
        writeln!(out, "{}", row(entry, digits))?;
    }
    writeln!(out)?;
    for (state, (count, sum)) in &list.totals {
        let sum = sum.to_string();
        writeln!(out, "{state:<8} {count:>8} {sum:>14} USD")?;
    }
    if list.not_listed > 0 {
        writeln!(out, "{} newer ones are not listed", list.not_listed)?;
    }
    Ok(())
}

fn row(entry: &Entry, digits: usize) -> String {
    let id = entry.id.to_string();
    let id = id.get(..digits).unwrap_or(&id);
    let (state, usd) = (entry.state.as_str(), entry.counted.to_string());
    let sent = minute(entry.reserved_at);
    let mut row = format!("{id:<digits$} {state:<8} {usd:>10} {sent:<11}");
    if let Some(about) = &entry.sent {
        let until = minute(about.valid_before);
        let to = short(about.pay_to.as_str());
        let origin = Foreign(&about.origin).to_string();
        let host = origin.split_once("://").map_or(&*origin, |(_, host)| host);
        row.push_str(&format!(" {until:<11} {to:<11} {host}"));
    }
    cut(row)
}

/// Month, day, hour and minute.
fn minute(moment: UnixMillis) -> String {
    let whole = time(moment.as_millis());
    let minute = whole.get(5..16).unwrap_or(&whole);
    minute.replace('T', " ")
}

/// The beginning and end of an address.
fn short(address: &str) -> String {
    let ends = address
        .get(..6)
        .zip(address.get(address.len().saturating_sub(4)..));
    match ends {
        Some((begin, end)) if address.len() > 11 => format!("{begin}{CUT}{end}"),
        _ => address.to_owned(),
    }
}

fn cut(row: String) -> String {
    if row.chars().count() <= COLUMNS {
        return row;
    }
    let kept = row.chars().take(COLUMNS.saturating_sub(1));
    kept.chain([CUT]).collect()
}
