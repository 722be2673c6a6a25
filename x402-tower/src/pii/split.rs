//! The parts of a list, and whether a value may be split over them: most lists hold none, and are not joined.

use std::ops::Range;

use smallvec::SmallVec;

use super::alphabet::Alphabet;
use super::lanes::{for_each_lane, is, is_within, lower, mask, places};
use super::outline::Outline;
use super::recognize::may_cross;
use super::steps::step;
use super::view::View;

/// No value is split into parts longer than this.
const LONGEST_PART: usize = 64;
/// `a=4111&b=1111`: a key of up to so many characters does not say that values are apart.
const MEANINGLESS_KEY: usize = 2;
/// A social security number has this many, and a list with fewer is not looked at.
pub(super) const FEWEST_DIGITS: usize = 9;
/// No number that is sure enough has fewer: an Australian tax file number has eight.
const FEWEST_DIGITS_OF_KIND: usize = 8;
/// Nor has an identifier with letters in it.
const FEWEST_DIGITS_OF_CODE: usize = 4;
/// Recovery phrases have so many words, of at least so many letters.
const FEWEST_WORDS: usize = 12;
const SHORTEST_WORD: usize = 3;
/// Two lines of dashes around the name of a key file.
const FEWEST_HYPHENS: usize = 10;

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
    key: Range<usize>,
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

/// Parts of which each goes on with what the one before began, at least two.
struct Chain<'p> {
    parts: &'p [Part],
    /// Whether a key says what parts are together.
    is_named: bool,
}

/// The chains among some parts.
fn chains<'p>(view: &View<'_>, parts: &'p [Part]) -> impl Iterator<Item = Chain<'p>> {
    let mut rest = parts;
    std::iter::from_fn(move || {
        loop {
            let (mut length, mut is_named) = (1, false);
            for (previous, part) in rest.iter().zip(rest.iter().skip(1)) {
                step();
                let has_same_stem = has_same_stem(view, previous, part);
                if !has_same_stem && !goes_on_unnamed(view, previous, part) {
                    break;
                }
                is_named |= has_same_stem;
                length += 1;
            }
            let (parts, others) = rest.split_at_checked(length)?;
            rest = others;
            if length >= 2 {
                return Some(Chain { parts, is_named });
            }
        }
    })
}

impl Chain<'_> {
    /// Whether something may be split over its parts.
    fn may_hold(&self, view: &View<'_>, has_words: bool) -> bool {
        if self.is_named {
            return true;
        }
        let mut content = Content::default();
        for part in self.parts {
            content.add(&Content::of(view.slice(part.value.clone()), has_words));
        }
        content.may_be_whole()
            || (content.digits >= FEWEST_DIGITS_OF_CODE
                && may_cross(view, self.parts.iter().map(|part| part.value.clone())))
    }
}

/// What there is in the parts of a chain.
#[derive(Debug, Default)]
struct Content {
    with_digits: usize,
    digits: usize,
    /// Whether digits stand at the start and at the end of a part, and on both sides of what divides two parts.
    digit_first: bool,
    digit_last: bool,
    digits_cross: bool,
    hyphens: usize,
    /// Letters in a row, as many as the words of recovery phrases have.
    words: usize,
}

impl Content {
    fn of(value: &[u8], has_words: bool) -> Self {
        let (mut digits, mut known) = (0, 0);
        for_each_lane(value, |lane, shift| {
            let is_digit = is_within(lane, b'0', b'9');
            digits |= mask(is_digit, shift);
            known |= mask(is_digit | is_within(lower(lane), b'a', b'z'), shift);
        });
        // What has neither letters nor digits may stand between those of others.
        let is_digit = |place: u32| known == 0 || digits >> (place % u64::BITS) & 1 == 1;
        let mut content = Self {
            digit_first: is_digit(known.trailing_zeros()),
            digit_last: is_digit(u64::BITS - 1 - known.leading_zeros().min(u64::BITS - 1)),
            with_digits: usize::from(digits != 0),
            digits: digits.count_ones() as usize,
            ..Self::default()
        };
        if has_words {
            content.count_words(value);
        }
        content
    }

    fn count_words(&mut self, value: &[u8]) {
        let mut letters = 0;
        for byte in value.iter().chain([&0]) {
            step();
            if Alphabet::LETTER.has(*byte) {
                letters += 1;
                continue;
            }
            self.words += usize::from(letters >= SHORTEST_WORD);
            letters = 0;
            self.hyphens += usize::from(*byte == b'-');
        }
    }

    /// Takes in the next part of a chain.
    fn add(&mut self, next: &Self) {
        self.digits_cross |= self.digit_last && next.digit_first;
        self.digit_last = next.digit_last;
        self.with_digits += next.with_digits;
        self.digits += next.digits;
        self.hyphens += next.hyphens;
        self.words += next.words;
    }

    /// Whether a number, a key or a phrase may be split over parts with this content.
    const fn may_be_whole(&self) -> bool {
        let is_number =
            self.digits_cross && self.with_digits >= 2 && self.digits >= FEWEST_DIGITS_OF_KIND;
        is_number || self.hyphens >= FEWEST_HYPHENS || self.words >= FEWEST_WORDS
    }
}

/// Whether a part goes on with what the one before it began, with nothing but a space between.
pub(super) fn goes_on(view: &View<'_>, previous: &Part, part: &Part) -> bool {
    goes_on_unnamed(view, previous, part) || has_same_stem(view, previous, part)
}

/// Whether it does so with keys that say nothing, or none.
fn goes_on_unnamed(view: &View<'_>, previous: &Part, part: &Part) -> bool {
    let unnamed = previous.key.len() <= MEANINGLESS_KEY && part.key.len() <= MEANINGLESS_KEY;
    // `1,000,000` is one number of another kind.
    let thousands = part.value.len() == 3
        && part.value.start == previous.value.end + 1
        && view.before(part.value.start) == b',';
    unnamed && !thousands
}

/// Whether keys say that both are parts of one value: `card1` and `card2`.
pub(super) fn has_same_stem(view: &View<'_>, one: &Part, other: &Part) -> bool {
    let first = |part: &Part| view.at(part.key.start);
    !one.key.is_empty()
        && !other.key.is_empty()
        // Most keys begin otherwise.
        && first(one).eq_ignore_ascii_case(&first(other))
        && !other.stem(view).is_empty()
        && one.stem(view).eq_ignore_ascii_case(other.stem(view))
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
