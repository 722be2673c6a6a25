//! Leaves texts out of training to measure on them: those whose first and last words are of a kind that no
//! training text begins or ends with, so that both what was asked and what it was asked of are new.

use super::data::Sample;
use super::word::hash_of;

/// One word of so many is left out.
const FOLDS: u64 = 3;

/// What a text is for when one fold of words is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Train,
    Measure,
    /// Half of it is known: good for neither.
    Neither,
}

pub(super) fn part_of(sample: &Sample, fold: u64) -> Part {
    let words = words(sample);
    let is_left_out = |word: &String| (hash_of(word) >> 20) % FOLDS == fold;
    let long = || words.iter().filter(|word| word.len() > 3);
    let ends = [
        long().next().or(words.first()),
        long().next_back().or(words.last()),
    ];
    let [Some(first), Some(last)] = ends else {
        return Part::Train;
    };
    match (is_left_out(first), is_left_out(last)) {
        (false, false) => Part::Train,
        (true, true) => Part::Measure,
        _ => Part::Neither,
    }
}

/// The words of a text, or of a URL behind its host, that no label covers.
fn words(sample: &Sample) -> Vec<String> {
    let start = if sample.is_url {
        let host = sample.text.find("://").map_or(0, |at| at + 3);
        sample.text[host..]
            .find('/')
            .map_or(sample.text.len(), |at| host + at)
    } else {
        0
    };
    let spans = sample
        .names
        .iter()
        .map(|(_, span)| span)
        .chain(&sample.others);
    let spans: Vec<_> = spans.collect();
    let mut words = vec![String::new()];
    for (at, character) in sample.text.char_indices().skip_while(|(at, _)| *at < start) {
        let is_word = character.is_alphabetic() && !spans.iter().any(|span| span.contains(&at));
        match words.last_mut() {
            Some(word) if is_word => word.extend(character.to_lowercase()),
            Some(word) if !word.is_empty() => words.push(String::new()),
            _ => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
