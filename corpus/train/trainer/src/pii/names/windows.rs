//! What the library looks for names in: this stands where the library has its own `find_names`.

use std::cell::RefCell;
use std::ops::Range;

use super::super::view::View;
use super::super::{DetectionMode, Detector, EntityType, Finding};
use super::model::Model;
use super::scan::{each_window, scan};
use super::token::Token;

pub(super) const KINDS: [EntityType; 3] = [
    EntityType::Person,
    EntityType::Location,
    EntityType::Organization,
];

/// A word and the bytes of the text that it was read from.
pub(super) type Word = (Token, Range<usize>);

thread_local! {
    static WINDOWS: RefCell<Vec<Vec<Word>>> = const { RefCell::new(Vec::new()) };
    static WEIGHTS: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Looks with these weights from now on; with none, windows are recorded.
pub(super) fn use_weights(file: Vec<u8>) {
    WEIGHTS.set(file);
}

pub(in super::super) fn find_names(
    view: &View<'_>,
    taken: &[Range<usize>],
    out: &mut Vec<Finding>,
) {
    WEIGHTS.with_borrow(|weights| {
        if let Some(model) = Model::parse(weights) {
            scan(&model, view.bytes(), view.in_url(), taken, |found| {
                out.push(Finding::new(KINDS[found.kind], found.span, found.score));
            });
            return;
        }
        each_window(view.bytes(), view.in_url(), taken, |tokens| {
            let words = tokens.iter().map(|token| {
                (
                    *token,
                    view.original(token.start as usize..token.end as usize),
                )
            });
            WINDOWS.with_borrow_mut(|windows| windows.push(words.collect()));
        });
    });
}

/// The detector of the library, with its types that are on by default.
pub(super) fn detector() -> Detector {
    Detector::new().with_mode(DetectionMode::Nlp)
}

/// The windows that the library makes of a text or a URL.
pub(super) fn windows_of(detector: &Detector, text: &str, is_url: bool) -> Vec<Vec<Word>> {
    if is_url {
        detector.scan_url(text)
    } else {
        detector.scan(text)
    };
    WINDOWS.take()
}
