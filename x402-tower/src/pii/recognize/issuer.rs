//! Which card networks issue which numbers.

/// A range of issuer numbers, by their first six digits, and the lengths of card numbers in it.
struct Range {
    first: u32,
    last: u32,
    lengths: std::ops::RangeInclusive<usize>,
}

const fn range(first: u32, last: u32, shortest: usize, longest: usize) -> Range {
    Range {
        first,
        last,
        lengths: shortest..=longest,
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

/// Whether networks issue numbers with these first two digits.
static ISSUED: [bool; 100] = {
    let mut issued = [false; 100];
    let mut rest = RANGES;
    while let [range, others @ ..] = rest {
        let mut leading = range.first / 10_000;
        while leading <= range.last / 10_000 {
            #[expect(
                clippy::indexing_slicing,
                reason = "checked when it is compiled; nothing of it runs later"
            )]
            {
                issued[leading as usize] = true;
            }
            leading += 1;
        }
        rest = others;
    }
    issued
};

/// The lengths of the card numbers that networks issue with these first six digits, one bit each.
pub(super) fn issued_lengths(first_six: u32) -> u32 {
    // Half of all numbers are no card's from their first two digits on.
    let leading = first_six / 10_000;
    if usize::try_from(leading).ok().and_then(|at| ISSUED.get(at)) != Some(&true) {
        return 0;
    }
    RANGES
        .iter()
        .filter(|range| (range.first..=range.last).contains(&first_six))
        .flat_map(|range| range.lengths.clone())
        .fold(0, |lengths, length| lengths | 1 << length)
}

/// The lengths of UATP's numbers, one bit each: anything of 15 digits that starts with 1, so form must confirm it.
pub(super) fn uatp_lengths(first_six: u32) -> u32 {
    u32::from((100_000..=199_999).contains(&first_six)) << 15
}
