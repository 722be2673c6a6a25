//! The rows of several tables, one after the other, for what is made of them when it is compiled.

/// What is left of some tables.
pub(super) struct Tables<R: 'static> {
    rest: &'static [R],
    tables: &'static [&'static [R]],
}

impl<R> Tables<R> {
    pub(super) const fn all(tables: &'static [&'static [R]]) -> Self {
        Self { rest: &[], tables }
    }

    /// The next row.
    pub(super) const fn next(&mut self) -> Option<&'static R> {
        loop {
            if let [row, rest @ ..] = self.rest {
                self.rest = rest;
                return Some(row);
            }
            let [rows, tables @ ..] = self.tables else {
                return None;
            };
            self.rest = rows;
            self.tables = tables;
        }
    }
}
