//! One recognizer per kind of personal data.
//!
//! A recognizer says which byte classes a field must have for it to match at all, walks a view once and
//! looks a bounded distance around each candidate. Adding one is a new file and a row in
//! [`RECOGNIZERS`].

use std::ops::Range;

use super::classes::ByteClasses;
use super::view::View;
use super::{EntityType, Finding};

mod calling_code;
mod card;
mod context;
mod email;
mod iban;
mod iban_length;
mod ip;
mod issuer;
mod numbers;
mod phone;
mod ssn;
mod uuid;

/// How to find one kind of personal data.
#[derive(Debug)]
pub(super) struct Recognizer {
    pub(super) entity: EntityType,
    /// Whether a field with these bytes could hold a match; `false` only if none is possible.
    pub(super) may_match: fn(&ByteClasses) -> bool,
    /// Reports every match, in any order.
    pub(super) recognize: fn(&View<'_>, &mut EntityHits<'_>),
}

pub(super) static RECOGNIZERS: [Recognizer; 6] = [
    email::RECOGNIZER,
    card::RECOGNIZER,
    ssn::RECOGNIZER,
    iban::RECOGNIZER,
    phone::RECOGNIZER,
    ip::RECOGNIZER,
];

/// How sure a recognizer is, in percent.
mod score {
    /// Check digits hold.
    pub(super) const CHECKSUM: u8 = 100;
    /// The form belongs to nothing else, or a key names the value.
    pub(super) const UNMISTAKABLE: u8 = 95;
    /// The form and its numbering rules hold.
    pub(super) const STRUCTURE: u8 = 85;
    /// The form holds, but other things look like it.
    pub(super) const FORM: u8 = 60;
}

/// What the recognizers found in one view; spans are in the view.
#[derive(Debug, Default)]
pub(super) struct Hits(Vec<Finding>);

impl Hits {
    pub(super) fn of(&mut self, entity: EntityType) -> EntityHits<'_> {
        EntityHits {
            entity,
            hits: &mut self.0,
        }
    }

    pub(super) fn into_findings(self) -> impl Iterator<Item = Finding> {
        self.0.into_iter()
    }
}

/// Where a recognizer reports.
#[derive(Debug)]
pub(super) struct EntityHits<'h> {
    entity: EntityType,
    hits: &'h mut Vec<Finding>,
}

impl EntityHits<'_> {
    fn push(&mut self, span: Range<usize>, score: u8) {
        self.hits.push(Finding {
            entity: self.entity,
            span,
            score,
        });
    }
}
