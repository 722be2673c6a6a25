//! What a word gets to know of the words around it before features are made of them.

use std::ops::Range;

use super::super::steps::step;
use super::gap::Gap;
use super::gazetteer::{Gazetteer, LEARNED, PLACE, everyday, given, phrase, surname};
use super::token::{Place, Shape, Token, Zone};
use super::word::identity;

/// How the words of a window are written, taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Style {
    Lower,
    /// Some words have capitals, as in a sentence.
    Sentence,
    /// Most words have one, as in a heading.
    Title,
    Capitals,
}

/// Looks the words up in the gazetteer.
pub(super) fn look_up(tokens: &mut [Token], gazetteer: &Gazetteer<'_>) {
    let mut after: [Option<(u64, Gap)>; 2] = [None, None];
    for token in tokens.iter_mut().rev() {
        step();
        (token.known, token.cluster) = gazetteer.look_up(token.hash);
        token.leaning = gazetteer.leaning(token.cluster);
        if token.known & LEARNED == 0 {
            token.word = Token::UNKNOWN;
        }
        token.phrase = 0;
        if let [Some((next, gap)), beyond] = after
            && joins_phrase(gap)
        {
            let two = phrase(token.hash, next);
            token.phrase |= u8::from(gazetteer.flags(two) & PLACE != 0);
            if let Some((third, gap)) = beyond
                && joins_phrase(gap)
            {
                token.phrase |= u8::from(gazetteer.flags(phrase(two, third)) & PLACE != 0) << 1;
            }
        }
        after = [Some((token.hash, token.gap)), after[0]];
    }
    note_keys(tokens);
}

/// Hands the cluster of each key to the words under it.
fn note_keys(tokens: &mut [Token]) {
    let (mut key, mut last) = ((0, 0), (0, 0));
    for token in tokens {
        if token.key != key.0 {
            key = if token.key == last.0 {
                last
            } else {
                (token.key, 0)
            };
        }
        token.key_cluster = key.1;
        last = (identity(token.hash), token.cluster);
    }
}

const fn joins_phrase(gap: Gap) -> bool {
    matches!(
        gap,
        Gap::Joined | Gap::Space | Gap::Hyphen | Gap::Underscore | Gap::Abbreviation
    )
}

/// Whether the word could be, or begin or end, a name of any kind.
pub(super) fn is_candidate(token: &Token) -> bool {
    let known = token.known;
    let is_name = given(known) > 0 || surname(known) > 0 || known & PLACE != 0 || token.phrase > 0;
    match token.shape {
        Shape::Capitalised | Shape::Capitals | Shape::Mixed => {
            is_name || everyday(known) < 3 || token.zone == Zone::Text
        }
        Shape::Lower => {
            given(known) > 0
                || surname(known) > 1
                || (known & PLACE != 0 || token.phrase > 0)
                || (everyday(known) == 0 && token.letters > 2)
                || (is_name && everyday(known) < 2)
        }
        Shape::Foreign => token.letters > 1,
        Shape::Initial | Shape::Letter => false,
    }
}

pub(super) fn style_of(tokens: &[Token]) -> Style {
    let (mut words, mut capitals, mut all) = (0usize, 0usize, 0usize);
    for token in tokens.iter().filter(|token| token.letters > 1) {
        words += 1;
        capitals += usize::from(token.is_capital());
        all += usize::from(token.shape == Shape::Capitals);
    }
    if capitals == 0 {
        Style::Lower
    } else if all * 5 >= words * 4 {
        Style::Capitals
    } else if capitals * 3 >= words * 2 {
        Style::Title
    } else {
        Style::Sentence
    }
}

/// Notes for each word its place in its segment and in its run.
pub(super) fn place(tokens: &mut [Token]) {
    split(
        tokens,
        |_, next| next.gap.ends_segment(),
        |words| {
            number(words, |token| &mut token.segment);
            split(words, ends_run, note_run);
        },
    );
}

fn ends_run(previous: &Token, next: &Token) -> bool {
    matches!(next.gap, Gap::Digits | Gap::Comma | Gap::Ampersand)
        || previous.is_capital() != next.is_capital()
}

fn note_run(words: &mut [Token]) {
    number(words, |token| &mut token.run);
    let ends = [words.first(), words.last()].map(|token| token.map_or(0, |token| token.word));
    let count = |is_kind: fn(&Token) -> bool| {
        let found = words.iter().filter(|token| is_kind(token)).count();
        u8::try_from(found.min(3)).unwrap_or(3)
    };
    let kinds = [
        count(|token| everyday(token.known) > 1),
        count(|token| given(token.known) > 0 || surname(token.known) > 1),
    ];
    let clusters =
        [words.first(), words.last()].map(|token| token.map_or(0, |token| token.cluster));
    for word in words {
        word.run_ends = ends;
        word.run_clusters = clusters;
        word.run_kinds = kinds;
    }
}

fn number(words: &mut [Token], place: fn(&mut Token) -> &mut Place) {
    let len = u8::try_from(words.len()).unwrap_or(u8::MAX);
    for (index, word) in (0..len).zip(words) {
        *place(word) = Place { index, len };
    }
}

/// Calls `each` with the words between the places where `ends` holds.
fn split(
    tokens: &mut [Token],
    ends: fn(&Token, &Token) -> bool,
    mut each: impl FnMut(&mut [Token]),
) {
    let mut rest = tokens;
    while !rest.is_empty() {
        let len = run_length(rest, ends);
        let Some((head, tail)) = rest.split_at_mut_checked(len) else {
            return;
        };
        each(head);
        rest = tail;
    }
}

fn run_length(tokens: &[Token], ends: fn(&Token, &Token) -> bool) -> usize {
    let pairs = tokens.iter().zip(tokens.iter().skip(1));
    let inside = pairs.take_while(|(previous, next)| {
        step();
        !ends(previous, next)
    });
    inside.count() + 1
}

/// The bits of words for which labels are worth computing: candidates and up to three beside them.
pub(super) fn worth_labelling(tokens: &[Token]) -> u64 {
    let bits = tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| is_candidate(token))
        .fold(0u64, |bits, (index, _)| bits | 1 << index);
    let near = bits | bits << 1 | bits >> 1;
    near | near << 2 | near >> 2
}

/// Spans of `Range<u32>` in tokens are the bytes from the first word to the last.
pub(super) fn bytes_of(tokens: &[Token]) -> Option<Range<usize>> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    Some(first.start as usize..last.end as usize)
}
