//! Names of persons, places and organisations, in text and in the parts of URLs.
//!
//! A field is cut into words ([`segment`]), which are looked up in a map of names, places, everyday words and
//! clusters of words that are used alike ([`gazetteer`]); each word is described by features that are hashed to
//! rows of small integers ([`features`], [`model`]), and the best sequence of labels is looked for ([`decode`]).
//! All of it is integer arithmetic over one embedded file; nothing is allocated but what is reported.
//! Training is in `corpus/train`, which compiles these very sources, so that what was learned is what
//! is looked at.

use std::ops::Range;

use self::model::Model;
use super::view::View;
use super::{EntityType, Finding};

mod abbreviation;
mod annotate;
mod decode;
mod features;
mod gap;
mod gazetteer;
mod letters;
mod model;
mod run;
mod scan;
mod segment;
mod spans;
#[cfg(test)]
mod tests;
mod token;
mod word;

/// Weights and gazetteer, made by `corpus/train/train.sh`.
static WEIGHTS: &[u8] = include_bytes!("weights.bin");

const KINDS: [EntityType; 3] = [
    EntityType::Person,
    EntityType::Location,
    EntityType::Organization,
];

/// Appends the names in `view` to `out`, with spans in the view.
///
/// `taken` are the ranges that other recognizers claimed, sorted by start: no name is looked for there.
pub(super) fn find_names(view: &View<'_>, taken: &[Range<usize>], out: &mut Vec<Finding>) {
    let Some(model) = Model::parse(WEIGHTS) else {
        return;
    };
    scan::scan(&model, view.bytes(), view.in_url(), taken, |found| {
        if let Some(entity) = KINDS.get(found.kind) {
            out.push(Finding::new(*entity, found.span, found.score));
        }
    });
}
