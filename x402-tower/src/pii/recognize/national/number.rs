//! Numbers of persons that are made of digits alone.
//!
//! A check digit lets one integer of ten through, and payments are full of integers. So digits without
//! separators are reported only beside a key or word that names them, and so are groupings that
//! everyday numbers share.

use std::ops::Range;

use super::super::super::EntityType;
use super::super::super::view::View;
use super::super::numbers::Window;
use super::super::{Hits, NumberRecognizer, score};
use super::naming::{Keys, Label, NATIONAL_ID, followed_by};
use super::printed::Printed;
use super::standing::{is_amount, stands_alone};
use super::{asia, australia, europe, north_america, south_africa};

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
    entities: &[
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
    ],
    fewest_digits: SHORTEST,
    match_at: |view, window, hits, _| match_at(view, window, hits),
};

const SHORTEST: usize = 8;
const LONGEST: usize = 13;
const RULES: [&[NumberRule]; 5] = [
    north_america::RULES,
    europe::RULES,
    asia::RULES,
    australia::RULES,
    south_africa::RULES,
];

fn match_at(
    view: &View<'_>,
    window: &Window<'_, '_>,
    hits: &Hits,
) -> Option<(EntityType, Range<usize>, u8)> {
    candidates(window).find_map(|candidate| {
        let (entity, score) = candidate.best(view, hits)?;
        Some((entity, candidate.span, score))
    })
}

/// The first groups of a window, taken for one number.
struct Candidate<'w, 'v, 't> {
    window: &'w Window<'v, 't>,
    count: usize,
    digits: [u8; LONGEST],
    len: usize,
    span: Range<usize>,
}

/// The longest first: the start of a number may be valid itself.
fn candidates<'w, 'v, 't>(
    window: &'w Window<'v, 't>,
) -> impl Iterator<Item = Candidate<'w, 'v, 't>> {
    let mut total = 0;
    let mut ends = 0u32;
    for (index, length) in window.lengths(window.len()).enumerate() {
        total += length;
        if (SHORTEST..=LONGEST).contains(&total) {
            ends |= 1 << index;
        }
    }
    (1..=window.len())
        .rev()
        .filter(move |count| ends & (1 << (count - 1)) != 0)
        .map(move |count| {
            let mut digits = [0; LONGEST];
            let mut len = 0;
            for (slot, digit) in digits.iter_mut().zip(window.digits(count)) {
                *slot = digit;
                len += 1;
            }
            Candidate {
                window,
                count,
                digits,
                len,
                span: window.span(count),
            }
        })
}

impl Candidate<'_, '_, '_> {
    fn best(&self, view: &View<'_>, hits: &Hits) -> Option<(EntityType, u8)> {
        let digits = self.digits.get(..self.len)?;
        let mut label = None;
        RULES
            .iter()
            .copied()
            .flatten()
            .filter(|rule| {
                rule.lengths & (1 << self.len) != 0
                    && hits.wants(rule.entity)
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
    fn score_named(
        &self,
        view: &View<'_>,
        rule: &NumberRule,
        digits: &[u8],
        label: &Label,
    ) -> Option<u8> {
        let is_divided_by_single_characters = self.window.separators(self.count).all(|separator| {
            matches!(separator, [byte] if b"-./_".contains(byte) || view.is_space(*byte))
        });
        if !is_divided_by_single_characters || (self.count == 1 && self.window.continues(1, b".")) {
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
        let printed = rule.printed.iter().find(|printed| {
            printed.groups.len() == self.count
                && self.window.starts_with(printed.groups)
                && self.is_divided_as(view, printed)
        })?;
        let stands = !self.window.glued()
            && stands_alone(view, &self.span)
            && !self.window.continues(self.count, b" +")
            && !is_amount(view, &self.span, label)
            && !(rule.is_everyday)(digits);
        stands.then_some(printed.score)
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
