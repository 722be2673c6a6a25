//! Texts that stand in a page, whoever wrote them.

use crate::report::show::section::{Line, Piece};
use crate::shown::Foreign;

/// Longest text that is not broken into lines.
const SHORT: usize = 20;

/// Our own words, and every text between tags or in an attribute.
pub(super) fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A text of the log where no element can stand: in a drawing, in an attribute.
pub(super) fn bare(text: &str) -> String {
    plain(&Foreign(text).to_string())
}

/// A text of the log: what would steer a page or turn the reading direction is spelled out.
pub(super) fn foreign(text: &str) -> String {
    let is_short = text.chars().count() <= SHORT;
    let class = if is_short { "log short" } else { "log" };
    format!("<bdi class=\"{class}\">{}</bdi>", bare(text))
}

pub(super) fn line(line: &Line) -> String {
    let pieces = line.0.iter().map(|piece| match piece {
        Piece::Plain(text) => plain(text),
        Piece::Foreign(text) => foreign(text),
    });
    pieces.collect()
}
