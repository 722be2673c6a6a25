//! Values that are split over parameters, path segments, items of a list or whole fields, joined again.

use std::ops::Range;

use super::recognize::Hits;
use super::steps::step;
use super::unfold::Sink;
use super::view::View;
use super::{EntityType, Finding};

/// No value is split into parts longer than this.
const LONGEST_PART: usize = 64;
/// Less sure findings are left: parts of a list stand beside each other by chance.
const SUREST: u8 = 95;

/// `a=4111&b=1111`: a key of up to so many characters does not say that values are apart.
const MEANINGLESS_KEY: usize = 2;
const SHORTEST_CARD: usize = 13;
/// A social security number has this many, and nothing that is looked for here has fewer.
const FEWEST_DIGITS: usize = 9;

/// Keys of the two halves of an address. A name, an account or a host beside each other are everyday.
const LOCAL_KEYS: &[&[u8]] = &[
    b"user",
    b"username",
    b"local",
    b"localpart",
    b"mailbox",
    b"mail",
    b"email",
];
const DOMAIN_KEYS: &[&[u8]] = &[b"domain", b"maildomain", b"emaildomain"];

/// A value and the key before it, as ranges of the view.
#[derive(Debug, Clone)]
struct Part {
    key: Range<usize>,
    value: Range<usize>,
}

/// The parts of a list, one after the other, with a space or what belongs between them.
#[derive(Debug)]
pub(super) struct Joined {
    view: View<'static>,
    /// Where each part stands in the joined view, and whether it goes on with what the one before began.
    parts: Vec<(Range<usize>, bool)>,
}

impl Joined {
    /// Joins the parts of `view`; `None` if it is no list.
    pub(super) fn of(view: &View<'_>) -> Option<Self> {
        let parts = parts_of(view);
        if !may_be_split(view, &parts) {
            return None;
        }
        let mut joined = Joining {
            view,
            sink: Sink::default(),
            places: Vec::with_capacity(parts.len()),
        };
        let mut previous: Option<&Part> = None;
        for (position, part) in parts.iter().enumerate() {
            let next = parts.get(position + 1);
            joined.push(previous, part, next);
            previous = Some(part);
        }
        Some(Self {
            view: joined.sink.into_view(false),
            parts: joined.places,
        })
    }

    pub(super) const fn view(&self) -> &View<'static> {
        &self.view
    }

    /// What was found across parts: one finding for each part that it touches.
    pub(super) fn across_parts(&self, hits: Hits) -> Vec<Finding> {
        let mut findings = Vec::new();
        for hit in hits.into_findings() {
            if hit.score < SUREST {
                continue;
            }
            let first = self
                .parts
                .partition_point(|(part, _)| part.end <= hit.span.start);
            let touched = || {
                self.parts
                    .iter()
                    .skip(first)
                    .take_while(|(part, _)| part.start < hit.span.end)
            };
            // What would be a card by itself is one, or none; it is not the start of a longer one.
            let is_whole = |(part, _): &(Range<usize>, bool)| {
                hit.entity == EntityType::CreditCard && part.len() >= SHORTEST_CARD
            };
            let is_one = touched().skip(1).all(|(_, goes_on)| *goes_on);
            if touched().count() < 2 || !is_one || touched().any(is_whole) {
                continue;
            }
            findings.extend(touched().map(|(part, _)| {
                step();
                let span = part.start.max(hit.span.start)..part.end.min(hit.span.end);
                Finding {
                    span: self.view.original(span),
                    ..hit.clone()
                }
            }));
        }
        findings
    }
}

/// Whether digits for a whole number are spread over at least two parts, or two parts may make an address.
fn may_be_split(view: &View<'_>, parts: &[Part]) -> bool {
    let (mut with_digits, mut digits) = (0, 0);
    for part in parts {
        let value = view.slice(part.value.clone());
        let count = value
            .iter()
            .filter(|byte| {
                step();
                byte.is_ascii_digit()
            })
            .count();
        with_digits += usize::from(count > 0);
        digits += count;
    }
    (with_digits >= 2 && digits >= FEWEST_DIGITS)
        || parts
            .iter()
            .zip(parts.iter().skip(1))
            .any(|(first, second)| touch_at(view, first, second) || is_mailbox(view, first, second))
}

struct Joining<'v, 't> {
    view: &'v View<'t>,
    sink: Sink,
    places: Vec<(Range<usize>, bool)>,
}

