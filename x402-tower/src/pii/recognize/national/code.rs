//! Identifiers that mix letters and digits, or divide digits by a sign that belongs to them.
//!
//! A check letter and a fixed form prove most of them, so they are reported without a key where they
//! stand alone in capitals. In small letters they look like hashes and short links, and need a key.

use std::ops::Range;

use super::super::super::EntityType;
use super::super::super::entity::EntitySet;
use super::super::super::outline::Outline;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::tables::Tables;
use super::super::{Hits, Recognizer};
use super::beside::{follows_word, precedes_word};
pub(super) use super::identifier::Code;
use super::naming::{Keys, Label, followed_by};
use super::printed::Printed;
use super::runs::{Run, Runs};
pub(super) use super::shape::{Forms, Shape};
use super::standing::stands_alone;
use super::{britain, dea, finland, india, italy, singapore, spain, sweden};

/// A kind of identifier: its form, its check, how it is printed and what it is called.
#[derive(Debug)]
pub(super) struct CodeRule {
    pub(super) entity: EntityType,
    pub(super) shape: Shape,
    /// Whether it could have been issued.
    pub(super) is_valid: fn(&Code) -> bool,
    /// Forms that prove themselves when it is valid.
    pub(super) printed: &'static [Printed],
    /// Whether one in small letters also does.
    pub(super) proves_itself_in_lower_case: bool,
    /// Whether a valid one is more likely something else, such as a date.
    pub(super) is_everyday: fn(&Code) -> bool,
    pub(super) keys: Keys,
    /// The score of a valid one that is named.
    pub(super) named_score: u8,
}

/// For identifiers that nothing everyday looks like.
pub(super) const fn never(_code: &Code) -> bool {
    false
}

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: EntitySet::of(&[
        EntityType::MedicalLicense,
        EntityType::UkNino,
        EntityType::EsNif,
        EntityType::EsNie,
        EntityType::ItFiscalCode,
        EntityType::FiPersonalIdentityCode,
        EntityType::SePersonnummer,
        EntityType::InPan,
        EntityType::SgNricFin,
    ]),
    may_match: |outline| outline.digits >= FEWEST_DIGITS && !outline.codes.is_empty(),
    recognize,
};

/// An Indian PAN has four digits, and so has an Italian code unless most of them were replaced.
const FEWEST_DIGITS: usize = 4;
pub(super) const SHORTEST: usize = 9;
pub(super) const LONGEST: usize = 16;
/// `RSSMRA85T10A562S` in pairs has eight.
pub(in super::super::super) const MAX_PIECES: usize = 8;
/// An Italian code starts with six letters.
const MOST_LETTERS: usize = 6;

pub(super) const RULES: [&[CodeRule]; 8] = [
    spain::RULES,
    italy::RULES,
    singapore::RULES,
    finland::RULES,
    sweden::RULES,
    britain::RULES,
    india::RULES,
    dea::RULES,
];

/// No length has more rules.
const MOST_RULES: usize = 8;

/// The rules for each length.
static BY_LENGTH: [[Option<&CodeRule>; MOST_RULES]; LONGEST + 1] = {
    let mut table = [[None; MOST_RULES]; LONGEST + 1];
    let mut length = SHORTEST;
    while length <= LONGEST {
        let (mut place, mut rules) = (0, Tables::all(&RULES));
        while let Some(rule) = rules.next() {
            if rule.shape.len == length {
                #[expect(
                    clippy::indexing_slicing,
                    reason = "checked when it is compiled; nothing of it runs later"
                )]
                {
                    table[length][place] = Some(rule);
                }
                place += 1;
            }
        }
        length += 1;
    }
    table
};

/// The rules for codes of a length that have letters and digits where these are.
fn rules_for(len: usize, digits: u32) -> impl Iterator<Item = &'static CodeRule> {
    let rules = BY_LENGTH
        .get(len)
        .map_or([].as_slice(), |rules| rules.as_slice());
    rules.iter().map_while(|rule| *rule).filter(move |rule| {
        step();
        rule.shape.allows(digits)
    })
}

