//! Words in metadata of provisioning that tell a provider of compute what a workload is about.
//!
//! They are no data of persons, but tell a third party what the buyer does with whose data. The words
//! stand for themselves in the forms that they are written in as labels (`ml-training`, `CONFIDENTIAL`), and a
//! key such as `workload_class` makes any word one.

use std::ops::Range;

use super::super::super::EntityType;
use super::super::super::entity::EntitySet;
use super::super::super::outline::Outline;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::{Hits, Recognizer, score};
use super::naming::{Keys, Label};

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: EntitySet::of(&[
        EntityType::WorkloadClass,
        EntityType::DataClassification,
        EntityType::QueryPattern,
    ]),
    may_match: |outline| outline.has_letter,
    recognize,
};

const WORKLOAD_KEYS: Keys = &[
    "workloadclass",
    "workloadtype",
    "workload",
    "jobclass",
    "jobtype",
];
const CLASSIFICATION_KEYS: Keys = &[
    "dataclassification",
    "dataclass",
    "classification",
    "classificationlevel",
    "sensitivity",
    "sensitivitylevel",
    "datasensitivity",
    "confidentiality",
];
const QUERY_KEYS: Keys = &["querypattern", "sql", "sqlquery", "querytemplate"];

/// What is done to data or models, after what it is done with: `ml-training`, `batch_inference`.
const SUBJECTS: &[&[u8]] = &[
    b"ml",
    b"ai",
    b"llm",
    b"gpu",
    b"model",
    b"batch",
    b"stream",
    b"streaming",
    b"realtime",
    b"data",
    b"etl",
    b"deep",
    b"online",
    b"offline",
    b"genomic",
    b"genomics",
    b"risk",
    b"fraud",
    b"hpc",
];
const ACTIVITIES: &[&[u8]] = &[
    b"training",
    b"inference",
    b"finetuning",
    b"serving",
    b"processing",
    b"analytics",
    b"learning",
    b"scoring",
    b"simulation",
    b"sequencing",
    b"pipeline",
    b"ingestion",
    b"transform",
    b"detection",
];
/// Markings of documents, in capitals.
const MARKINGS: &[&[u8]] = &[
    b"TOP SECRET",
    b"TOP_SECRET",
    b"TOP-SECRET",
    b"SECRET",
    b"CONFIDENTIAL",
    b"RESTRICTED",
    b"CLASSIFIED",
    b"UNCLASSIFIED",
    b"SENSITIVE",
    b"PROPRIETARY",
    b"INTERNAL ONLY",
    b"INTERNAL_ONLY",
    b"INTERNAL-ONLY",
];
/// The verb of a statement and the word that follows it somewhere.
const STATEMENTS: &[(&[u8], &[u8])] = &[
    (b"SELECT", b"FROM"),
    (b"INSERT", b"INTO"),
    (b"UPDATE", b"SET"),
    (b"DELETE", b"FROM"),
    (b"MERGE", b"INTO"),
];
/// How far the second word of a statement is looked for.
const MAX_COLUMNS: usize = 256;

fn recognize(view: &View<'_>, _outline: &Outline, hits: &mut Hits) {
    let length = view.bytes().len();
    let mut position = 0;
    while let Some(start) = (position..length).find(|at| {
        step();
        is_word(view.at(*at)) && !is_word(view.before(*at))
    }) {
        let found = statement_at(view, start, hits)
            .or_else(|| marking_at(view, start))
            .or_else(|| workload_at(view, start))
            .or_else(|| value_at(view, start, hits));
        position = match found {
            Some((entity, span, score)) if hits.wants(entity) => {
                let end = span.end;
                hits.push(entity, span, score);
                end
            }
            _ => start + 1,
        };
    }
}

type Match = (EntityType, Range<usize>, u8);

/// A statement from its verb to its end: a semicolon, a line, or in a URL the parameter.
fn statement_at(view: &View<'_>, start: usize, hits: &Hits) -> Option<Match> {
    let (verb, second) = STATEMENTS
        .iter()
        .find(|(verb, _)| is_whole(view, start, verb))?;
    if !hits.wants(EntityType::QueryPattern) {
        return None;
    }
    let from = start + verb.len();
    let has_second = (from..from + MAX_COLUMNS)
        .take_while(|at| *at < view.bytes().len() && !ends_statement(view, *at))
        .any(|at| {
            step();
            !is_word(view.before(at)) && is_whole(view, at, second)
        });
    if !has_second {
        return None;
    }
    let end = (from..view.bytes().len())
        .find(|at| {
            step();
            ends_statement(view, *at)
        })
        .unwrap_or(view.bytes().len());
    Some((EntityType::QueryPattern, start..end, score::STRUCTURE))
}

fn ends_statement(view: &View<'_>, at: usize) -> bool {
    matches!(view.at(at), b';' | b'\n' | b'"')
        || (view.in_url() && matches!(view.at(at), b'&' | b'#'))
}

fn marking_at(view: &View<'_>, start: usize) -> Option<Match> {
    let marking = MARKINGS
        .iter()
        .find(|marking| is_whole(view, start, marking))?;
    let span = start..start + marking.len();
    Some((EntityType::DataClassification, span, score::STRUCTURE))
}

/// A subject and an activity with a dash or underscore between.
fn workload_at(view: &View<'_>, start: usize) -> Option<Match> {
    let subject = SUBJECTS.iter().find(|subject| {
        let end = start + subject.len();
        equals(view, start, subject) && matches!(view.at(end), b'-' | b'_')
    })?;
    let second = start + subject.len() + 1;
    let activity = ACTIVITIES.iter().find(|activity| {
        equals(view, second, activity) && !is_word(view.at(second + activity.len()))
    })?;
    let span = start..second + activity.len();
    Some((EntityType::WorkloadClass, span, score::STRUCTURE))
}

/// A word directly after a key and `=` or `:`.
fn value_at(view: &View<'_>, start: usize, hits: &Hits) -> Option<Match> {
    let assigns = (1..=3).any(|back| {
        start
            .checked_sub(back)
            .is_some_and(|at| matches!(view.at(at), b'=' | b':'))
    });
    if !assigns {
        return None;
    }
    let label = Label::before(view, start);
    let entity = [
        (EntityType::WorkloadClass, WORKLOAD_KEYS),
        (EntityType::DataClassification, CLASSIFICATION_KEYS),
        (EntityType::QueryPattern, QUERY_KEYS),
    ]
    .into_iter()
    .find(|(entity, keys)| hits.wants(*entity) && label.names(keys))?
    .0;
    let end = (start..view.bytes().len())
        .find(|at| {
            step();
            let byte = view.at(*at);
            !is_word(byte) && !matches!(byte, b'-' | b'.' | b'/')
        })
        .unwrap_or(view.bytes().len());
    Some((entity, start..end, score::UNMISTAKABLE))
}

/// Whether `word` stands at `start` as it is written, as a whole.
fn is_whole(view: &View<'_>, start: usize, word: &[u8]) -> bool {
    step();
    let end = start + word.len();
    view.slice(start..end) == word && !is_word(view.at(end))
}

fn equals(view: &View<'_>, start: usize, word: &[u8]) -> bool {
    step();
    view.slice(start..start + word.len())
        .eq_ignore_ascii_case(word)
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}
