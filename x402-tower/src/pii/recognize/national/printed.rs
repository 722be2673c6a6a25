//! How issuers print a value in groups.

use super::super::super::view::View;

/// A printed form, and how sure it makes us when nothing names the value.
#[derive(Debug)]
pub(super) struct Printed {
    /// How many characters each group has.
    pub(super) groups: &'static [usize],
    /// What may stand between two groups; a space includes the one that a URL writes as `+`.
    pub(super) separators: &'static [u8],
    /// The score in percent of a valid value in this form with no key beside it.
    pub(super) score: u8,
}

impl Printed {
    /// Whether `separator`, which stands between two groups, belongs to this form.
    pub(super) fn separates(&self, view: &View<'_>, separator: u8) -> bool {
        self.separators.contains(&separator)
            || (self.separators.contains(&b' ') && view.is_space(separator))
    }
}