impl Joining<'_, '_> {
    fn push(&mut self, previous: Option<&Part>, part: &Part, next: Option<&Part>) {
        let stem = self.stem(part);
        let same = |other: Option<&Part>| {
            other.is_some_and(|other| {
                !stem.is_empty() && self.stem(other).eq_ignore_ascii_case(stem)
            })
        };
        let (follows, leads) = (same(previous), same(next));
        let between: &[u8] = match previous {
            None => b"",
            Some(previous) if is_mailbox(self.view, previous, part) => b"@",
            Some(previous) if touch_at(self.view, previous, part) => b"",
            Some(_) => b" ",
        };
        let stem = part.key.start..part.key.start + stem.len();
        let source = self.view.source(part.value.start);
        self.sink.push_all(between, source);
        if leads && !follows {
            // `ssn1=…&ssn2=…`: the key says what the parts are, once.
            for position in stem {
                self.sink.push(self.view.at(position), source);
            }
            self.sink.push(b' ', source);
        }
        let start = self.sink.len();
        self.sink.copy(self.view, part.value.clone());
        let goes_on = between != b" "
            || follows
            || previous.is_some_and(|previous| {
                // Keys that say nothing, or none.
                let unnamed = [previous, part]
                    .iter()
                    .all(|part| part.key.len() <= MEANINGLESS_KEY);
                // `1,000,000` is one number of another kind.
                let thousands = part.value.len() == 3
                    && part.value.start == previous.value.end + 1
                    && self.view.before(part.value.start) == b',';
                unnamed && !thousands
            });
        self.places.push((start..self.sink.len(), goes_on));
    }

    /// The letters that a key starts with.
    fn stem(&self, part: &Part) -> &[u8] {
        let key = self.view.slice(part.key.clone());
        let letters = key
            .iter()
            .take_while(|byte| {
                step();
                byte.is_ascii_alphabetic()
            })
            .count();
        key.get(..letters).unwrap_or_default()
    }
}

/// `user=alice` and `domain=example.com`.
fn is_mailbox(view: &View<'_>, local: &Part, domain: &Part) -> bool {
    let is_one_of = |part: &Part, keys: &[&[u8]]| {
        let key = view.slice(part.key.clone());
        let letters = || key.iter().filter(|byte| byte.is_ascii_alphabetic());
        keys.iter().any(|known| {
            step();
            letters()
                .map(u8::to_ascii_lowercase)
                .eq(known.iter().copied())
        })
    };
    !domain.key.is_empty()
        && is_one_of(domain, DOMAIN_KEYS)
        && is_one_of(local, LOCAL_KEYS)
        && !view.slice(local.value.clone()).contains(&b'@')
}

fn touch_at(view: &View<'_>, previous: &Part, part: &Part) -> bool {
    view.before(previous.value.end) == b'@' || view.at(part.value.start) == b'@'
}

/// The values of a list with their keys. What is too long to be a part is passed over.
fn parts_of(view: &View<'_>) -> Vec<Part> {
    let length = view.bytes().len();
    let mut parts = Vec::new();
    let mut start = 0;
    while start < length {
        let end = (start..length)
            .find(|at| {
                step();
                separates(view, *at)
            })
            .unwrap_or(length);
        let piece = trimmed(view, start..end);
        if !piece.is_empty() && piece.len() <= LONGEST_PART {
            parts.push(part(view, piece));
        }
        start = end + 1;
    }
    parts
}

fn separates(view: &View<'_>, position: usize) -> bool {
    match view.at(position) {
        b'&' | b';' | b',' | b'|' | b'\n' | b'[' | b']' | b'{' | b'}' => true,
        b'/' | b'?' | b'#' => view.in_url(),
        b' ' => has_key(view, position + 1),
        _ => false,
    }
}

/// Whether a key and `=` start at `position`.
fn has_key(view: &View<'_>, position: usize) -> bool {
    let word = (0..LONGEST_PART)
        .take_while(|ahead| {
            step();
            let byte = view.at(position + ahead);
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
        })
        .count();
    word > 0 && view.at(position + word) == b'='
}

fn trimmed(view: &View<'_>, range: Range<usize>) -> Range<usize> {
    let bytes = view.slice(range.clone());
    let is_edge = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'"' | b'\'');
    let leading = bytes.iter().take_while(is_edge).count();
    let trailing = bytes.iter().skip(leading).rev().take_while(is_edge).count();
    range.start + leading..range.end - trailing
}

fn part(view: &View<'_>, piece: Range<usize>) -> Part {
    let bytes = view.slice(piece.clone());
    let Some(joint) = bytes.iter().position(|byte| matches!(byte, b'=' | b':')) else {
        return Part {
            key: piece.start..piece.start,
            value: piece,
        };
    };
    Part {
        key: trimmed(view, piece.start..piece.start + joint),
        value: trimmed(view, piece.start + joint + 1..piece.end),
    }
}
