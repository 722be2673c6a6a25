//! Tables that a screen reader can follow.

use super::escape::{foreign, plain};
use crate::report::count::money::dollars_to;
use crate::report::show::section::{Cell, Column, Grid};

pub(super) fn write(grid: &Grid, page: &mut String) {
    let caption = plain(grid.caption);
    let is_shown = shown_columns(grid);
    let small = if grid.columns.len() > 2 {
        ""
    } else {
        " class=\"small\""
    };
    if grid.rows.is_empty() {
        page.push_str(&format!("<p class=\"none\">{caption}: none</p>\n"));
        return;
    }
    page.push_str(&format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\">\n<table{small}>\n<caption>{caption}</caption>\n\
         <thead><tr>"
    ));
    for (column, _) in grid
        .columns
        .iter()
        .zip(&is_shown)
        .filter(|(_, shown)| **shown)
    {
        let class = class(*column);
        page.push_str(&format!(
            "<th scope=\"col\"{class}>{}</th>",
            plain(column.head)
        ));
    }
    let decimals = grid.decimals();
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &grid.rows {
        page.push_str("<tr>");
        let cells = row.iter().zip(&grid.columns).zip(&decimals).zip(&is_shown);
        for (at, (((cell, column), decimals), shown)) in cells.enumerate() {
            if !shown {
                continue;
            }
            let class = class(*column);
            let shown = cell_text(cell, *decimals);
            page.push_str(&if at == 0 {
                format!("<th scope=\"row\"{class}>{shown}</th>")
            } else {
                format!("<td{class}>{shown}</td>")
            });
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}

/// Those that say something in some row, and those that are shown everywhere.
fn shown_columns(grid: &Grid) -> Vec<bool> {
    let says = |at: usize| {
        let cells = grid.rows.iter().filter_map(|row| row.get(at));
        cells
            .into_iter()
            .any(|cell| !matches!(cell, Cell::Plain(text) if text == "-"))
    };
    let columns = grid.columns.iter().enumerate();
    columns
        .map(|(at, column)| column.narrow || says(at))
        .collect()
}

const fn class(column: Column) -> &'static str {
    if column.numeric { " class=\"n\"" } else { "" }
}

fn cell_text(cell: &Cell, decimals: usize) -> String {
    match cell {
        Cell::Plain(text) => plain(text),
        Cell::Foreign(text) => foreign(text),
        Cell::Time(date, clock) => format!(
            "<span class=\"short\">{}</span> <span class=\"short\">{}</span>",
            plain(date),
            plain(clock)
        ),
        Cell::Usd(micros) => dollars_to(*micros, decimals),
        Cell::State(word) => format!(
            "<span class=\"state {word}\">{}</span>",
            word.replace('_', " ")
        ),
    }
}
