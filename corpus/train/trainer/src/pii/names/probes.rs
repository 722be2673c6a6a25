//! What the vector of a word says by itself: whether it is like given names, surnames, places or everyday words.
//! A probe is a perceptron over the vectors of those words that the gazetteer says something of.

use super::gazetteer::{PLACE, everyday, given, surname};
use super::random::Random;
use super::vectors::{LENGTH, PROBES, READ, Vector, Word};

/// What is asked of a word's flags, from the lowest two bits of a leaning on.
const QUESTIONS: [fn(u8) -> bool; PROBES] = [
    |flags| given(flags) > 0,
    |flags| surname(flags) > 0,
    |flags| flags & PLACE != 0,
    |flags| everyday(flags) > 0,
];
/// So many in a hundred of the words of which the answer is yes are below each level.
const LEVELS: [usize; 3] = [15, 45, 75];
const EPOCHS: usize = 12;
/// An answer is learned until it is right by this much.
const MARGIN: i64 = LENGTH * LENGTH * 4;
/// What a probe adds to its sum for every word, as if all vectors had a number of this size more.
const BIAS: i64 = LENGTH / 8;
/// How much of a vector its probes are, in percent of its length.
const SHARE: i64 = 30;

type Probe = [i64; READ + 1];

/// The leaning of each word, two bits a question. The answers are also put behind the numbers of each vector.
pub(super) fn ask(flags: &[u8], words: &mut [Word]) -> Vec<u8> {
    let known: Vec<(u8, Vector)> = words
        .iter()
        .zip(flags)
        .filter(|(_, flags)| **flags != 0)
        .map(|(word, flags)| (*flags, word.vector))
        .collect();
    let mut leanings = vec![0u8; words.len()];
    for (number, question) in QUESTIONS.into_iter().enumerate() {
        let probe = learn(&known, question);
        let mut yes: Vec<i64> = known
            .iter()
            .filter(|(flags, _)| question(*flags))
            .map(|(_, vector)| score(&probe, vector))
            .collect();
        yes.sort_unstable();
        let steps = LEVELS.map(|percent| yes[yes.len() * percent / 100]);
        let middle = yes[yes.len() / 2].max(1);
        for (leaning, word) in leanings.iter_mut().zip(words.iter_mut()) {
            let score = score(&probe, &word.vector);
            let level = steps.iter().filter(|step| score >= **step).count() as u8;
            *leaning |= level << (2 * number);
            let part = score.clamp(-middle, 2 * middle) * LENGTH * SHARE / 100 / middle;
            word.vector[READ + number] = part as i16;
        }
    }
    leanings
}

/// An averaged perceptron with a margin; the last of its weights is its bias.
fn learn(known: &[(u8, Vector)], question: fn(u8) -> bool) -> Probe {
    let mut random = Random(7);
    let mut order: Vec<usize> = (0..known.len()).collect();
    let yes = known.iter().filter(|(flags, _)| question(*flags)).count();
    let rarity = (known.len() / yes.max(1)).clamp(1, 6) as i64;
    let (mut weights, mut sum) = ([0; READ + 1], [0; READ + 1]);
    for _ in 0..EPOCHS {
        random.shuffle(&mut order);
        for at in &order {
            let (flags, vector) = &known[*at];
            let score = score(&weights, vector);
            let by = match question(*flags) {
                true if score < MARGIN => rarity,
                false if score > -MARGIN => -1,
                _ => 0,
            };
            for (weight, number) in weights.iter_mut().zip(&vector[..READ]) {
                *weight += by * i64::from(*number);
            }
            weights[READ] += by * BIAS;
            for (sum, weight) in sum.iter_mut().zip(&weights) {
                *sum += weight;
            }
        }
    }
    sum.map(|sum: i64| sum / known.len().max(1) as i64)
}

fn score(probe: &Probe, vector: &Vector) -> i64 {
    let numbers = probe.iter().zip(&vector[..READ]);
    let sum: i64 = numbers
        .map(|(weight, number)| weight * i64::from(*number))
        .sum();
    sum + probe[READ] * BIAS
}
