//! The word lists under `data`, part of the program.

use std::collections::{BTreeMap, BTreeSet};

use crate::corpus::held_out::Split;

const NAMES: &str = include_str!("data/names.txt");
const PLACES: &str = include_str!("data/places.txt");
const PLACE_WORDS: &str = include_str!("data/place_words.txt");
const ORGANISATIONS: &str = include_str!("data/organisations.txt");
const LOOKALIKES: &str = include_str!("data/lookalikes.txt");

/// Sections of at least so many items are split.
const SPLIT: usize = 19;

/// Sections of a file: a `[name]` and the items below it, one a line or several between semicolons.
#[derive(Debug)]
pub(super) struct Sections(BTreeMap<&'static str, Vec<&'static str>>);

impl Sections {
    fn read(text: &'static str) -> Self {
        let mut sections: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut name = "";
        for line in lines(text) {
            match line
                .strip_prefix('[')
                .and_then(|line| line.strip_suffix(']'))
            {
                Some(section) => name = section,
                None => sections.entry(name).or_default().extend(items(line)),
            }
        }
        Self(sections)
    }

    /// The items of a section; none if there is no such section.
    pub(super) fn of(&self, name: &str) -> &[&'static str] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Leaves half of each section's items to the other split; what is short, such as file endings, is in both.
    fn split(&mut self, split: Split) {
        for items in self.0.values_mut().filter(|items| items.len() >= SPLIT) {
            items.retain(|item| split.has_line(item));
        }
    }

    /// Every word of every section, in lower case.
    fn words(&self) -> BTreeSet<String> {
        let items = self.0.values().flatten();
        let words = items.flat_map(|item| item.split(|letter: char| !letter.is_alphabetic()));
        words.map(str::to_lowercase).collect()
    }
}

/// The given names and surnames of one locale.
#[derive(Debug)]
pub(super) struct Locale {
    pub(super) native: bool,
    pub(super) surname_first: bool,
    pub(super) code: &'static str,
    pub(super) given: Vec<&'static str>,
    pub(super) surnames: Vec<&'static str>,
}

/// A country and its towns; a state is kept behind a slash.
#[derive(Debug)]
pub(super) struct Country {
    pub(super) name: &'static str,
    pub(super) towns: Vec<&'static str>,
}

/// All lists.
#[derive(Debug)]
pub(super) struct Lists {
    pub(super) locales: Vec<Locale>,
    pub(super) countries: Vec<Country>,
    pub(super) place_words: Sections,
    pub(super) organisations: Sections,
    pub(super) lookalikes: Sections,
    /// Words of benign texts: a name that is one of them does not stand alone, because nobody could tell.
    pub(super) benign_words: BTreeSet<String>,
}

impl Lists {
    pub(super) fn read(split: Split) -> Self {
        let mut lookalikes = Sections::read(LOOKALIKES);
        let benign_words = lookalikes.words();
        lookalikes.split(split);
        Self {
            locales: locales(),
            countries: countries(),
            place_words: Sections::read(PLACE_WORDS),
            organisations: Sections::read(ORGANISATIONS),
            benign_words,
            lookalikes,
        }
    }
}

/// Lines that say something.
pub(super) fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
}

fn items(line: &'static str) -> impl Iterator<Item = &'static str> {
    line.split(';')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

/// Three lines each: what it is, given names, surnames.
fn locales() -> Vec<Locale> {
    let mut lines = lines(NAMES);
    let mut locales = Vec::new();
    while let (Some(head), Some(given), Some(surnames)) = (lines.next(), lines.next(), lines.next())
    {
        locales.push(Locale {
            native: head.contains(" native"),
            surname_first: head.ends_with(" surname"),
            code: head.split(' ').next().unwrap_or_default(),
            given: items(given).collect(),
            surnames: items(surnames).collect(),
        });
    }
    locales
}

fn countries() -> Vec<Country> {
    let countries = lines(PLACES).filter_map(|line| line.split_once('='));
    countries
        .map(|(name, towns)| Country {
            name,
            towns: items(towns).collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_many_names_of_many_locales() {
        let lists = Lists::read(Split::Any);
        assert!(lists.locales.len() >= 50);
        for locale in &lists.locales {
            assert!(locale.given.len() >= 20, "{}", locale.code);
            assert!(locale.surnames.len() >= 10, "{}", locale.code);
        }
        let towns: usize = lists
            .countries
            .iter()
            .map(|country| country.towns.len())
            .sum();
        assert!(lists.countries.len() > 200 && towns > 3_000);
    }
}
