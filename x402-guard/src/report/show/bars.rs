//! Numbers as lengths: whole ones, whatever is shown.

use crate::report::count::money::Outcome;
use crate::report::document::{Breakdown, Document, Row};

/// Most days that have a bar each; more are put together by month, then by year.
const MAX_DAYS: usize = 92;
const MAX_MONTHS: usize = 60;
/// Most bars of a ranking.
const MAX_RANKED: usize = 8;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) value: u128,
}

/// What was spent over time.
#[derive(Debug)]
pub(crate) struct Timeline {
    /// What a bar stands for: a day, a month or a year.
    pub(crate) unit: &'static str,
    pub(crate) bars: Vec<Bar>,
}

/// What is shown of `value` where `most` has the length `whole`: something for anything, and never more than all.
pub(crate) fn length(value: u128, most: u128, whole: u32) -> u32 {
    let scaled = value.saturating_mul(u128::from(whole)).checked_div(most);
    let length = scaled.and_then(|length| u32::try_from(length).ok());
    length.unwrap_or(0).clamp(u32::from(value > 0), whole)
}

pub(crate) fn settled(row: &Row) -> u128 {
    let worth = row.outcomes.get(Outcome::Settled.as_str());
    worth.map_or(0, |worth| worth.usd_micros)
}

/// Spend by day, with the days between on which nothing was spent.
pub(crate) fn timeline(document: &Document) -> Timeline {
    let days = &document.by_day.rows;
    let all: Vec<_> = days
        .iter()
        .map(|row| (row.name.as_str(), settled(row)))
        .collect();
    for (unit, cut, most) in [("day", 10, MAX_DAYS), ("month", 7, MAX_MONTHS)] {
        if let Some(bars) = filled(&joined(&all, cut), most) {
            return Timeline { unit, bars };
        }
    }
    Timeline {
        unit: "year",
        bars: joined(&all, 4).into_iter().take(MAX_DAYS).collect(),
    }
}

/// Sums of all whose names begin alike.
fn joined(all: &[(&str, u128)], cut: usize) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    for (name, value) in all {
        let label = name.get(..cut).unwrap_or(name);
        match bars.last_mut().filter(|bar| bar.label == label) {
            Some(bar) => bar.value = bar.value.saturating_add(*value),
            None => bars.push(Bar {
                label: label.to_owned(),
                value: *value,
            }),
        }
    }
    bars
}

/// The same with nothing left out between the first and the last; `None` where that takes too many.
fn filled(bars: &[Bar], most: usize) -> Option<Vec<Bar>> {
    let mut all: Vec<Bar> = Vec::new();
    for bar in bars {
        while let Some(next) = all.last().and_then(|last| after(&last.label)) {
            if next >= bar.label {
                break;
            }
            if all.len() >= most {
                return None;
            }
            all.push(Bar {
                label: next,
                value: 0,
            });
        }
        all.push(bar.clone());
    }
    (all.len() <= most).then_some(all)
}

/// The day after a day, the month after a month.
fn after(label: &str) -> Option<String> {
    let mut parts = label.split('-').map(str::parse::<u32>);
    let (year, month) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let (next_year, next_month) = if month < 12 {
        (year, month.saturating_add(1))
    } else {
        (year.saturating_add(1), 1)
    };
    let Some(day) = parts.next() else {
        return Some(format!("{next_year:04}-{next_month:02}"));
    };
    let day = day.ok()?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    Some(if day < last {
        format!("{year:04}-{month:02}-{:02}", day.saturating_add(1))
    } else {
        format!("{next_year:04}-{next_month:02}-01")
    })
}

/// The largest spenders.
pub(crate) fn ranking(sums: &Breakdown) -> Vec<Bar> {
    let rows = sums.rows.iter().take(MAX_RANKED);
    rows.map(|row| Bar {
        label: row.name.clone(),
        value: settled(row),
    })
    .filter(|bar| bar.value > 0)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_without_spend_are_shown_and_many_days_become_months() {
        let days = [("2024-02-27", 5), ("2024-03-01", 7)];
        let bars = filled(&joined(&days, 10), 92).unwrap();
        let labels: Vec<_> = bars.iter().map(|bar| bar.label.as_str()).collect();
        assert_eq!(
            labels,
            ["2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01"]
        );
        assert!(filled(&joined(&[("2024-01-01", 1), ("2025-01-01", 1)], 10), 92).is_none());
        let months = filled(
            &joined(
                &[("2024-11-05", 1), ("2024-11-06", 2), ("2025-01-01", 1)],
                7,
            ),
            60,
        );
        let values: Vec<_> = months.unwrap().iter().map(|bar| bar.value).collect();
        assert_eq!(values, [3, 0, 1]);
    }

    #[test]
    fn lengths_stay_within() {
        assert_eq!(length(0, 0, 100), 0);
        assert_eq!(length(1, 1_000_000, 100), 1);
        assert_eq!(length(5, 10, 100), 50);
        assert_eq!(length(u128::MAX, u128::MAX, 100), 1);
        assert_eq!(length(20, 10, 100), 100);
    }
}
