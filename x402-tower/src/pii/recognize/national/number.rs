//! Numbers of persons that are made of digits alone.
//!
//! A check digit lets one integer of ten through, and payments are full of integers. So digits without
//! separators are reported only beside a key or word that names them, and so are groupings that
//! everyday numbers share.

use std::ops::Range;

use super::super::super::EntityType;
use super::super::super::entity::EntitySet;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::totals::totals;
use super::super::window::Window;
use super::super::{Hits, NumberRecognizer, score};
use super::naming::{Keys, Label, NATIONAL_ID, followed_by, may_be_followed};
use super::printed::Printed;
use super::rules::{LONGEST, SHORTEST, STARTS, printed_totals, rules_of};
use super::standing::{is_amount, stands_alone};

/// A kind of number: what makes it valid, how it is printed and what it is called.
#[derive(Debug)]
pub(super) struct NumberRule {
    pub(super) entity: EntityType,
    /// How many digits it has, one bit for each count; see [`lengths`].
    pub(super) lengths: u32,
    /// Whether these digits could have been issued.
    pub(super) is_valid: fn(&[u8]) -> bool,
    /// Forms that prove themselves when the digits are valid.
    pub(super) printed: &'static [Printed],
    /// Whether valid digits in such a form are more likely something else, such as a date.
    pub(super) is_everyday: fn(&[u8]) -> bool,
    pub(super) keys: Keys,
    /// Whether [`NATIONAL_ID`] names it.
    pub(super) is_national_id: bool,
    /// The score of a valid number that is named.
    pub(super) named_score: u8,
}

/// The bits for digit counts.
pub(super) const fn lengths(counts: &[usize]) -> u32 {
    let mut rest = counts;
    let mut bits = 0;
    while let [count, others @ ..] = rest {
        bits |= 1 << *count;
        rest = others;
    }
    bits
}

/// For numbers that nothing everyday looks like.
pub(super) const fn never(_digits: &[u8]) -> bool {
    false
}

pub(super) const RECOGNIZER: NumberRecognizer = NumberRecognizer {
    entities: EntitySet::of(&[
        EntityType::UsItin,
        EntityType::AbaRoutingNumber,
        EntityType::UsNpi,
        EntityType::CaSin,
        EntityType::UkNhs,
        EntityType::PlPesel,
        EntityType::DeTaxId,
        EntityType::SePersonnummer,
        EntityType::TrNationalId,
        EntityType::InAadhaar,
        EntityType::KrRrn,
        EntityType::ThTnin,
        EntityType::AuTfn,
        EntityType::AuMedicare,
        EntityType::AuAbn,
        EntityType::ZaIdNumber,
    ]),
    may_match,
    match_at: |view, window, hits, _| match_at(view, window, hits),
};

/// The lengths of numbers that something may name, a bit each.
#[inline]
fn named_totals(window: &Window<'_, '_>) -> u32 {
    let lengths = window.totals() & totals(SHORTEST..=LONGEST);
    let by_word_before = window.named().lengths() & lengths;
    // After any but the last of the groups comes another one.
    let all = lengths & 1 << window.digits_in_all();
    if all & !by_word_before != 0 && may_be_followed(window.view(), window.end()) {
        return by_word_before | all;
    }
    by_word_before
}

#[inline]
fn may_match(window: &Window<'_, '_>) -> bool {
    window.totals() & totals(SHORTEST..=LONGEST) != 0
        && (window.starts_as_one_of(&STARTS) || named_totals(window) != 0)
}

