//! How telephone numbers are written within a country: North America, Great Britain, Germany, France,
//! Spain, Italy, the Netherlands, Poland, India, Brazil, Australia and Japan.
//!
//! From the national numbering plans as the ITU publishes them (E.129), and the grouping that each
//! country's recommendations print (DIN 5008, Ofcom, Arcep, ACMA and their like).

use super::score;
use super::window::{Window, ends_of, totals};

/// The digits of all layouts.
const LENGTHS: std::ops::RangeInclusive<usize> = 9..=12;

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
    /// Whether numbers of the country start with these digits.
    fits: fn(&[u8]) -> bool,
}

const fn layout(
    groups: &'static [usize],
    proof: Proof,
    score: u8,
    fits: fn(&[u8]) -> bool,
) -> Layout {
    Layout {
        groups,
        ends: ends_of(groups),
        proof,
        score,
        fits,
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

use Proof::{Form, Key, Parenthesis, Punctuation};
use score::{FORM, STRUCTURE};

// Within a table the first that fits decides, so that stricter layouts stand before others of the same groups.

#[rustfmt::skip]
static ONE: &[Layout] = &[
    layout(&[1, 3, 3, 4], Punctuation, STRUCTURE, north_american_with_trunk),
    layout(&[1, 3, 3, 4], Punctuation, FORM, made_up_with_trunk),
    layout(&[1, 3, 7], Parenthesis, STRUCTURE, north_american_with_trunk),
    layout(&[1, 10], Key, STRUCTURE, north_american_with_trunk),
];

#[rustfmt::skip]
static TWO: &[Layout] = &[
    layout(&[2, 2, 2, 2, 2], Form, STRUCTURE, trunk),
    layout(&[2, 4, 4], Form, STRUCTURE, trunk),
    layout(&[2, 8], Form, STRUCTURE, trunk),
    layout(&[2, 7], Form, FORM, trunk),
    layout(&[2, 3, 4], Form, FORM, trunk),
    layout(&[2, 5, 4], Form, STRUCTURE, brazilian_mobile),
    layout(&[2, 9], Parenthesis, STRUCTURE, brazilian_mobile),
    layout(&[2, 1, 4, 4], Form, STRUCTURE, brazilian_mobile),
    layout(&[2, 4, 4], Parenthesis, STRUCTURE, brazilian),
    layout(&[2, 3, 2, 2], Form, FORM, polish_or_spanish),
];

#[rustfmt::skip]
static THREE: &[Layout] = &[
    layout(&[3, 3, 4], Punctuation, STRUCTURE, north_american),
    layout(&[3, 3, 4], Punctuation, FORM, made_up),
    layout(&[3, 7], Parenthesis, STRUCTURE, north_american),
    layout(&[3, 3, 4], Form, STRUCTURE, trunk),
    layout(&[3, 4, 4], Form, STRUCTURE, trunk),
    layout(&[3, 4, 3], Form, FORM, trunk),
    layout(&[3, 3, 2, 2], Form, STRUCTURE, trunk),
    layout(&[3, 2, 2, 2, 2], Form, STRUCTURE, trunk),
    layout(&[3, 6], Form, FORM, trunk),
    layout(&[3, 7], Form, FORM, trunk),
    layout(&[3, 8], Form, FORM, trunk),
    layout(&[3, 2, 2, 2], Form, FORM, spanish),
    layout(&[3, 3, 3], Key, STRUCTURE, polish_or_spanish),
];

#[rustfmt::skip]
static FOUR: &[Layout] = &[
    layout(&[4, 3, 3], Form, STRUCTURE, trunk),
    layout(&[4, 3, 4], Form, STRUCTURE, trunk),
    layout(&[4, 3, 5], Form, FORM, trunk),
    layout(&[4, 2, 4], Form, STRUCTURE, trunk),
    layout(&[4, 4, 3], Form, FORM, trunk),
    layout(&[4, 4, 4], Form, FORM, trunk),
    layout(&[4, 2, 2, 2], Form, FORM, trunk),
    layout(&[4, 5], Form, FORM, trunk),
    layout(&[4, 6], Form, FORM, trunk),
    layout(&[4, 7], Form, FORM, trunk),
    layout(&[4, 8], Form, FORM, trunk),
];

#[rustfmt::skip]
static FIVE: &[Layout] = &[
    layout(&[5, 3, 3], Form, STRUCTURE, trunk),
    layout(&[5, 3, 4], Form, FORM, trunk),
    layout(&[5, 4], Form, FORM, trunk),
    layout(&[5, 5], Form, FORM, trunk),
    layout(&[5, 6], Form, STRUCTURE, trunk),
    layout(&[5, 7], Form, FORM, trunk),
    layout(&[5, 5], Form, FORM, indian_mobile),
];

#[rustfmt::skip]
static NINE: &[Layout] = &[
    layout(&[9], Key, STRUCTURE, polish_or_spanish),
];

#[rustfmt::skip]
static TEN: &[Layout] = &[
    layout(&[10], Key, STRUCTURE, north_american),
    layout(&[10], Form, FORM, mobile_with_trunk),
];

#[rustfmt::skip]
static ELEVEN: &[Layout] = &[
    layout(&[11], Key, STRUCTURE, north_american_with_trunk),
    layout(&[11], Form, FORM, mobile_with_trunk),
];

#[rustfmt::skip]
static TWELVE: &[Layout] = &[
    layout(&[12], Form, FORM, mobile_with_trunk),
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

/// The plan that the groups at the start of the window fit.
pub(super) fn national_plan(window: &Window<'_, '_>) -> Option<Plan> {
    if window.totals() & totals(LENGTHS) == 0 {
        return None;
    }
    let layout = layouts(window.first_length()).iter().find(|layout| {
        window.starts_with_ends(layout.ends)
            && (layout.fits)(window.digit_values(layout.groups.len()))
    })?;
    Some(Plan {
        groups: layout.groups.len(),
        proof: layout.proof,
        score: layout.score,
    })
}
