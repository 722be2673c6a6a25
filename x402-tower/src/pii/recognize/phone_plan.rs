//! How telephone numbers are written within a country: North America, Great Britain, Germany, France,
//! Spain, Italy, the Netherlands, Poland, India, Brazil, Australia and Japan.
//!
//! From the national numbering plans as the ITU publishes them (E.129), and the grouping that each
//! country's recommendations print (DIN 5008, Ofcom, Arcep, ACMA and their like).

use std::ops::RangeInclusive;

use super::score;
use super::starts::{FirstDigits, Starts};
use super::tables::Tables;
use super::totals::{ends_of, totals};
use super::window::Window;

/// The digits of all layouts.
const LENGTHS: RangeInclusive<usize> = 9..=12;

/// What tells a number of this form from others without a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// The form itself.
    Form,
    /// Anything but spaces between the groups.
    Punctuation,
    /// The area code in parentheses.
    Parenthesis,
    /// Nothing: a key has to stand before it.
    Key,
}

/// A number that fits a plan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// How many groups of the window it takes.
    pub(super) groups: usize,
    pub(super) proof: Proof,
    pub(super) score: u8,
}

struct Layout {
    groups: &'static [usize],
    /// After how many digits they end, a bit each.
    ends: u32,
    proof: Proof,
    score: u8,
    leading: Leading,
}

/// With which digits the numbers of a country start.
struct Leading {
    first: FirstDigits,
    fits: fn(&[u8]) -> bool,
}

const fn leading(first: RangeInclusive<u32>, fits: fn(&[u8]) -> bool) -> Leading {
    Leading {
        first: (2 << *first.end()) - (1 << *first.start()),
        fits,
    }
}

const fn layout(groups: &'static [usize], proof: Proof, score: u8, leading: Leading) -> Layout {
    Layout {
        groups,
        ends: ends_of(groups),
        proof,
        score,
        leading,
    }
}

/// Area code and exchange start with 2 to 9 (NANP).
fn north_american(digits: &[u8]) -> bool {
    matches!(digits, [2..=9, _, _, 2..=9, ..])
}

/// No exchange starts with 0 or 1, yet made-up numbers of people often do.
fn made_up(digits: &[u8]) -> bool {
    matches!(digits, [2..=9, ..])
}

fn north_american_with_trunk(digits: &[u8]) -> bool {
    matches!(digits, [1, rest @ ..] if north_american(rest))
}

fn made_up_with_trunk(digits: &[u8]) -> bool {
    matches!(digits, [1, rest @ ..] if made_up(rest))
}

/// The trunk prefix 0 of most of the world, and an area code.
fn trunk(digits: &[u8]) -> bool {
    matches!(digits, [0, 1..=9, ..])
}

fn mobile_with_trunk(digits: &[u8]) -> bool {
    // GB 07, FR and NL 06, FR 07, DE 015 to 017, AU 04, JP 070 to 090.
    matches!(
        (digits, digits.len()),
        ([0, 7, 1..=9, ..], 11)
            | ([0, 6 | 7, ..] | [0, 4, ..], 10)
            | ([0, 1, 5..=7, ..], 11 | 12)
            | ([0, 7..=9, 0, ..], 11)
    )
}

fn indian_mobile(digits: &[u8]) -> bool {
    matches!(digits, [6..=9, ..])
}

/// Two digits of an area, then nine for mobile telephones, which start with 9.
fn brazilian_mobile(digits: &[u8]) -> bool {
    matches!(digits, [1..=9, 1..=9, 9, ..])
}

fn brazilian(digits: &[u8]) -> bool {
    matches!(digits, [1..=9, 1..=9, 2..=5, ..])
}

fn spanish(digits: &[u8]) -> bool {
    matches!(digits, [6..=9, ..])
}

fn polish_or_spanish(digits: &[u8]) -> bool {
    matches!(digits, [1..=9, ..])
}

const NORTH_AMERICAN: Leading = leading(2..=9, north_american);
const MADE_UP: Leading = leading(2..=9, made_up);
const NORTH_AMERICAN_WITH_TRUNK: Leading = leading(1..=1, north_american_with_trunk);
const MADE_UP_WITH_TRUNK: Leading = leading(1..=1, made_up_with_trunk);
const TRUNK: Leading = leading(0..=0, trunk);
const MOBILE_WITH_TRUNK: Leading = leading(0..=0, mobile_with_trunk);
const INDIAN_MOBILE: Leading = leading(6..=9, indian_mobile);
const BRAZILIAN_MOBILE: Leading = leading(1..=9, brazilian_mobile);
const BRAZILIAN: Leading = leading(1..=9, brazilian);
const SPANISH: Leading = leading(6..=9, spanish);
const POLISH_OR_SPANISH: Leading = leading(1..=9, polish_or_spanish);

use Proof::{Form, Key, Parenthesis, Punctuation};
use score::{FORM, STRUCTURE};

// Within a table the first that fits decides, so that stricter layouts stand before others of the same groups.

#[rustfmt::skip]
const ONE: &[Layout] = &[
    layout(&[1, 3, 3, 4], Punctuation, STRUCTURE, NORTH_AMERICAN_WITH_TRUNK),
    layout(&[1, 3, 3, 4], Punctuation, FORM, MADE_UP_WITH_TRUNK),
    layout(&[1, 3, 7], Parenthesis, STRUCTURE, NORTH_AMERICAN_WITH_TRUNK),
    layout(&[1, 10], Key, STRUCTURE, NORTH_AMERICAN_WITH_TRUNK),
];