#[inline(never)]
fn match_at(
    view: &View<'_>,
    window: &Window<'_, '_>,
    hits: &Hits,
) -> Option<(EntityType, Range<usize>, u8)> {
    let lengths = window.totals() & totals(SHORTEST..=LONGEST);
    let named = named_totals(window);
    let printed = printed_totals(window) & lengths;
    // The longest first: the start of a number may be valid itself.
    window.counts(printed | named).find_map(|count| {
        let total = 1 << window.total(count);
        let mut candidate = Candidate {
            window,
            count,
            span: window.span(count),
            may_be_named: false,
            may_be_printed: false,
        };
        candidate.may_be_named = named & total != 0 && candidate.is_divided_plainly(view);
        candidate.may_be_printed = printed & total != 0 && candidate.stands(view);
        let (entity, score) = candidate.best(view, hits)?;
        Some((entity, candidate.span, score))
    })
}

/// The first groups of a window, taken for one number.
struct Candidate<'w, 'v, 't> {
    window: &'w Window<'v, 't>,
    count: usize,
    span: Range<usize>,
    /// Whether a name may be beside it.
    may_be_named: bool,
    /// Whether it may be one that its form proves.
    may_be_printed: bool,
}

impl Candidate<'_, '_, '_> {
    fn best(&self, view: &View<'_>, hits: &Hits) -> Option<(EntityType, u8)> {
        if !self.may_be_named && !self.may_be_printed {
            return None;
        }
        let digits = self.window.digit_values(self.count);
        let mut label = None;
        rules_of(digits.len())
            .filter(|rule| {
                step();
                hits.wants(rule.entity)
                    && (self.may_be_named || self.printed_form(view, rule).is_some())
                    && (rule.is_valid)(digits)
            })
            .filter_map(|rule| {
                let label = label.get_or_insert_with(|| Label::before(view, self.span.start));
                let score = self
                    .score_named(view, rule, digits, label)
                    .or_else(|| self.score_printed(view, rule, digits, label))?;
                Some((rule.entity, score))
            })
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
    }

    /// Beside a key or word the digits may be divided anyhow, but are no decimal.
    fn is_divided_plainly(&self, view: &View<'_>) -> bool {
        let is_divided_by_single_characters = self.window.separators(self.count).all(|separator| {
            matches!(separator, [byte] if b"-./_".contains(byte) || view.is_space(*byte))
        });
        is_divided_by_single_characters && (self.count > 1 || !self.window.continues(1, b"."))
    }

    fn score_named(
        &self,
        view: &View<'_>,
        rule: &NumberRule,
        digits: &[u8],
        label: &Label,
    ) -> Option<u8> {
        if !self.may_be_named {
            return None;
        }
        let is_named = |keys| label.names(keys) || followed_by(view, self.span.end, keys);
        if is_named(rule.keys) {
            return Some(rule.named_score);
        }
        (rule.is_national_id && !(rule.is_everyday)(digits) && is_named(NATIONAL_ID))
            .then_some(rule.named_score.min(score::UNMISTAKABLE))
    }

    fn score_printed(
        &self,
        view: &View<'_>,
        rule: &NumberRule,
        digits: &[u8],
        label: &Label,
    ) -> Option<u8> {
        let printed = self.printed_form(view, rule)?;
        (!is_amount(view, &self.span, label) && !(rule.is_everyday)(digits))
            .then_some(printed.score)
    }

    /// Whether it stands for itself.
    fn stands(&self, view: &View<'_>) -> bool {
        !self.window.glued()
            && !self.window.continues(self.count, b" +")
            && stands_alone(view, &self.span)
    }

    /// The form that the digits are grouped and divided as.
    fn printed_form(&self, view: &View<'_>, rule: &NumberRule) -> Option<&'static Printed> {
        if !self.may_be_printed {
            return None;
        }
        rule.printed.iter().find(|printed| {
            printed.groups.len() == self.count
                && self.window.starts_with(printed.groups)
                && self.is_divided_as(view, printed)
        })
    }

    /// One separator throughout, of those that the form has.
    fn is_divided_as(&self, view: &View<'_>, printed: &Printed) -> bool {
        let mut separators = self.window.separators(self.count);
        let Some([first]) = separators.next() else {
            return false;
        };
        printed.separates(view, *first) && separators.all(|next| next == [*first])
    }
}
