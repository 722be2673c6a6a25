//! Identifiers that mix letters and digits, or divide digits by a sign that belongs to them.
//!
//! A check letter and a fixed form prove most of them, so they are reported without a key where they
//! stand alone in capitals. In small letters they look like hashes and short links, and need a key.

use std::ops::Range;

use super::super::super::EntityType;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::{Hits, Recognizer};
use super::naming::{Keys, Label, followed_by};
use super::printed::Printed;
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

/// Where letters and digits must be, one bit for each place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    len: usize,
    letters: u32,
    digits: u32,
}

impl Shape {
    /// Reads `A` for a letter, `9` for a digit and `?` for either.
    pub(super) const fn of(form: &str) -> Self {
        let mut shape = Self {
            len: 0,
            letters: 0,
            digits: 0,
        };
        let mut rest = form.as_bytes();
        while let [place, others @ ..] = rest {
            match *place {
                b'A' => shape.letters |= 1 << shape.len,
                b'9' => shape.digits |= 1 << shape.len,
                _ => {}
            }
            shape.len += 1;
            rest = others;
        }
        shape
    }

    const fn fits(&self, code: &Code) -> bool {
        self.len == code.len
            && self.letters & code.digits == 0
            && self.digits & code.digits == self.digits
    }
}

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: &[
        EntityType::MedicalLicense,
        EntityType::UkNino,
        EntityType::EsNif,
        EntityType::EsNie,
        EntityType::ItFiscalCode,
        EntityType::FiPersonalIdentityCode,
        EntityType::SePersonnummer,
        EntityType::InPan,
        EntityType::SgNricFin,
    ],
    may_match: |classes| classes.digits >= FEWEST_DIGITS && classes.len >= SHORTEST,
    recognize,
};

/// An Indian PAN has four digits, and so has an Italian code unless most of them were replaced.
const FEWEST_DIGITS: usize = 4;
const SHORTEST: usize = 9;
const LONGEST: usize = 16;
/// `RSSMRA85T10A562S` in pairs has eight.
const MAX_PIECES: usize = 8;
/// An Italian code starts with six letters.
const MOST_LETTERS: usize = 6;

static RULES: [&[CodeRule]; 8] = [
    spain::RULES,
    italy::RULES,
    singapore::RULES,
    finland::RULES,
    sweden::RULES,
    britain::RULES,
    india::RULES,
    dea::RULES,
];

fn recognize(view: &View<'_>, hits: &mut Hits) {
    let length = view.bytes().len();
    let mut position = 0;
    while let Some(start) = (position..length).find(|at| {
        step();
        view.at(*at).is_ascii_alphanumeric()
    }) {
        match code_at(view, start, hits) {
            Some((entity, end, score)) => {
                hits.push(entity, start..end, score);
                position = end;
            }
            None => position = run_end(view, start, length),
        }
    }
}

/// Where the run of letters and digits ends that holds `start`, at `limit` at the latest.
fn run_end(view: &View<'_>, start: usize, limit: usize) -> usize {
    (start..limit)
        .find(|at| {
            step();
            !view.at(*at).is_ascii_alphanumeric()
        })
        .unwrap_or(limit)
}

/// The longest identifier that starts at `start`.
fn code_at(view: &View<'_>, start: usize, hits: &Hits) -> Option<(EntityType, usize, u8)> {
    let mut code = Code::new();
    let mut end = start;
    let mut found = None;
    loop {
        end = code.take_run(view, end)?;
        if code.len >= SHORTEST
            && let Some((entity, score)) = best(view, &code, start..end, hits)
        {
            found = Some((entity, end, score));
        }
        if !code.may_go_on(view, end) {
            return found;
        }
        code.divide(view.at(end));
        end += 1;
        // A run that is too long ends the search, not what was found before it.
        if code.len + (run_end(view, end, end + LONGEST + 1) - end) > LONGEST {
            return found;
        }
    }
}

