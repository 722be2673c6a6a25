//! The parts of a list, and whether a value may be split over them: most lists hold none, and are not joined.

use std::ops::Range;

use smallvec::SmallVec;

use super::alphabet::Alphabet;
use super::chain::{Content, FEWEST_HYPHENS, FEWEST_WORDS, chains};
use super::lanes::{is, is_within, places};
use super::outline::Outline;
use super::steps::step;
use super::view::View;

/// No value is split into parts longer than this.
const LONGEST_PART: usize = 64;
/// A social security number has this many, and a list with fewer is not looked at.
pub(super) const FEWEST_DIGITS: usize = 9;
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
const SHORTEST_DOMAIN_KEY: usize = 6;

/// A value and the key before it, as ranges of the view.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
}

impl Part {
    /// The letters that its key starts with.
    pub(super) fn stem<'t>(&self, view: &View<'t>) -> &'t [u8] {
        let key = view.slice(self.key.clone());
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

/// Most lists have fewer parts.
type Parts = SmallVec<[Part; 12]>;

/// Whether something may be split over parts: digits for a whole number, an address, or whatever needs letters as well.
pub(super) fn may_be_split(
    view: &View<'_>,
    outline: &Outline,
    parts: &[Part],
    everything: bool,
) -> bool {
    let pairs = || parts.iter().zip(parts.iter().skip(1));
    let is_address = |previous, part| {
        (outline.has_at() && touch_at(view, previous, part)) || is_mailbox(view, previous, part)
    };
    if pairs().any(|(previous, part)| is_address(previous, part)) {
        return true;
    }
    let has_words = outline.words >= FEWEST_WORDS || outline.hyphens >= FEWEST_HYPHENS;
    outline.digits >= FEWEST_DIGITS
        && (everything || chains(view, parts).any(|chain| chain.may_hold(view, has_words)))
        && has_digits_for_number(view, parts)
}

/// Whether two parts have digits, and all together as many as a number that may be split.
fn has_digits_for_number(view: &View<'_>, parts: &[Part]) -> bool {
    let (mut with_digits, mut digits) = (0, 0);
    for part in parts {
        let content = Content::of(view.slice(part.value.clone()), false);
        with_digits += content.with_digits;
        digits += content.digits;
    }
    with_digits >= 2 && digits >= FEWEST_DIGITS
}

/// Whether there may be a key of [`DOMAIN_KEYS`], all of which end with the same letter.
pub(super) fn may_be_mailbox(view: &View<'_>) -> bool {
    let mut looked_at = 0;
    let mut letter = 0;
    places(view.bytes(), |lane| is(lane, b'=') | is(lane, b':')).any(|joint| {
        let between = view.slice(looked_at..joint);
        let last = between.iter().rfind(|byte| {
            step();
            Alphabet::LETTER.has(**byte)
        });
        letter = last.copied().unwrap_or(letter);
        looked_at = joint;
        letter.eq_ignore_ascii_case(&b'n')
    })
}

/// `user=alice` and `domain=example.com`.
pub(super) fn is_mailbox(view: &View<'_>, local: &Part, domain: &Part) -> bool {
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
    domain.key.len() >= SHORTEST_DOMAIN_KEY
        && is_one_of(domain, DOMAIN_KEYS)
        && is_one_of(local, LOCAL_KEYS)
        && !view.slice(local.value.clone()).contains(&b'@')
}

pub(super) fn touch_at(view: &View<'_>, previous: &Part, part: &Part) -> bool {
    view.before(previous.value.end) == b'@' || view.at(part.value.start) == b'@'
}

/// The values of a list with their keys. What is too long to be a part is passed over.
pub(super) fn parts_of(view: &View<'_>, outline: &Outline) -> Parts {
    let length = view.bytes().len();
    let mut parts = Parts::new();
    let (mut start, mut joint) = (0, None);
    let mut push = |start: usize, end: usize, joint: Option<usize>| {
        let piece = trimmed(view, start..end);
        if !piece.is_empty() && piece.len() <= LONGEST_PART {
            parts.push(part(view, piece, joint));
        }
    };
    for at in divisions(view, outline) {
        step();
        match view.at(at) {
            b'=' | b':' => joint = joint.or(Some(at)),
            b' ' if !has_key(view, at + 1) => {}
            _ => {
                push(start, at, joint);
                (start, joint) = (at + 1, None);
            }
        }
    }
    push(start, length, joint);
    parts
}

/// Where the parts of a list, or a key and its value, may be divided: at a space only before a key.
fn divisions<'v>(view: &'v View<'_>, outline: &Outline) -> impl Iterator<Item = usize> + 'v {
    const EVERYWHERE: u8 = b',';
    let [slash, query, fragment] = if view.in_url() {
        *b"/?#"
    } else {
        [EVERYWHERE; 3]
    };
    let space = if outline.has_equals() {
        b' '
    } else {
        EVERYWHERE
    };
    places(view.bytes(), move |lane| {
        is(lane, EVERYWHERE)
            | is(lane, b'&')
            | is(lane, b'\n')
            | is(lane, b'=')
            | is_within(lane, b':', b';')
            | is(lane, b'[')
            | is(lane, b']')
            | is_within(lane, b'{', b'}')
            | is(lane, slash)
            | is(lane, query)
            | is(lane, fragment)
            | is(lane, space)
    })
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
    if !bytes.first().is_some_and(|byte| is_edge(&byte))
        && !bytes.last().is_some_and(|byte| is_edge(&byte))
    {
        return range;
    }
    let leading = bytes.iter().take_while(is_edge).count();
    let trailing = bytes.iter().skip(leading).rev().take_while(is_edge).count();
    range.start + leading..range.end - trailing
}

/// A value and the key before `joint`.
fn part(view: &View<'_>, piece: Range<usize>, joint: Option<usize>) -> Part {
    let Some(joint) = joint else {
        return Part {
            key: piece.start..piece.start,
            value: piece,
        };
    };
    Part {
        key: trimmed(view, piece.start..joint),
        value: trimmed(view, joint + 1..piece.end),
    }
}