fn recognize(view: &View<'_>, outline: &Outline, hits: &mut Hits) {
    let mut runs = Runs::within(view, outline.codes.range());
    while let next @ [first, ..] = runs.next() {
        // A long word neither is an identifier nor begins one.
        let is_word = first.digits == 0 && first.len > MOST_LETTERS && first.len != LONGEST;
        let found = if is_word {
            None
        } else {
            code_at(view, next, hits)
        };
        let end = match found {
            Some((entity, end, score)) => {
                hits.push(entity, first.start..end, score);
                end
            }
            None => first.end(),
        };
        runs.pass(end);
    }
}

/// The longest identifier that starts with the first of some runs.
fn code_at(view: &View<'_>, runs: &[Run], hits: &Hits) -> Option<(EntityType, usize, u8)> {
    let most: usize = runs.iter().map(|run| run.len).sum();
    if most < SHORTEST {
        return None;
    }
    let (start, sign) = runs
        .first()
        .map_or((0, 0), |first| (first.start, view.at(first.end())));
    let has_sign = matches!(sign, b'-' | b'+');
    let mut follows = None;
    let (mut len, mut forms, mut found) = (0, Forms::ALL, None);
    for (run, count) in runs.iter().zip(1..) {
        step();
        forms = forms.with(len, run.len, u64::from(run.digits));
        len += run.len;
        if forms.is_empty() {
            break;
        }
        let taken = runs.get(..count).unwrap_or_default();
        // Only a word beside it makes one of what is divided otherwise than in print.
        if forms.is_whole(len, has_sign)
            && (is_printed(len, taken)
                || *follows.get_or_insert_with(|| follows_word(view, start))
                || precedes_word(view, run.end()))
            && let Some(code) = Code::of(view, taken)
            && let Some((entity, score)) = best(view, &code, hits)
        {
            found = Some((entity, run.end(), score));
        }
        if !may_go_on(view, run.end()) {
            break;
        }
    }
    found
}

/// Whether some identifier of `len` characters is printed in groups as long as these runs.
fn is_printed(len: usize, runs: &[Run]) -> bool {
    let rules = BY_LENGTH.get(len).into_iter().flatten().flatten();
    rules.flat_map(|rule| rule.printed).any(|printed| {
        step();
        let lengths = runs.iter().map(|run| run.len);
        printed.groups.len() == runs.len() && lengths.eq(printed.groups.iter().copied())
    })
}

/// Whether one more run follows one that ends at `end`.
fn may_go_on(view: &View<'_>, end: usize) -> bool {
    let separator = view.at(end);
    let joins = matches!(separator, b'-' | b'.' | b'_' | b'+') || view.is_space(separator);
    joins && view.at(end + 1).is_ascii_alphanumeric()
}

fn best(view: &View<'_>, code: &Code, hits: &Hits) -> Option<(EntityType, u8)> {
    let span = &code.span;
    let mut label = None;
    rules_for(code.len, code.digits)
        .filter(|rule| hits.wants(rule.entity) && (rule.is_valid)(code))
        .filter_map(|rule| {
            let score = score_printed(view, rule, code, span);
            if score == Some(rule.named_score) {
                return Some((rule.entity, rule.named_score));
            }
            let label = label.get_or_insert_with(|| Label::before(view, span.start));
            let named = label.names(rule.keys) || followed_by(view, span.end, rule.keys);
            let score = if named { Some(rule.named_score) } else { score };
            Some((rule.entity, score?))
        })
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
}

fn score_printed(view: &View<'_>, rule: &CodeRule, code: &Code, span: &Range<usize>) -> Option<u8> {
    let is_case_right = !code.has_lower || (rule.proves_itself_in_lower_case && !code.has_upper);
    if !is_case_right || (rule.is_everyday)(code) || !stands_alone(view, span) {
        return None;
    }
    let printed = rule.printed.iter().find(|printed| {
        *code.pieces == *printed.groups
            && code
                .separators
                .iter()
                .all(|separator| printed.separates(view, *separator))
    })?;
    Some(printed.score)
}
