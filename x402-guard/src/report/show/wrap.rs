//! Sentences in lines of 80 columns, in which texts of a log stand as code.

use crate::report::show::section::{Line, Piece};
use crate::shown::Foreign;

/// Widest line, where words allow.
pub(super) const COLUMNS: usize = 80;

/// A text as code: nothing in it means anything, and no mark of a table is among it.
pub(super) fn fenced(shown: &str) -> String {
    let plain = unfenced(shown);
    if plain.trim().is_empty() {
        return "-".to_owned();
    }
    format!("`{plain}`")
}

fn unfenced(shown: &str) -> String {
    shown.replace('`', "\u{2019}").replace('|', "\u{a6}")
}

/// Writes a sentence. Code that goes on in the next line is closed and begun anew, so that no line begins with what a log
/// says.
pub(super) fn line(out: &mut String, mark: &str, line: &Line) {
    out.push_str(mark);
    let mut page = Page {
        out,
        indent: mark.len(),
        column: mark.len(),
        in_code: false,
        at_begin: true,
    };
    let mut space = false;
    for piece in &line.0 {
        let (text, is_code) = match piece {
            Piece::Plain(text) => (text.clone(), false),
            Piece::Foreign(text) => (unfenced(&Foreign(text).to_string()), true),
        };
        page.leave_code();
        for (at, word) in text.split(' ').enumerate() {
            space |= at > 0;
            if !word.is_empty() {
                page.word(word, is_code, space);
                space = false;
            }
        }
    }
    page.leave_code();
    page.out.push('\n');
}

struct Page<'o> {
    out: &'o mut String,
    indent: usize,
    column: usize,
    in_code: bool,
    at_begin: bool,
}

impl Page<'_> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
        self.column = self.column.saturating_add(text.chars().count());
    }

    fn leave_code(&mut self) {
        if self.in_code {
            self.push("`");
            self.in_code = false;
        }
    }

    fn word(&mut self, word: &str, is_code: bool, space: bool) {
        // A mark before and one after it.
        let width = word
            .chars()
            .count()
            .saturating_add(if is_code { 3 } else { 1 });
        if space && !self.at_begin && self.column.saturating_add(width) > COLUMNS {
            self.leave_code();
            self.out.push('\n');
            self.out.push_str(&" ".repeat(self.indent));
            self.column = self.indent;
        } else if space && !self.at_begin {
            self.push(" ");
        }
        if is_code && !self.in_code {
            self.push("`");
            self.in_code = true;
        }
        self.push(word);
        self.at_begin = false;
    }
}
