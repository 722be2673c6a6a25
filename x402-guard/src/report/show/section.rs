//! A report in parts, whatever it is written as.

use crate::report::count::money::decimals;

/// A heading with what stands below it.
#[derive(Debug)]
pub(crate) struct Section {
    /// A name for links.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) intro: Vec<Line>,
    pub(crate) tables: Vec<Grid>,
    pub(crate) points: Vec<Line>,
}

impl Section {
    pub(crate) const fn new(id: &'static str, title: &'static str) -> Self {
        Self {
            id,
            title,
            intro: Vec::new(),
            tables: Vec::new(),
            points: Vec::new(),
        }
    }

    pub(crate) fn says(mut self, line: impl Into<Line>) -> Self {
        self.intro.push(line.into());
        self
    }

    pub(crate) fn shows(mut self, table: Grid) -> Self {
        self.tables.push(table);
        self
    }
}

/// A sentence, with texts in it that are not ours.
#[derive(Debug, Clone)]
pub(crate) struct Line(pub(crate) Vec<Piece>);

#[derive(Debug, Clone)]
pub(crate) enum Piece {
    /// Our own words.
    Plain(String),
    /// What a log, a path or the command line says.
    Foreign(String),
}

impl Line {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(vec![Piece::Plain(text.into())])
    }

    pub(crate) fn plain(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Plain(text.into()));
        self
    }

    pub(crate) fn foreign(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Foreign(text.into()));
        self
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// A table.
#[derive(Debug)]
pub(crate) struct Grid {
    pub(crate) caption: &'static str,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

impl Grid {
    /// How many decimals the dollars of each column have, so that they stand below each other.
    pub(crate) fn decimals(&self) -> Vec<usize> {
        let mut most = vec![2; self.columns.len()];
        for row in &self.rows {
            for (most, cell) in most.iter_mut().zip(row) {
                if let Cell::Usd(micros) = cell {
                    *most = (*most).max(decimals(*micros));
                }
            }
        }
        most
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) head: &'static str,
    pub(crate) numeric: bool,
    /// Whether there is room for it in 80 columns.
    pub(crate) narrow: bool,
}

/// A column of texts.
pub(crate) const fn words(head: &'static str) -> Column {
    Column {
        head,
        numeric: false,
        narrow: true,
    }
}

/// A column of numbers.
pub(crate) const fn figures(head: &'static str) -> Column {
    Column {
        head,
        numeric: true,
        narrow: true,
    }
}

impl Column {
    /// Left out where there are 80 columns alone.
    pub(crate) const fn wide_only(mut self) -> Self {
        self.narrow = false;
        self
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Cell {
    /// Our own words and numbers.
    Plain(String),
    /// What a log, a path or the command line says.
    Foreign(String),
    /// A date and a time of day.
    Time(String, String),
    /// Micro-dollars.
    Usd(u128),
    /// An integrity or an outcome: a word of ours that stands out.
    State(&'static str),
}

impl Cell {
    /// A text of the log that may be missing.
    pub(crate) fn maybe(text: Option<&str>) -> Self {
        match text.filter(|text| !text.is_empty()) {
            Some(text) => Self::Foreign(text.to_owned()),
            None => Self::Plain("-".to_owned()),
        }
    }
}
