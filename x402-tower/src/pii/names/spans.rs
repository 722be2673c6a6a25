//! Makes names of labels: which words one name covers, and how sure the model is of it.

use std::ops::Range;

use super::decode::{continues, kind_of};
use super::gap::Gap;
use super::gazetteer::everyday;
use super::segment::WINDOW;
use super::token::{Shape, Token};

/// A name in a window, as a range of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) kind: usize,
    pub(super) words: Range<usize>,
    /// How much better the labels that say so score than any that do not.
    pub(super) margin: i32,
}

pub(super) const PERSON: usize = 0;

/// Calls `each` with the names in order.
pub(super) fn each_name(
    tokens: &[Token],
    labels: &[u8; WINDOW],
    margins: &[i32; WINDOW],
    mut each: impl FnMut(Name),
) {
    let len = tokens.len().min(WINDOW);
    let label_at = |index: usize| labels.get(index).copied().map_or(0, usize::from);
    let mut index = 0;
    let mut free_from = 0;
    while index < len {
        let Some(kind) = kind_of(label_at(index)) else {
            index += 1;
            continue;
        };
        let start = index;
        index += 1;
        while index < len
            && continues(label_at(index))
            && kind_of(label_at(index)) == Some(kind)
            && !is_cut_off(tokens, index)
        {
            index += 1;
        }
        let margin = margins
            .get(start..index)
            .and_then(|margins| margins.iter().copied().max())
            .unwrap_or(0);
        let words = start..index;
        let words = if kind == PERSON {
            grown(tokens, words, free_from, |at| {
                kind_of(label_at(at)).is_none()
            })
        } else {
            words
        };
        free_from = words.end;
        index = index.max(words.end);
        each(Name {
            kind,
            words,
            margin,
        });
    }
}

/// Whether digits or the end of a segment stand before the word: no name goes on after them.
fn is_cut_off(tokens: &[Token], index: usize) -> bool {
    tokens
        .get(index)
        .is_some_and(|token| token.gap == Gap::Digits || token.gap.ends_segment())
}

/// The words of a person's name with those beside it that belong to the name by the look of it: no
/// letter of a name may be left.
fn grown(
    tokens: &[Token],
    words: Range<usize>,
    free_from: usize,
    is_free: impl Fn(usize) -> bool,
) -> Range<usize> {
    let mut words = words;
    while words.len() < 5 {
        let after = words.end;
        let (Some(last), Some(next)) = (tokens.get(after - 1), tokens.get(after)) else {
            break;
        };
        if !is_free(after) || !belongs(next, last, next.gap) {
            break;
        }
        words.end += 1;
    }
    while words.len() < 5 && words.start > free_from {
        let before = words.start - 1;
        let (Some(first), Some(previous)) = (tokens.get(words.start), tokens.get(before)) else {
            break;
        };
        if !is_free(before) || !belongs(previous, first, first.gap) {
            break;
        }
        words.start = before;
    }
    words
}

/// Whether `word`, over `gap` from the end of a name at `end`, is one more word of it.
fn belongs(word: &Token, end: &Token, gap: Gap) -> bool {
    let is_near = match gap {
        Gap::Space => end.is_capital(),
        Gap::Hyphen | Gap::Apostrophe | Gap::Joined | Gap::Underscore | Gap::Dot => true,
        // After a title the name is whole; after an initial it may not be.
        Gap::Abbreviation => word.shape == Shape::Initial || end.shape == Shape::Initial,
        _ => false,
    };
    let looks_alike = match word.shape {
        Shape::Initial => end.is_capital(),
        Shape::Letter => false,
        shape => shape == end.shape && everyday(word.known) == 0,
    };
    is_near && looks_alike && !word.by_digit
}
