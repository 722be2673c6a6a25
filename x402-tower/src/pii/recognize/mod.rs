//! One recognizer per kind of personal data, or per form that several kinds share.
//!
//! A recognizer says which byte classes a field must have for it to match at all, walks a view once and
//! looks a bounded distance around each candidate. Adding one is a new file and a row in
//! [`RECOGNIZERS`].

use std::ops::Range;

use super::classes::ByteClasses;
use super::entity::EntitySet;
use super::view::View;
use super::{EntityType, Finding};

mod calling_code;
mod card;
mod context;
mod crypto;
mod email;
mod iban;
mod iban_length;
mod ip;
mod issuer;
mod numbers;
mod phone;
mod secret;
mod ssn;
mod uuid;

/// How to find one kind of personal data, or several of the same form.
#[derive(Debug)]
pub(super) struct Recognizer {
    /// What it can report.
    pub(super) entities: &'static [EntityType],
    /// Whether a field with these bytes could hold a match; `false` only if none is possible.
    pub(super) may_match: fn(&ByteClasses) -> bool,
    /// Reports every match, in any order.
    pub(super) recognize: fn(&View<'_>, &mut Hits),
}

impl Recognizer {
    /// Whether it can report one of these.
    pub(super) fn reports_one_of(&self, wanted: EntitySet) -> bool {
        self.entities.iter().any(|entity| wanted.contains(*entity))
    }
}

pub(super) static RECOGNIZERS: [Recognizer; 8] = [
    email::RECOGNIZER,
    card::RECOGNIZER,
    ssn::RECOGNIZER,
    iban::RECOGNIZER,
    phone::RECOGNIZER,
    ip::RECOGNIZER,
    secret::RECOGNIZER,
    crypto::RECOGNIZER,
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
#[derive(Debug)]
pub(super) struct Hits {
    wanted: EntitySet,
    found: Vec<Finding>,
}

impl Hits {
    /// Collects findings of these kinds; others are dropped.
    pub(super) const fn of(wanted: EntitySet) -> Self {
        Self {
            wanted,
            found: Vec::new(),
        }
    }

    /// Whether findings of this kind are collected, so that looking for it is not in vain.
    pub(super) fn wants(&self, entity: EntityType) -> bool {
        self.wanted.contains(entity)
    }

    fn push(&mut self, entity: EntityType, span: Range<usize>, score: u8) {
        if self.wants(entity) {
            self.found.push(Finding {
                entity,
                span,
                score,
            });
        }
    }

    pub(super) fn into_findings(self) -> impl Iterator<Item = Finding> {
        self.found.into_iter()
    }
}
