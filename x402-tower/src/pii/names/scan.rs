//! From bytes to names: windows of words through the model.

use std::ops::Range;

use super::annotate::bytes_of;
use super::decode::{Lattice, OUTSIDE};
use super::gazetteer::{everyday, given, surname};
use super::model::Model;
use super::segment::{Segmenter, WINDOW};
use super::spans::{PERSON, each_name};
use super::token::Token;

/// A name in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// 0 for a person, 1 for a place, 2 for an organisation.
    pub(super) kind: usize,
    pub(super) span: Range<usize>,
    /// In percent.
    pub(super) score: u8,
}

/// Calls `each` with the names in `bytes`. `taken` is what others claimed, sorted by start.
pub(super) fn scan(
    model: &Model<'_>,
    bytes: &[u8],
    in_url: bool,
    taken: &[Range<usize>],
    mut each: impl FnMut(Found),
) {
    each_window(bytes, in_url, taken, |tokens| {
        let Some(annotated) = model.annotate(tokens) else {
            return;
        };
        let emissions = model.emissions(tokens, annotated);
        let lattice = Lattice::decode(tokens, &emissions, model);
        let labels = &lattice.labels;
        if labels.iter().all(|label| usize::from(*label) == OUTSIDE) {
            return;
        }
        let margins = lattice.margins(tokens, &emissions, model);
        each_name(tokens, labels, &margins, |name| {
            let words = tokens.get(name.words).unwrap_or_default();
            if let (Some(span), Some(score)) = (
                bytes_of(words),
                score(name.kind, words, name.margin, model.unit),
            ) {
                each(Found {
                    kind: name.kind,
                    span,
                    score,
                });
            }
        });
    });
}

/// Cuts a field into windows of at most [`WINDOW`] words, between segments where there is a choice.
pub(super) fn each_window(
    bytes: &[u8],
    in_url: bool,
    taken: &[Range<usize>],
    mut each: impl FnMut(&mut [Token]),
) {
    let mut segmenter = Segmenter::new(bytes, in_url, taken);
    let mut window = [Token::default(); WINDOW];
    let mut filled = 0;
    loop {
        filled = segmenter.fill(&mut window, filled);
        let cut = if filled < WINDOW {
            filled
        } else {
            cut_of(&window)
        };
        let Some(tokens) = window.get_mut(..cut) else {
            return;
        };
        each(tokens);
        if filled < WINDOW {
            return;
        }
        window.copy_within(cut..filled, 0);
        filled -= cut;
    }
}

/// Where a full window is cut: before the last word of its second half that starts a segment.
fn cut_of(window: &[Token; WINDOW]) -> usize {
    let starts = |index: &usize| {
        window
            .get(*index)
            .is_some_and(|token| token.gap.ends_segment())
    };
    (WINDOW / 2..WINDOW).rev().find(starts).unwrap_or(WINDOW)
}

/// The least score of a name that is reported.
const LEAST: u32 = 50;
/// No name is as certain as check digits are.
const MOST: u32 = 95;

/// The score of a name in percent: `None` if its margin is too thin.
fn score(kind: usize, words: &[Token], margin: i32, unit: u32) -> Option<u8> {
    let steps = u32::try_from(margin).ok()? / unit;
    let steps = steps.checked_sub(thinnest(kind, words))?;
    u8::try_from((LEAST + steps).min(MOST)).ok()
}

/// The least margin of a name. In training the right labels had to win by 12. Of persons, what wins by less than 20 is
/// too often none, by texts that training had no part of, unless both of its words are known as names.
fn thinnest(kind: usize, words: &[Token]) -> u32 {
    if kind != PERSON {
        12
    } else if is_full_name(words) {
        8
    } else {
        20
    }
}

/// Whether words are a known given name and a known surname, in either order, neither of them an everyday word.
fn is_full_name(words: &[Token]) -> bool {
    let [first, .., last] = words else {
        return false;
    };
    let is_pair = |one: &Token, other: &Token| given(one.known) > 0 && surname(other.known) > 0;
    words.iter().all(|word| everyday(word.known) == 0)
        && (is_pair(first, last) || is_pair(last, first))
}
