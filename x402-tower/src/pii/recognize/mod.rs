//! One recognizer per kind of personal data, or per form that several kinds share.
//!
//! A recognizer says which byte outline a field must have for it to match at all, walks a view once and
//! looks a bounded distance around each candidate. Adding one is a new file and a line in
//! [`recognize`].

use std::ops::Range;

use numbers::Numbers;
use window::Window;

use super::entity::EntitySet;
use super::outline::Outline;
use super::view::View;
use super::{EntityType, Finding};

mod calling_code;
mod card;
mod context;
mod crossing;
mod crypto;
mod digits;
mod email;
mod groups;
mod iban;
mod iban_length;
mod ip;
mod issuer;
mod luhn;
mod named;
mod national;
mod numbers;
mod phone;
mod phone_plan;
mod secret;
mod ssn;
mod starts;
mod tables;
mod totals;
mod uuid;
mod window;
mod word_before;

pub(super) use crossing::may_cross;
pub(super) use iban::is_country as is_country_of_accounts;
pub(super) use national::{FormsOfCodes, MAX_PIECES};
pub(super) use secret::{FEWEST_DIGITS_OF_ARRAY, FEWEST_HYPHENS_OF_KEY, FEWEST_WORDS_OF_PHRASE};

/// How to find one kind of personal data, or several of the same form.
#[derive(Debug)]
struct Recognizer {
    /// What it can report.
    entities: EntitySet,
    /// Whether a field with these bytes could hold a match; `false` only if none is possible.
    may_match: fn(&Outline) -> bool,
    /// Reports every match, in any order.
    recognize: fn(&View<'_>, &Outline, &mut Hits),
}

/// Runs every recognizer that may find something. They are written out so that the compiler sees through each of them:
/// most views pass by all and enter none.
pub(super) fn recognize(view: &View<'_>, outline: &Outline, hits: &mut Hits) {
    email::RECOGNIZER.run(view, outline, hits);
    iban::RECOGNIZER.run(view, outline, hits);
    ip::RECOGNIZER.run(view, outline, hits);
    NUMBERS_RECOGNIZER.run(view, outline, hits);
    national::CODES.run(view, outline, hits);
    national::MAC_ADDRESSES.run(view, outline, hits);
    national::BIRTHS.run(view, outline, hits);
    national::DOCUMENTS.run(view, outline, hits);
    national::PROVISIONING.run(view, outline, hits);
    secret::RECOGNIZER.run(view, outline, hits);
    crypto::RECOGNIZER.run(view, outline, hits);
}

impl Recognizer {
    #[inline(always)]
    fn run(&self, view: &View<'_>, outline: &Outline, hits: &mut Hits) {
        if hits.wants_one_of(self.entities) && (self.may_match)(outline) {
            (self.recognize)(view, outline, hits);
        }
    }
}

/// What a recognizer found in a window: the kind, where, and how sure it is.
type NumberMatch = (EntityType, Range<usize>, u8);

/// How to find one kind of number, or several of the same form, made of digits and what separates them.
#[derive(Debug)]
struct NumberRecognizer {
    entities: EntitySet,
    /// Whether a number may start with the first group of the window: it rules out most of them for little.
    may_match: fn(&Window<'_, '_>) -> bool,
    /// The number that starts with the first group of the window, given where the last one that this recognizer found
    /// ended.
    match_at: fn(&View<'_>, &Window<'_, '_>, &Hits, Option<usize>) -> Option<NumberMatch>,
}

/// All kinds of numbers in one walk over the groups of digits.
const NUMBERS_RECOGNIZER: Recognizer = Recognizer {
    entities: EntitySet::of(EntityType::ALL),
    may_match: |outline| !outline.numbers.is_empty(),
    recognize: |view, outline, hits| {
        let (mut card, mut ssn, mut phone, mut national) = (None, None, None, None);
        let mut numbers = Numbers::within(view, outline.numbers.range());
        while let Some(window) = numbers.next_window() {
            card::RECOGNIZER.look(view, window, hits, &mut card);
            ssn::RECOGNIZER.look(view, window, hits, &mut ssn);
            phone::RECOGNIZER.look(view, window, hits, &mut phone);
            national::NUMBERS.look(view, window, hits, &mut national);
        }
    },
};

impl NumberRecognizer {
    /// Reports the number that starts with the first group of the window, unless it lies in the last one found, which
    /// ended at `end`.
    #[inline(always)]
    fn look(
        &self,
        view: &View<'_>,
        window: &Window<'_, '_>,
        hits: &mut Hits,
        end: &mut Option<usize>,
    ) {
        if !(self.may_match)(window)
            || end.is_some_and(|end| window.start() < end)
            || !hits.wants_one_of(self.entities)
        {
            return;
        }
        if let Some((entity, span, score)) = (self.match_at)(view, window, hits, *end) {
            *end = Some(span.end);
            hits.push(entity, span, score);
        }
    }
}

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

    /// Whether findings of one of these kinds are collected.
    pub(super) const fn wants_one_of(&self, entities: EntitySet) -> bool {
        self.wanted.has_one_of(entities)
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

    /// Collects a finding of a recognizer that was added because it is wanted.
    pub(super) fn push_own(&mut self, entity: EntityType, span: Range<usize>, score: u8) {
        self.found.push(Finding {
            entity,
            span,
            score,
        });
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Where findings are, sorted by where they start.
    pub(super) fn spans(&self) -> Vec<Range<usize>> {
        let mut spans: Vec<_> = self.found.iter().map(|found| found.span.clone()).collect();
        spans.sort_unstable_by_key(|span| span.start);
        spans
    }

    pub(super) fn into_findings(self) -> impl Iterator<Item = Finding> {
        self.found.into_iter()
    }
}
