//! All rules for numbers of digits, by what they have in common.

use super::super::named::{ByEnding, Named};
use super::super::starts::{ANY_DIGIT, Starts};
use super::super::tables::Tables;
use super::super::totals::ends_of;
use super::super::window::Window;
use super::naming::NATIONAL_ID;
use super::number::NumberRule;
use super::{asia, australia, europe, north_america, south_africa};

pub(super) const SHORTEST: usize = 8;
pub(super) const LONGEST: usize = 13;
const RULES: [&[NumberRule]; 5] = [
    north_america::RULES,
    europe::RULES,
    asia::RULES,
    australia::RULES,
    south_africa::RULES,
];

/// No number of digits has more rules.
const MOST_RULES: usize = 8;

/// The rules for each number of digits.
static BY_LENGTH: [[Option<&NumberRule>; MOST_RULES]; LONGEST + 1] = {
    let mut table = [[None; MOST_RULES]; LONGEST + 1];
    let mut length = SHORTEST;
    while length <= LONGEST {
        let (mut place, mut rules) = (0, Tables::all(&RULES));
        while let Some(rule) = rules.next() {
            if rule.lengths & (1 << length) != 0 {
                #[expect(
                    clippy::indexing_slicing,
                    reason = "checked when it is compiled; nothing of it runs later"
                )]
                {
                    table[length][place] = Some(rule);
                }
                place += 1;
            }
        }
        length += 1;
    }
    table
};

/// The rules for numbers with so many digits.
pub(super) fn rules_of(len: usize) -> impl Iterator<Item = &'static NumberRule> {
    let rules = BY_LENGTH
        .get(len)
        .map_or([].as_slice(), |rules| rules.as_slice());
    rules.iter().map_while(|rule| *rule)
}

/// No length of a first group has more forms.
const MOST_FORMS: usize = 8;

/// For each length of a first group, after how many digits the groups end of the forms that such numbers are printed in.
static PRINTED: [[u32; MOST_FORMS]; LONGEST + 1] = {
    let mut table = [[0; MOST_FORMS]; LONGEST + 1];
    let mut counts = [0; LONGEST + 1];
    let mut rules = Tables::all(&RULES);
    while let Some(rule) = rules.next() {
        let mut forms = rule.printed;
        while let [form, other_forms @ ..] = forms {
            if let [first, ..] = form.groups {
                #[expect(
                    clippy::indexing_slicing,
                    reason = "checked when it is compiled; nothing of it runs later"
                )]
                {
                    table[*first][counts[*first]] = ends_of(form.groups);
                    counts[*first] += 1;
                }
            }
            forms = other_forms;
        }
    }
    table
};

/// How the forms start.
pub(super) static STARTS: Starts = {
    let mut starts = Starts::NONE;
    let mut rules = Tables::all(&RULES);
    while let Some(rule) = rules.next() {
        let mut forms = rule.printed;
        while let [form, other_forms @ ..] = forms {
            starts = starts.with(form.groups, ANY_DIGIT);
            forms = other_forms;
        }
    }
    starts
};

/// How many digits the first groups of a window have that are divided as in a printed form, a bit each.
pub(super) fn printed_totals(window: &Window<'_, '_>) -> u32 {
    let first = usize::try_from(window.first_length()).unwrap_or(0);
    let forms = PRINTED.get(first).into_iter().flatten();
    forms
        .take_while(|ends| **ends != 0)
        .filter(|ends| window.starts_with_ends(**ends))
        .fold(0, |totals, ends| totals | 1 << ends.ilog2())
}

/// Adds the names of all numbers.
pub(in super::super) const fn with_names(mut by_ending: ByEnding) -> ByEnding {
    let mut rules = Tables::all(&RULES);
    while let Some(rule) = rules.next() {
        let named = Named::national(rule.lengths);
        by_ending = by_ending.with_divided(rule.keys, named);
        if rule.is_national_id {
            by_ending = by_ending.with_divided(NATIONAL_ID, named);
        }
    }
    by_ending
}
