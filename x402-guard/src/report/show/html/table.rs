//! Tables that a screen reader can follow.

use super::escape::{foreign, plain};
use crate::report::count::money::dollars_to;
use crate::report::show::section::{Cell, Column, Grid};

pub(super) fn write(grid: &Grid, page: &mut String) {
    let caption = plain(grid.caption);
    if grid.rows.is_empty() {
        page.push_str(&format!("<p class=\"none\">{caption}: none</p>\n"));
        return;
    }
    page.push_str(&format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\">\n<table>\n<caption>{caption}</caption>\n\
         <thead><tr>"
    ));
    for column in &grid.columns {
        let class = class(*column);
        page.push_str(&format!("<th scope=\"col\"{class}>{}</th>", plain(column.head)));
    }
    let decimals = grid.decimals();
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &grid.rows {
        page.push_str("<tr>");
        let cells = row.iter().zip(&grid.columns).zip(&decimals);
        for (at, ((cell, column), decimals)) in cells.enumerate() {
            let class = class(*column);
            let shown = shown(cell, *decimals);
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

const fn class(column: Column) -> &'static str {
    if column.numeric { " class=\"n\"" } else { "" }
}

fn shown(cell: &Cell, decimals: usize) -> String {
    match cell {
        Cell::Plain(text) => plain(text),
        Cell::Foreign(text) => foreign(text),
        Cell::Usd(micros) => dollars_to(*micros, decimals),
        Cell::State(word) => format!("<span class=\"state {word}\">{}</span>", word.replace('_', " ")),
    }
}
