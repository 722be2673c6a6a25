//! Which card networks issue which numbers.

use super::totals::totals;
use super::window::Window;

/// A range of issuer numbers, by their first six digits, and the lengths of card numbers in it.
struct Range {
    first: u32,
    last: u32,
    /// One bit each.
    lengths: u32,
}

const fn range(first: u32, last: u32, shortest: usize, longest: usize) -> Range {
    Range {
        first,
        last,
        lengths: totals(shortest..=longest),
    }
}

/// The networks' published issuer ranges (ISO/IEC 7812).
const RANGES: &[Range] = &[
    range(400_000, 499_999, 13, 13), // Visa, old
    range(400_000, 499_999, 16, 16), // Visa
    range(400_000, 499_999, 19, 19), // Visa
    range(510_000, 559_999, 16, 16), // Mastercard
    range(222_100, 272_099, 16, 16), // Mastercard, 2-series
    range(340_000, 349_999, 15, 15), // American Express
    range(370_000, 379_999, 15, 15), // American Express
    range(601_100, 601_199, 16, 19), // Discover
    range(644_000, 659_999, 16, 19), // Discover
    range(300_000, 305_999, 14, 19), // Diners Club
    range(309_500, 309_599, 14, 19), // Diners Club
    range(360_000, 369_999, 14, 19), // Diners Club
    range(380_000, 399_999, 14, 19), // Diners Club
    range(352_800, 358_999, 16, 19), // JCB
    range(180_000, 180_099, 15, 15), // JCB, old
    range(213_100, 213_199, 15, 15), // JCB, old
    range(620_000, 629_999, 16, 19), // UnionPay
    range(810_000, 817_199, 16, 19), // UnionPay
    range(500_000, 509_999, 13, 19), // Maestro, Elo, Verve
    range(560_000, 589_999, 13, 19), // Maestro
    range(600_000, 699_999, 13, 19), // Maestro
    range(220_000, 220_499, 16, 19), // Mir
    range(817_200, 829_999, 16, 16), // RuPay
    range(979_200, 979_299, 16, 16), // Troy
    range(860_000, 860_099, 16, 16), // UzCard
    range(986_000, 986_099, 16, 16), // Humo
    range(194_600, 194_699, 16, 16), // GPN
];

/// What is issued of all numbers with the same first three digits.
#[derive(Clone, Copy)]
struct Leading {
    /// The ranges that have such numbers, one bit each.
    ranges: u32,
    /// The lengths that numbers of these ranges have, one bit each.
    lengths: u32,
}

const LEADING: usize = 1_000;

static BY_LEADING: [Leading; LEADING] = {
    let mut table = [Leading {
        ranges: 0,
        lengths: 0,
    }; LEADING];
    let (mut rest, mut bit) = (RANGES, 1);
    while let [range, others @ ..] = rest {
        let mut leading = range.first / 1_000;
        while leading <= range.last / 1_000 {
            #[expect(
                clippy::indexing_slicing,
                reason = "checked when it is compiled; nothing of it runs later"
            )]
            {
                table[leading as usize].ranges |= bit;
                table[leading as usize].lengths |= range.lengths;
            }
            leading += 1;
        }
        bit <<= 1;
        rest = others;
    }
    table
};

fn by_leading(window: &Window<'_, '_>) -> Leading {
    let [hundreds, tens, ones] = window.leading_digits().map(usize::from);
    let leading = BY_LEADING.get(hundreds * 100 + tens * 10 + ones).copied();
    leading.unwrap_or(Leading {
        ranges: 0,
        lengths: 0,
    })
}

/// The lengths of card numbers that may be issued with the first three digits of a window, one bit each: most numbers are
/// no card's from them on.
#[inline]
pub(super) fn lengths_by_leading(window: &Window<'_, '_>) -> u32 {
    by_leading(window).lengths
}

/// The lengths of the card numbers that networks issue with the first six digits of a window, one bit each.
pub(super) fn issued_lengths(window: &Window<'_, '_>) -> u32 {
    let mut ranges = by_leading(window).ranges;
    let (first_six, mut lengths) = (window.leading(6), 0);
    while let Some(place) = ranges.checked_ilog2() {
        ranges ^= 1 << place;
        let range = usize::try_from(place).ok();
        if let Some(range) = range.and_then(|range| RANGES.get(range))
            && (range.first..=range.last).contains(&first_six)
        {
            lengths |= range.lengths;
        }
    }
    lengths
}
