//! People, drawn from the names of many locales.

use crate::corpus::held_out::Split;
use crate::corpus::lists::{Lists, Locale};
use crate::corpus::person::Person;
use crate::corpus::prng::Prng;

/// How often the locale of the United States is drawn before all others.
const UNITED_STATES: u64 = 22;
/// How often a name stands in a script other than Latin.
const NATIVE: u64 = 9;
/// Fewer names than this of a locale would come again and again.
const ENOUGH: usize = 2;

/// The names that may be drawn.
#[derive(Debug)]
pub(super) struct Names {
    united_states: Vec<Pool>,
    latin: Vec<Pool>,
    native: Vec<Pool>,
}

#[derive(Debug)]
struct Pool {
    given: Vec<&'static str>,
    surnames: Vec<&'static str>,
    double_surnames: bool,
    surname_first: bool,
    native: bool,
}

impl Names {
    pub(super) fn new(lists: &Lists, split: Split) -> Self {
        let usable = |locale: &&Locale| {
            let pool = Pool::new(locale, split);
            pool.given.len() >= ENOUGH && pool.surnames.len() >= ENOUGH
        };
        let pools = |keep: &dyn Fn(&Locale) -> bool| {
            let kept = lists
                .locales
                .iter()
                .filter(usable)
                .filter(|locale| keep(locale));
            kept.map(|locale| Pool::new(locale, split)).collect()
        };
        Self {
            united_states: pools(&|locale| locale.code == "en_US"),
            latin: pools(&|locale| !locale.native && locale.code != "en_US"),
            native: pools(&|locale| locale.native),
        }
    }

    /// Somebody, from anywhere.
    pub(super) fn person(&self, prng: &mut Prng) -> Person {
        match prng.below(100) {
            dice if dice < NATIVE => person_of(&self.native, prng),
            dice if dice < NATIVE + UNITED_STATES => person_of(&self.united_states, prng),
            _ => person_of(&self.latin, prng),
        }
    }

    /// Somebody whose name is written in Latin letters.
    pub(super) fn latin_person(&self, prng: &mut Prng) -> Person {
        let pools = if prng.percent(UNITED_STATES) {
            &self.united_states
        } else {
            &self.latin
        };
        person_of(pools, prng)
    }
}

impl Pool {
    fn new(locale: &Locale, split: Split) -> Self {
        let keep = |names: &[&'static str]| {
            let kept = names.iter().copied();
            kept.filter(|name| split.has_name(name)).collect()
        };
        Self {
            given: keep(&locale.given),
            surnames: keep(&locale.surnames),
            double_surnames: locale.code.starts_with("es_"),
            surname_first: locale.surname_first,
            native: locale.native,
        }
    }
}

fn person_of(pools: &[Pool], prng: &mut Prng) -> Person {
    let Some(pool) = prng.one_of(pools) else {
        return Person::nobody();
    };
    let mut given = prng.text(&pool.given).to_owned();
    let mut surname = prng.text(&pool.surnames).to_owned();
    if !pool.native && prng.percent(5) && !given.contains(['-', ' ']) {
        given = format!("{given}-{}", prng.text(&pool.given));
    }
    if pool.double_surnames && prng.percent(45) {
        surname = format!("{surname} {}", prng.text(&pool.surnames));
    } else if !pool.native && prng.percent(5) && !surname.contains(['-', ' ']) {
        surname = format!("{surname}-{}", prng.text(&pool.surnames));
    }
    Person {
        given,
        surname,
        surname_first: pool.surname_first,
        native: pool.native,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_out_people_have_held_out_names_alone() {
        let (lists, mut prng) = (Lists::read(Split::HeldOut), Prng::new(1, 0));
        let names = Names::new(&lists, Split::HeldOut);
        for _ in 0..2_000 {
            let person = names.person(&mut prng);
            assert!(Split::HeldOut.has_name(&person.given), "{}", person.given);
            assert!(
                Split::HeldOut.has_name(&person.surname),
                "{}",
                person.surname
            );
        }
    }
}
