//! Parts of a list of which each goes on with what the one before began, and what there is in them.

use super::alphabet::Alphabet;
use super::lanes::{for_each_lane, is_within, lower, mask};
use super::recognize::may_cross;
use super::split::Part;
use super::steps::step;
use super::view::View;

/// `a=4111&b=1111`: a key of up to so many characters does not say that values are apart.
const MEANINGLESS_KEY: usize = 2;
/// No number that is sure enough has fewer: an Australian tax file number has eight.
const FEWEST_DIGITS_OF_KIND: usize = 8;
/// Nor has an identifier with letters in it.
const FEWEST_DIGITS_OF_CODE: usize = 4;
/// Recovery phrases have so many words, of at least so many letters.
pub(super) const FEWEST_WORDS: usize = 12;
const SHORTEST_WORD: usize = 3;
/// Two lines of dashes around the name of a key file.
pub(super) const FEWEST_HYPHENS: usize = 10;

/// Parts of which each goes on with what the one before began, at least two.
pub(super) struct Chain<'p> {
    parts: &'p [Part],
    /// Whether a key says what parts are together.
    is_named: bool,
}

/// The chains among some parts.
pub(super) fn chains<'p>(view: &View<'_>, parts: &'p [Part]) -> impl Iterator<Item = Chain<'p>> {
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
    pub(super) fn may_hold(&self, view: &View<'_>, has_words: bool) -> bool {
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
pub(super) struct Content {
    pub(super) with_digits: usize,
    pub(super) digits: usize,
    /// Whether digits stand at the start and at the end of a part, and on both sides of what divides two parts.
    digit_first: bool,
    digit_last: bool,
    digits_cross: bool,
    hyphens: usize,
    /// Letters in a row, as many as the words of recovery phrases have.
    words: usize,
}

impl Content {
    pub(super) fn of(value: &[u8], has_words: bool) -> Self {
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
