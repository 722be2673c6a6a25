//! Places, as somebody's whereabouts.

use crate::corpus::encode::Position;
use crate::corpus::held_out::{self, Split};
use crate::corpus::lists::Lists;
use crate::corpus::numbers::Value;
use crate::corpus::prng::Prng;

/// The places that may be drawn.
#[derive(Debug)]
pub(super) struct Places {
    /// Towns, each with its country or state.
    towns: Vec<(&'static str, &'static str)>,
    countries: Vec<&'static str>,
    /// Towns and regions as the people there write them.
    native: Vec<&'static str>,
    streets: Vec<&'static str>,
}

impl Places {
    pub(super) fn new(lists: &Lists, split: Split) -> Self {
        let keep = |name: &&str| split.has_whole(name);
        let all = lists.countries.iter().flat_map(|country| {
            country.towns.iter().map(|town| match town.split_once('/') {
                Some((town, state)) => (town, state),
                None => (*town, country.name),
            })
        });
        let native = lists.place_words.of("native").iter().copied();
        let streets = lists.place_words.of("street").iter().copied();
        Self {
            towns: all.filter(|(town, _)| keep(town)).collect(),
            countries: lists
                .countries
                .iter()
                .map(|country| country.name)
                .filter(keep)
                .collect(),
            native: native.filter(keep).collect(),
            streets: streets.filter(keep).collect(),
        }
    }

    /// A town's name alone.
    pub(super) fn town(&self, prng: &mut Prng) -> &'static str {
        prng.one_of(&self.towns).map_or("", |(town, _)| town)
    }

    /// A place as it may stand at a position.
    pub(super) fn mention(&self, position: Position, prng: &mut Prng) -> Value {
        let (town, country) = prng.one_of(&self.towns).copied().unwrap_or_default();
        let prose = position == Position::Prose;
        let slug = |between: &str| {
            held_out::folded(town)
                .replace([' ', '-'], between)
                .replace('\'', "")
        };
        match prng.below(100) {
            0..=11 if !self.countries.is_empty() => value(prng.text(&self.countries), "country"),
            // A country that may be named is one of the drawn ones.
            12..=23 if country.len() == 2 || self.countries.contains(&country) => {
                value(format!("{town}, {country}"), "town_country")
            }
            24..=31 if !self.native.is_empty() => value(prng.text(&self.native), "native"),
            32..=37 if prose && !self.streets.is_empty() => {
                let street = prng.text(&self.streets);
                value(
                    format!("{} {street}, {town}", prng.within(1, 240)),
                    "street_address",
                )
            }
            38..=42 => value(town.to_uppercase(), "caps"),
            43..=62 if !prose => value(slug("-"), "slug"),
            63..=70 if !prose => value(slug("_"), "underscore"),
            _ => value(town, "town"),
        }
    }
}

fn value(text: impl Into<String>, form: &'static str) -> Value {
    Value {
        text: text.into(),
        form,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_out_places_are_many_enough() {
        let places = Places::new(&Lists::read(Split::HeldOut), Split::HeldOut);
        assert!(places.towns.len() > 250, "{}", places.towns.len());
        assert!(places.countries.len() > 10, "{}", places.countries.len());
        assert!(places.native.len() > 5, "{}", places.native.len());
        assert!(places.streets.len() > 3, "{}", places.streets.len());
    }
}