fn best(view: &View<'_>, code: &Code, span: Range<usize>, hits: &Hits) -> Option<(EntityType, u8)> {
    let mut label = None;
    RULES
        .iter()
        .copied()
        .flatten()
        .filter(|rule| rule.shape.fits(code) && hits.wants(rule.entity) && (rule.is_valid)(code))
        .filter_map(|rule| {
            let score = score_printed(view, rule, code, &span);
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
        code.pieces() == printed.groups
            && code
                .separators()
                .iter()
                .all(|separator| printed.separates(view, *separator))
    })?;
    Some(printed.score)
}

/// Runs of letters and digits that may be one identifier.
#[derive(Debug)]
pub(super) struct Code {
    /// In capitals.
    characters: [u8; LONGEST],
    len: usize,
    digits: u32,
    pieces: [usize; MAX_PIECES],
    separators: [u8; MAX_PIECES],
    count: usize,
    has_lower: bool,
    has_upper: bool,
}

impl Code {
    const fn new() -> Self {
        Self {
            characters: [0; LONGEST],
            len: 0,
            digits: 0,
            pieces: [0; MAX_PIECES],
            separators: [0; MAX_PIECES],
            count: 0,
            has_lower: false,
            has_upper: false,
        }
    }

    /// Letters and digits without separators, in capitals.
    pub(super) fn characters(&self) -> &[u8] {
        self.characters.get(..self.len).unwrap_or_default()
    }

    /// The values of the digits in `range`, as one number.
    pub(super) fn number(&self, range: Range<usize>) -> u32 {
        self.characters()
            .get(range)
            .unwrap_or_default()
            .iter()
            .fold(0, |number, byte| {
                number * 10 + u32::from(byte.wrapping_sub(b'0') % 10)
            })
    }

    /// The values of all characters; a letter's means nothing.
    pub(super) fn values(&self) -> [u8; LONGEST] {
        self.characters.map(|byte| byte.wrapping_sub(b'0'))
    }

    /// The first separator; NUL if there is none.
    pub(super) fn sign(&self) -> u8 {
        self.separators().first().copied().unwrap_or(0)
    }

    fn pieces(&self) -> &[usize] {
        self.pieces.get(..self.count).unwrap_or_default()
    }

    fn separators(&self) -> &[u8] {
        self.separators
            .get(..self.count.saturating_sub(1))
            .unwrap_or_default()
    }

    /// Takes a run and gives its end; none if there is no room for it.
    fn take_run(&mut self, view: &View<'_>, start: usize) -> Option<usize> {
        let mut end = start;
        while view.at(end).is_ascii_alphanumeric() {
            step();
            let byte = view.at(end);
            *self.characters.get_mut(self.len)? = byte.to_ascii_uppercase();
            self.digits |= u32::from(byte.is_ascii_digit()) << self.len;
            self.has_lower |= byte.is_ascii_lowercase();
            self.has_upper |= byte.is_ascii_uppercase();
            self.len += 1;
            end += 1;
        }
        *self.pieces.get_mut(self.count)? = end - start;
        self.count += 1;
        Some(end)
    }

    fn divide(&mut self, separator: u8) {
        if let Some(slot) = self
            .count
            .checked_sub(1)
            .and_then(|index| self.separators.get_mut(index))
        {
            *slot = separator;
        }
    }

    /// Whether one more run can belong to it. Words are left soon: at most six letters stand before a digit.
    fn may_go_on(&self, view: &View<'_>, end: usize) -> bool {
        let separator = view.at(end);
        let next = view.at(end + 1);
        let joins = matches!(separator, b'-' | b'.' | b'_' | b'+') || view.is_space(separator);
        let may_follow = match (self.digits, self.len) {
            (0, MOST_LETTERS) => next.is_ascii_digit(),
            (0, MOST_LETTERS..) => false,
            _ => next.is_ascii_alphanumeric(),
        };
        joins && may_follow && self.len < LONGEST && self.count < MAX_PIECES
    }
}
