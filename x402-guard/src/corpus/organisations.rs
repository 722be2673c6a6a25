//! Organisations: known ones, and ones that are made from surnames, towns and coined words.

use crate::corpus::encode::Position;
use crate::corpus::held_out::{self, Split};
use crate::corpus::lists::Lists;
use crate::corpus::names::Names;
use crate::corpus::numbers::Value;
use crate::corpus::places::Places;
use crate::corpus::prng::Prng;

/// How many names are made up until one is of the held-out tenth; the chance that none is, is 1 in 10^18.
const TRIES: usize = 400;

/// The organisations that may be drawn.
#[derive(Debug)]
pub(super) struct Organisations {
    known: Vec<&'static str>,
    patterns: Vec<&'static str>,
    starts: Vec<&'static str>,
    ends: Vec<&'static str>,
    fields: Vec<&'static str>,
    split: Split,
}

impl Organisations {
    pub(super) fn new(lists: &Lists, split: Split) -> Self {
        let section = |name: &str| lists.organisations.of(name).to_vec();
        let mut known = section("known");
        known.retain(|name| split.has_whole(name));
        Self {
            known,
            patterns: section("pattern"),
            starts: section("coined_start"),
            ends: section("coined_end"),
            fields: section("field"),
            split,
        }
    }

    /// An organisation as it may stand at a position.
    pub(super) fn mention(
        &self,
        position: Position,
        names: &Names,
        places: &Places,
        prng: &mut Prng,
    ) -> Value {
        let name = match self.known.is_empty() {
            false if prng.percent(30) => prng.text(&self.known).to_owned(),
            _ => self.made_up(names, places, prng),
        };
        let prose = position == Position::Prose;
        let words = |between: &str| {
            let folded = held_out::folded(&name);
            let words = folded.split(|letter: char| !letter.is_alphanumeric());
            words
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(between)
        };
        let (text, form) = match prng.below(10) {
            0..=2 if !prose => (words("-"), "slug"),
            3 if !prose => (words("_"), "underscore"),
            4 => (name.to_uppercase(), "caps"),
            _ => (name, "full_name"),
        };
        Value { text, form }
    }

    fn made_up(&self, names: &Names, places: &Places, prng: &mut Prng) -> String {
        for _ in 0..TRIES {
            let name = self.fill_pattern(names, places, prng);
            if self.split.has_whole(&name) {
                return name;
            }
        }
        prng.text(&self.known).to_owned()
    }

    fn fill_pattern(&self, names: &Names, places: &Places, prng: &mut Prng) -> String {
        let mut name = prng.text(&self.patterns).to_owned();
        while let Some((before, rest)) = name.split_once('{') {
            let Some((slot, after)) = rest.split_once('}') else {
                break;
            };
            let word = match slot {
                "surname" => names.latin_person(prng).surname,
                "town" => places.town(prng).to_owned(),
                "field" => prng.text(&self.fields).to_owned(),
                _ => format!("{}{}", prng.text(&self.starts), prng.text(&self.ends)),
            };
            name = format!("{before}{word}{after}");
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_out_organisations_are_held_out() {
        let (lists, mut prng) = (Lists::read(Split::HeldOut), Prng::new(1, 0));
        let (names, places) = (
            Names::new(&lists, Split::HeldOut),
            Places::new(&lists, Split::HeldOut),
        );
        let organisations = Organisations::new(&lists, Split::HeldOut);
        for _ in 0..300 {
            let name = organisations.made_up(&names, &places, &mut prng);
            assert!(Split::HeldOut.has_whole(&name), "{name}");
        }
        assert!(
            organisations
                .known
                .iter()
                .all(|name| Split::HeldOut.has_whole(name))
        );
    }
}
