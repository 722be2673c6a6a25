//! Word vectors, as integers.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::Outcome;

/// Numbers of a vector as it is read.
pub(super) const READ: usize = 100;
/// Where behind them it says how many words are used more.
const RANK: usize = 101;
/// What [`probes`](super::probes) say of a word, behind the numbers that were read.
pub(super) const PROBES: usize = 4;
pub(super) const WIDTH: usize = READ + PROBES;
/// The length that vectors are brought to.
pub(super) const LENGTH: i64 = 1 << 12;

pub(super) type Vector = [i16; WIDTH];

/// A word of ASCII letters.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) vector: Vector,
}

/// The `most` words of the file that are used most, in that order.
pub(super) fn read(path: &str, most: usize) -> Outcome<Vec<Word>> {
    let file = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let file: File = serde_json::from_slice(&file)?;
    let mut words: Vec<(usize, Word)> = file
        .vectors
        .0
        .into_iter()
        .filter(|(text, _)| text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_lowercase()))
        .map(|(text, (rank, vector))| (rank, Word { text, vector }))
        .collect();
    words.sort_unstable_by_key(|(rank, _)| *rank);
    words.truncate(most);
    Ok(words.into_iter().map(|(_, word)| word).collect())
}

/// The vector of this direction whose length is [`LENGTH`].
pub(super) fn scaled(sum: &[i64; WIDTH]) -> Vector {
    let square: i64 = sum.iter().map(|number| number * number).sum();
    let length = square.isqrt().max(1);
    sum.map(|number| (number * LENGTH / length) as i16)
}

#[derive(Deserialize)]
struct File {
    vectors: Vectors,
}

struct Vectors(HashMap<String, (usize, Vector)>);

impl<'de> Deserialize<'de> for Vectors {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EachVector)
    }
}

/// Makes integers of each vector as it is read: all of them as they are written would take gigabytes.
struct EachVector;

impl<'de> Visitor<'de> for EachVector {
    type Value = Vectors;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("words with their vectors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vectors, A::Error> {
        let mut words = HashMap::new();
        while let Some(word) = map.next_key::<String>()? {
            let numbers: Vec<f64> = map.next_value()?;
            let mut vector = [0; WIDTH];
            for (slot, number) in vector.iter_mut().zip(numbers.iter().take(READ)) {
                *slot = (number * 1_000_000.0).round() as i64;
            }
            let rank = numbers.get(RANK).map_or(usize::MAX, |rank| *rank as usize);
            words.insert(word, (rank, scaled(&vector)));
        }
        Ok(Vectors(words))
    }
}
