//! Where findings and labels differ. It holds places, never texts.

use core::ops::Range;

use serde::Serialize;

use crate::eval::corpus::{Field, TypeId};
use crate::eval::judge::Counts;
use crate::screen::field::CodePoints;

/// What the difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    /// A label that nothing was found for.
    Missed,
    /// A label that was found as something else, and hidden.
    OtherType,
    /// A label that was found, but not all of it is hidden.
    NotCovered,
    /// A finding that no label asks for.
    Extra,
}

impl What {
    /// What is wrong with what became of a label.
    pub(super) const fn of_label(counts: &Counts) -> Option<Self> {
        match (counts.partial > 0, counts.covered > 0) {
            (true, true) => None,
            (true, false) => Some(Self::NotCovered),
            (false, true) => Some(Self::OtherType),
            (false, false) => Some(Self::Missed),
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::OtherType => "other_type",
            Self::NotCovered => "not_covered",
            Self::Extra => "extra",
        }
    }
}

/// One difference; `start` and `end` count code points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) line: u64,
    pub(super) field: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) entity: TypeId,
    pub(super) what: What,
}

impl Difference {
    pub(super) fn new(
        line: u64,
        field: &Field,
        entity: TypeId,
        span: &Range<usize>,
        what: What,
    ) -> Self {
        let mut before = CodePoints::of(field.text().text);
        Self {
            line,
            field: field.name.clone(),
            start: before.before(span.start),
            end: before.before(span.end),
            entity,
            what,
        }
    }
}

/// A difference as it is listed.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    pub(super) line: u64,
    pub(super) field: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) entity_type: String,
    pub(super) what: What,
}

impl Difference {
    /// With the name of its type, from [`Corpus::types`](crate::eval::corpus::Corpus::types).
    pub(super) fn listed(self, types: &[String]) -> Listed {
        Listed {
            line: self.line,
            field: self.field,
            start: self.start,
            end: self.end,
            entity_type: types.get(self.entity).cloned().unwrap_or_default(),
            what: self.what,
        }
    }
}
