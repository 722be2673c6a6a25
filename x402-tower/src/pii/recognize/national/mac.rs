//! Hardware addresses: IEEE 802 EUI-48, in the notations of IEEE 802 (`-`), RFC 7042 (`:`) and Cisco (`.`).

use std::ops::Range;

use super::super::super::EntityType;
use super::super::super::entity::EntitySet;
use super::super::super::outline::Outline;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::{Hits, Recognizer, score};
use super::naming::{Keys, Label};

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: EntitySet::of(&[EntityType::MacAddress]),
    may_match: |outline| {
        let divides = outline.hyphens >= 5 || outline.dots >= 2;
        outline.may_be_mac
            && outline.len >= SHORTEST
            && (outline.colons >= 5 || (outline.digits >= 2 && divides))
    },
    recognize,
};

/// `0011.2233.4455`
const SHORTEST: usize = 14;
const DIGITS: usize = 12;
const KEYS: Keys = &[
    "mac",
    "macaddr",
    "macaddress",
    "hwaddr",
    "hwaddress",
    "hardwareaddress",
    "ethernetaddress",
    "physicaladdress",
    "bssid",
    "ether",
];

fn recognize(view: &View<'_>, _outline: &Outline, hits: &mut Hits) {
    let mut position = 0;
    while position < view.bytes().len() {
        step();
        let found = match view.at(position) {
            separator @ (b':' | b'-') if view.at(position + 3) == separator => {
                address_at(view, position, separator, 2)
            }
            b'.' if view.at(position + 5) == b'.' => address_at(view, position, b'.', 4),
            _ => None,
        };
        match found {
            Some((span, score)) => {
                position = span.end;
                hits.push(EntityType::MacAddress, span, score);
            }
            None => position += 1,
        }
    }
}

/// An address of groups of `width` digits whose first group ends at `first_end`.
fn address_at(
    view: &View<'_>,
    first_end: usize,
    separator: u8,
    width: usize,
) -> Option<(Range<usize>, u8)> {
    let start = first_end.checked_sub(width)?;
    let end = start + DIGITS + DIGITS / width - 1;
    let bytes = view.slice(start..end);
    let is_written_so = !bytes.is_empty()
        && bytes.iter().enumerate().all(|(index, byte)| {
            step();
            if index % (width + 1) == width {
                *byte == separator
            } else {
                byte.is_ascii_hexdigit()
            }
        });
    if !is_written_so || is_tied(view, start..end, separator, width) || !is_of_one_host(bytes) {
        return None;
    }
    let has_letter = bytes.iter().any(u8::is_ascii_alphabetic);
    let has_digit = bytes.iter().any(u8::is_ascii_digit);
    let score = match separator {
        b':' => score::UNMISTAKABLE,
        // Dates and numbers are divided so, and words by dots.
        b'-' if has_letter => score::STRUCTURE,
        b'.' if has_letter && has_digit => score::STRUCTURE,
        _ if Label::before(view, start).names(KEYS) => score::UNMISTAKABLE,
        _ => return None,
    };
    Some((start..end, score))
}

/// Whether letters, digits or another group touch it: a fingerprint has more groups.
fn is_tied(view: &View<'_>, span: Range<usize>, separator: u8, width: usize) -> bool {
    let is_group = |start: usize| {
        (start..start + width).all(|at| view.at(at).is_ascii_hexdigit())
            && !view.before(start).is_ascii_alphanumeric()
            && !view.at(start + width).is_ascii_alphanumeric()
    };
    let left = view.before(span.start) == separator
        && span.start.checked_sub(width + 1).is_some_and(is_group);
    let right = view.at(span.end) == separator && is_group(span.end + 1);
    left || right
        || view.before(span.start).is_ascii_alphanumeric()
        || view.at(span.end).is_ascii_alphanumeric()
}

/// Not of a group, which all broadcasts are, and not all zeros.
fn is_of_one_host(bytes: &[u8]) -> bool {
    let low_nibble = bytes
        .get(1)
        .and_then(|byte| char::from(*byte).to_digit(16))
        .unwrap_or(1);
    low_nibble.is_multiple_of(2)
        && bytes
            .iter()
            .any(|byte| byte.is_ascii_hexdigit() && *byte != b'0')
}
