//! IPv4 and IPv6 addresses.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::str::FromStr;

use super::super::EntityType;
use super::super::entity::EntitySet;
use super::super::outline::Outline;
use super::super::steps::step;
use super::super::view::View;
use super::context::{Phrases, preceded_by};
use super::{Hits, Recognizer, score};

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: EntitySet::of(&[EntityType::IpAddress]),
    may_match: |outline| may_be_v4(outline) || may_be_v6(outline),
    recognize,
};

/// Words after which four numbers with dots are a version.
static VERSION_KEYS: Phrases =
    Phrases::of(&[&["version"], &["ver"], &["v"], &["release"], &["build"]]);
/// `1111:2222:3333:4444:5555:6666:255.255.255.255`
const LONGEST_V6: usize = 45;

const fn may_be_v4(outline: &Outline) -> bool {
    outline.may_be_v4
}

const fn may_be_v6(outline: &Outline) -> bool {
    outline.may_be_v6
}

fn recognize(view: &View<'_>, outline: &Outline, hits: &mut Hits) {
    if may_be_v4(outline) {
        let belongs = |byte: u8| byte.is_ascii_digit() || byte == b'.';
        for token in tokens(view, belongs, b'.', 3) {
            if let Some(span) = v4_in(view, token) {
                hits.push(EntityType::IpAddress, span, score::STRUCTURE);
            }
        }
    }
    if may_be_v6(outline) {
        let belongs = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
        for token in tokens(view, belongs, b':', 2) {
            if let Some(span) = v6_in(view, token) {
                hits.push(EntityType::IpAddress, span, score::UNMISTAKABLE);
            }
        }
    }
}

/// The longest runs of bytes that `belongs` accepts, with at least so many marks between their groups.
fn tokens<'v>(
    view: &View<'v>,
    belongs: impl Fn(u8) -> bool + 'v,
    mark: u8,
    marks: usize,
) -> impl Iterator<Item = Range<usize>> + 'v {
    let bytes = view.bytes();
    let mut position = 0;
    std::iter::from_fn(move || {
        loop {
            let start = bytes.iter().skip(position).position(|byte| {
                step();
                belongs(*byte)
            })? + position;
            let mut found = 0;
            let length = bytes.iter().skip(start).take_while(|byte| {
                step();
                found += usize::from(**byte == mark);
                belongs(**byte)
            });
            position = start + length.count();
            if found >= marks {
                return Some(start..position);
            }
        }
    })
}

fn v4_in(view: &View<'_>, token: Range<usize>) -> Option<Range<usize>> {
    let span = trim(view, token, b".");
    if view.before(span.start).is_ascii_alphabetic() || view.at(span.end).is_ascii_alphabetic() {
        return None;
    }
    let address: Ipv4Addr = parse(view, &span)?;
    (is_personal_v4(address) && !preceded_by(view, span.start, &VERSION_KEYS)).then_some(span)
}

fn v6_in(view: &View<'_>, token: Range<usize>) -> Option<Range<usize>> {
    let mut span = trim(view, token, b".");
    if view.before(span.start).is_ascii_alphanumeric() {
        // The first group is the end of a key: `node:fe80::1`.
        let key = view
            .slice(span.clone())
            .iter()
            .take(LONGEST_V6)
            .position(|byte| *byte == b':')?;
        span.start += key;
    }
    if view.at(span.start) == b':' && view.at(span.start + 1) != b':' {
        span.start += 1;
    }
    if span.len() > 2 && view.before(span.end) == b':' && view.before(span.end - 1) != b':' {
        span.end -= 1;
    }
    if view.at(span.end).is_ascii_alphanumeric() {
        return None;
    }
    let address: Ipv6Addr = parse(view, &span)?;
    is_personal_v6(address).then_some(span)
}

fn trim(view: &View<'_>, span: Range<usize>, edge: &[u8]) -> Range<usize> {
    let bytes = view.slice(span.clone());
    let is_edge = |byte: &&u8| {
        step();
        edge.contains(byte)
    };
    let leading = bytes.iter().take_while(is_edge).count();
    let trailing = bytes.iter().skip(leading).rev().take_while(is_edge).count();
    span.start + leading..span.end - trailing
}

fn parse<A: FromStr>(view: &View<'_>, span: &Range<usize>) -> Option<A> {
    if span.len() > LONGEST_V6 {
        return None;
    }
    std::str::from_utf8(view.slice(span.clone()))
        .ok()?
        .parse()
        .ok()
}

/// Not this host or network (0/8), loopback (127/8), or broadcast and network masks (255/8).
fn is_personal_v4(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    !matches!(first, 0 | 127 | 255)
}

/// Only in space that IANA assigned, so that `face::cafe` in code is no address: global unicast
/// (2000::/3), NAT64 (64:ff9b::/96), unique local (fc00::/7), link-local (fe80::/10), multicast (ff00::/8)
/// and mapped IPv4.
fn is_personal_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_personal_v4(mapped);
    }
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, _, _] => true,
        [first, ..] => {
            matches!(first, 0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xfebf | 0xff00..=0xffff)
        }
    }
}
