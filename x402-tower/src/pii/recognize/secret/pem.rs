//! Private keys in the armour of RFC 7468, of OpenSSH and of OpenPGP.

use std::ops::Range;

use super::super::super::EntityType;
use super::super::super::long_run::runs_of;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::{Hits, score};
use super::token::length_of;

/// `-----` stands on both sides of the words.
const DASHES: usize = 5;
/// Those of the first line.
pub(in super::super::super) const FEWEST_HYPHENS: usize = 2 * DASHES;
/// A label such as `BEGIN RSA PRIVATE KEY` or `BEGIN PGP PRIVATE KEY BLOCK`.
const LONGEST_LABEL: usize = 64;
/// Fewer characters of base64 between the lines are a mention of the format and no key.
const LEAST_BODY: usize = 16;

const fn is_dash(byte: u8) -> bool {
    byte == b'-'
}

pub(super) fn find(view: &View<'_>, hits: &mut Hits) {
    let mut lines = runs_of(view, DASHES, is_dash).peekable();
    while let Some(opening) = lines.next() {
        if !is_label(view, opening.end, b"begin") {
            continue;
        }
        let Some(end_of_label) = lines.next() else {
            return;
        };
        let body_end = lines.peek().map_or(view.bytes().len(), |next| next.start);
        let body = view.slice(end_of_label.end..body_end);
        let characters = body.iter().filter(|byte| {
            step();
            byte.is_ascii_alphanumeric()
        });
        if characters.count() < LEAST_BODY {
            continue;
        }
        let closes = lines
            .next_if(|closing| is_label(view, closing.end, b"end"))
            .and_then(|closing| closing_end(view, &closing));
        let end = closes.unwrap_or(body_end);
        hits.push(EntityType::Secret, opening.start..end, score::UNMISTAKABLE);
    }
}

/// Whether the words after a line of dashes say that a private key begins or ends.
fn is_label(view: &View<'_>, start: usize, first: &[u8]) -> bool {
    let length = length_of(view, start, LONGEST_LABEL, |byte| !is_dash(byte));
    let mut words = view
        .slice(start..start + length)
        .split(|byte| !byte.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case(first))
        && words.any(|word| word.eq_ignore_ascii_case(b"private"))
        && words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case(b"key"))
}

/// The end of the dashes that close the last line.
fn closing_end(view: &View<'_>, closing: &Range<usize>) -> Option<usize> {
    let label = closing.end + length_of(view, closing.end, LONGEST_LABEL, |byte| !is_dash(byte));
    let dashes = length_of(view, label, DASHES, is_dash);
    Some(label + dashes)
}
