//! UUIDs (RFC 9562), whose groups of digits can look like other numbers.

use std::ops::Range;

use super::super::steps::step;
use super::super::view::View;

const LENGTH: usize = 36;
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// Whether `span` lies in a UUID.
pub(super) fn surrounds(view: &View<'_>, span: &Range<usize>) -> bool {
    let belongs = |byte: u8| {
        step();
        byte.is_ascii_hexdigit() || byte == b'-'
    };
    let left = (0..LENGTH)
        .take_while(|back| *back < span.start && belongs(view.before(span.start - back)))
        .count();
    let right = (0..LENGTH)
        .take_while(|ahead| belongs(view.at(span.end + ahead)))
        .count();
    let token = view.slice(span.start - left..span.end + right);
    token.len() == LENGTH
        && token
            .iter()
            .enumerate()
            .all(|(position, byte)| HYPHENS.contains(&position) == (*byte == b'-'))
}