#[rustfmt::skip]
const TWO: &[Layout] = &[
    layout(&[2, 2, 2, 2, 2], Form, STRUCTURE, TRUNK),
    layout(&[2, 4, 4], Form, STRUCTURE, TRUNK),
    layout(&[2, 8], Form, STRUCTURE, TRUNK),
    layout(&[2, 7], Form, FORM, TRUNK),
    layout(&[2, 3, 4], Form, FORM, TRUNK),
    layout(&[2, 5, 4], Form, STRUCTURE, BRAZILIAN_MOBILE),
    layout(&[2, 9], Parenthesis, STRUCTURE, BRAZILIAN_MOBILE),
    layout(&[2, 1, 4, 4], Form, STRUCTURE, BRAZILIAN_MOBILE),
    layout(&[2, 4, 4], Parenthesis, STRUCTURE, BRAZILIAN),
    layout(&[2, 3, 2, 2], Form, FORM, POLISH_OR_SPANISH),
];

#[rustfmt::skip]
const THREE: &[Layout] = &[
    layout(&[3, 3, 4], Punctuation, STRUCTURE, NORTH_AMERICAN),
    layout(&[3, 3, 4], Punctuation, FORM, MADE_UP),
    layout(&[3, 7], Parenthesis, STRUCTURE, NORTH_AMERICAN),
    layout(&[3, 3, 4], Form, STRUCTURE, TRUNK),
    layout(&[3, 4, 4], Form, STRUCTURE, TRUNK),
    layout(&[3, 4, 3], Form, FORM, TRUNK),
    layout(&[3, 3, 2, 2], Form, STRUCTURE, TRUNK),
    layout(&[3, 2, 2, 2, 2], Form, STRUCTURE, TRUNK),
    layout(&[3, 6], Form, FORM, TRUNK),
    layout(&[3, 7], Form, FORM, TRUNK),
    layout(&[3, 8], Form, FORM, TRUNK),
    layout(&[3, 2, 2, 2], Form, FORM, SPANISH),
    layout(&[3, 3, 3], Key, STRUCTURE, POLISH_OR_SPANISH),
];

#[rustfmt::skip]
const FOUR: &[Layout] = &[
    layout(&[4, 3, 3], Form, STRUCTURE, TRUNK),
    layout(&[4, 3, 4], Form, STRUCTURE, TRUNK),
    layout(&[4, 3, 5], Form, FORM, TRUNK),
    layout(&[4, 2, 4], Form, STRUCTURE, TRUNK),
    layout(&[4, 4, 3], Form, FORM, TRUNK),
    layout(&[4, 4, 4], Form, FORM, TRUNK),
    layout(&[4, 2, 2, 2], Form, FORM, TRUNK),
    layout(&[4, 5], Form, FORM, TRUNK),
    layout(&[4, 6], Form, FORM, TRUNK),
    layout(&[4, 7], Form, FORM, TRUNK),
    layout(&[4, 8], Form, FORM, TRUNK),
];

#[rustfmt::skip]
const FIVE: &[Layout] = &[
    layout(&[5, 3, 3], Form, STRUCTURE, TRUNK),
    layout(&[5, 3, 4], Form, FORM, TRUNK),
    layout(&[5, 4], Form, FORM, TRUNK),
    layout(&[5, 5], Form, FORM, TRUNK),
    layout(&[5, 6], Form, STRUCTURE, TRUNK),
    layout(&[5, 7], Form, FORM, TRUNK),
    layout(&[5, 5], Form, FORM, INDIAN_MOBILE),
];

#[rustfmt::skip]
const NINE: &[Layout] = &[
    layout(&[9], Key, STRUCTURE, POLISH_OR_SPANISH),
];

#[rustfmt::skip]
const TEN: &[Layout] = &[
    layout(&[10], Key, STRUCTURE, NORTH_AMERICAN),
    layout(&[10], Form, FORM, MOBILE_WITH_TRUNK),
];

#[rustfmt::skip]
const ELEVEN: &[Layout] = &[
    layout(&[11], Key, STRUCTURE, NORTH_AMERICAN_WITH_TRUNK),
    layout(&[11], Form, FORM, MOBILE_WITH_TRUNK),
];

#[rustfmt::skip]
const TWELVE: &[Layout] = &[
    layout(&[12], Form, FORM, MOBILE_WITH_TRUNK),
];

/// The layouts whose first group has this length.
fn layouts(first: u32) -> &'static [Layout] {
    match first {
        1 => ONE,
        2 => TWO,
        3 => THREE,
        4 => FOUR,
        5 => FIVE,
        9 => NINE,
        10 => TEN,
        11 => ELEVEN,
        12 => TWELVE,
        _ => &[],
    }
}

/// How the layouts start that need no key.
static STARTS: Starts = {
    let mut starts = Starts::NONE;
    let mut layouts = Tables::all(&[ONE, TWO, THREE, FOUR, FIVE, NINE, TEN, ELEVEN, TWELVE]);
    while let Some(layout) = layouts.next() {
        if !matches!(layout.proof, Key) {
            starts = starts.with(layout.groups, layout.leading.first);
        }
    }
    starts
};

/// Whether a number that no key precedes may fit a plan.
#[inline]
pub(super) fn may_be_national(window: &Window<'_, '_>) -> bool {
    window.totals() & totals(LENGTHS) != 0 && window.starts_as_one_of(&STARTS)
}

/// The plan that the groups at the start of the window fit.
pub(super) fn national_plan(window: &Window<'_, '_>) -> Option<Plan> {
    if window.totals() & totals(LENGTHS) == 0 {
        return None;
    }
    let layout = layouts(window.first_length()).iter().find(|layout| {
        window.starts_with_ends(layout.ends)
            && (layout.leading.fits)(window.digit_values(layout.groups.len()))
    })?;
    Some(Plan {
        groups: layout.groups.len(),
        proof: layout.proof,
        score: layout.score,
    })
}
